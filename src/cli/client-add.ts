import { clientFrom } from '../oauth/clients.ts';
import { Problem } from '../terms/problem.ts';
import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Sets up a client that people may let in by OAuth, and prints its id.',
  more: 'Most clients need none of this: they register themselves, or are known by a document of their own.',
  takes: [],
  flags: {
    name: { value: 'NAME', required: true, says: 'what people see that it is called' },
    redirect: { value: 'ADDRESS', many: true, required: true, says: 'where it may have people sent back to' },
    secret: { says: 'give it a secret, by which it proves that it is itself; printed on a second line, this once' },
  },
  async run({ name, redirect, secret = false }, settings) {
    const client = named(name, redirect);
    const { id, secret: told } = await asOperator(settings, (operator) => operator.addClient(client, secret));
    process.stdout.write(`${[id, ...(told ? [told] : [])].join('\n')}\n`);
    return 0;
  },
});

function named(name: string, redirects: readonly string[]) {
  try {
    return clientFrom({ client_name: name, redirect_uris: redirects });
  } catch (thrown) {
    throw new Problem('invalid_argument', (thrown as Error).message, { cause: thrown });
  }
}
