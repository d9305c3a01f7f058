import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Lets in whoever was invited, in their place; the log says that the operator did.',
  more: 'SECRET is what invite_members answered or a mail held, the secret alone or the whole link. It serves once.',
  takes: ['SECRET'],
  flags: { name: { value: 'NAME', required: true, says: 'what they are called' } },
  async run({ name }, settings, secret = '') {
    const { email, role, person } = await asOperator(settings, (operator) => operator.accept({ secret, name }));
    process.stdout.write(
      `${email} (${person}) is in, as ${role}.\nA key for them: postern key create --person ${email} --name NAME\n`,
    );
    return 0;
  },
});
