import { headsOfLog } from '../storage/verification.ts';
import { inside } from '../terms/ids.ts';
import { headText } from './audit-verify.ts';
import { command } from './command.ts';
import { openPlace } from './place.ts';
import { progress } from './progress.ts';

export default command({
  summary: 'Prints the end of each organization’s sealed log, to be noted elsewhere.',
  more: 'Whoever keeps it can tell later, by `postern audit verify --head`, that nothing before it was cut off or sealed anew.',
  takes: [],
  flags: {
    organization: { value: 'NAME', says: 'of this one alone; a name or id' },
    json: { says: 'as JSON' },
  },
  async run({ organization, json }, settings) {
    const place = await openPlace(settings, progress);
    try {
      const named = organization && (inside('organization', organization) ?? organization);
      const heads = (await headsOfLog(place.owner, named)).map((it) => ({ name: it.name, head: headText(it) }));
      process.stdout.write(
        json ? `${JSON.stringify(heads, null, 2)}\n` : heads.map(({ head }) => `${head}\n`).join(''),
      );
      return 0;
    } finally {
      await place.release();
    }
  },
});
