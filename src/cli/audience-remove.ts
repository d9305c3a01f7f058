import { Problem } from '../terms/problem.ts';
import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Takes a contact out of the audience of a workspace.',
  takes: ['EMAIL'],
  flags: {
    workspace: { value: 'NAME', required: true, says: 'whose audience' },
    organization: { value: 'NAME', says: 'where several have such a workspace' },
  },
  async run(where, settings, email = '') {
    const isGone = await asOperator(settings, (operator) => operator.removeContact(where, email));
    if (!isGone)
      throw new Problem('not_found', `${email} is no contact in this workspace.`, { advice: 'Check the address.' });
    process.stdout.write(`${email} is taken out.\n`);
    return 0;
  },
});
