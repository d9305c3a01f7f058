import type { Key } from '../workspace/operator-keys.ts';
import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Lists the keys, without their secrets, which are not kept.',
  takes: [],
  flags: { json: { says: 'as JSON' } },
  async run({ json }, settings) {
    const keys = await asOperator(settings, (operator) => operator.listKeys());
    process.stdout.write(json ? `${JSON.stringify(keys, null, 2)}\n` : table(keys));
    return 0;
  },
});

function table(keys: readonly Key[]): string {
  const head = ['id', 'person', 'name', 'scopes', 'workspaces', 'ends', 'state'];
  const rows = keys.map(({ id, person, name, scopes, workspaces, expires_at, state }) => [
    id,
    person,
    name,
    scopes.join(','),
    workspaces?.join(',') ?? 'all',
    expires_at?.slice(0, 10) ?? 'never',
    state,
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  return [head, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
