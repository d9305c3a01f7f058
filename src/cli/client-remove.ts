import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Removes a client; whatever people let it do ends at once.',
  takes: ['ID'],
  flags: {},
  async run(_, settings, id = '') {
    await asOperator(settings, (operator) => operator.removeClient(id));
    process.stderr.write(`${id} is removed.\n`);
    return 0;
  },
});
