import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Ends a key at once: its next call is refused, everywhere.',
  takes: ['ID'],
  flags: {},
  async run(_, settings, id = '') {
    const { person, name } = await asOperator(settings, (operator) => operator.revokeKey(id));
    process.stdout.write(`${id} (${name}, of ${person}) is revoked.\n`);
    return 0;
  },
});
