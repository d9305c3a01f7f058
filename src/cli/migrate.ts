import { migrate } from '../storage/migrate.ts';
import { settleMoved } from '../storage/moved.ts';
import { command } from './command.ts';
import { findPlace } from './place.ts';
import { progress } from './progress.ts';

export default command({
  summary: 'Brings the database to the schema of today, as the owner of its tables.',
  more:
    '`start` and `stdio` do it by themselves; it takes turns with them. Run it once after a database was brought to another server by\n' +
    'other means than `postern restore`: what that one had counted is settled here.',
  takes: [],
  flags: {},
  async run(_, settings) {
    const { owner, release } = await findPlace(settings, progress);
    try {
      const ran = await migrate(owner);
      await settleMoved(owner);
      process.stdout.write(ran.length > 0 ? `Ran ${ran.join(', ')}.\n` : 'Nothing was missing.\n');
    } finally {
      await release();
    }
    return 0;
  },
});
