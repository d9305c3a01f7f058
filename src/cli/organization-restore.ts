import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Brings back an organization that was deleted, by its name or id, within 30 days.',
  takes: ['ORGANIZATION'],
  flags: {},
  async run(_, settings, named = '') {
    const { id, name } = await asOperator(settings, (operator) => operator.restoreOrganization(named));
    process.stdout.write(`${name} (${id}) is open again, with all that was in it.\n`);
    return 0;
  },
});
