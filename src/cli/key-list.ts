import type { Key } from '../workspace/operator-keys.ts';
import { command } from './command.ts';
import { asOperator } from './operator.ts';
import { table } from './table.ts';

export default command({
  summary: 'Lists the keys, without their secrets, which are not kept.',
  takes: [],
  flags: { json: { says: 'as JSON' } },
  async run({ json }, settings) {
    const keys = await asOperator(settings, (operator) => operator.listKeys());
    process.stdout.write(json ? `${JSON.stringify(keys, null, 2)}\n` : table(head, keys.map(row)));
    return 0;
  },
});

const head = ['id', 'person', 'name', 'scopes', 'workspaces', 'ends', 'state'];
const row = ({ id, person, name, scopes, workspaces, expires_at, state }: Key) => [
  id,
  person,
  name,
  scopes.join(','),
  workspaces?.join(',') ?? 'all',
  expires_at?.slice(0, 10) ?? 'never',
  state,
];
