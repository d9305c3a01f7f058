import type { ClientShown } from '../workspace/operator-clients.ts';
import { command } from './command.ts';
import { asOperator } from './operator.ts';
import { table } from './table.ts';

export default command({
  summary: 'Lists the clients that people may let in by OAuth, and how many did.',
  takes: [],
  flags: { json: { says: 'as JSON' } },
  async run({ json }, settings) {
    const clients = await asOperator(settings, (operator) => operator.listClients());
    process.stdout.write(json ? `${JSON.stringify(clients, null, 2)}\n` : table(head, clients.map(row)));
    return 0;
  },
});

const head = ['id', 'name', 'known by', 'sends back to', 'connections'];
const row = ({ id, name, standing, redirects, connections }: ClientShown) => [
  id,
  name,
  standing === 'self' ? 'itself' : standing === 'document' ? 'its document' : 'you',
  redirects.join(','),
  String(connections),
];
