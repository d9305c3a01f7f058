import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Row, rowFor } from '../../src/access/policy.ts';
import { carryOut } from '../../src/cli/commands.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { deepest, largest } from '../../src/documents/json.ts';
import { countedTo } from '../../src/storage/lists.ts';
import { newId, outside } from '../../src/terms/ids.ts';
import { credentialScopes, defaultScopes } from '../../src/terms/scopes.ts';
import { makeDemo } from '../../src/workspace/demo.ts';
import { actionsOf } from '../../src/workspace/operation.ts';
import { catalogue } from '../../tools/index.ts';
import { agent } from '../support/agent.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { serviceIn } from '../support/service.ts';
import { type Answer, type Known, reprinted, shown, turns } from './transcript.ts';

const connection = await emptyDatabase();
const people = await makeDemo(connection);
const service = await serviceIn({ connection } as never);

const assistants = new Map<string, Awaited<ReturnType<typeof agent>>>();
const as = async (who: string) => {
  const key = people.find(({ name }) => name === who)?.key ?? '';
  const found = assistants.get(who) ?? (await agent(service, key));
  assistants.set(who, found);
  return found.call;
};

/** Plays the turns against the demo, each assistant with its person's key. */
async function played(): Promise<string> {
  const [triage] = (await (await as('Cleo'))('list_workflows', { query: 'Incident triage' })).items;
  let known: Known = { workflow: triage.id, request: '' };
  const lines: string[] = [];
  for (const turn of turns) {
    const answer = 'tool' in turn ? ((await (await as(turn.who))(turn.tool, turn.args(known))) as Answer) : undefined;
    lines.push(shown(turn, known, answer));
    if ('tool' in turn && turn.tool === 'request_access') known = { ...known, request: (answer as { id: string }).id };
  }
  return `\`\`\`text\n${lines.join('\n\n')}\n\`\`\``;
}

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const does = (rows: readonly Row[]) =>
  rows.some((row) => row.does === 'change') ? 'changes' : rows.some((row) => row.does === 'add') ? 'adds' : 'reads';

const toolRows = Object.entries(catalogue).flatMap(([toolset, tools]) =>
  tools.map(({ entry: { name, title = '', inputSchema }, operation, confirmed }) => {
    const rows = actionsOf(operation).map(rowFor);
    const scopes = [...new Set(rows.map(({ scope }) => scope))].join(', ');
    return { toolset, name, title, does: does(rows), scopes, confirmed, input: inputSchema.properties };
  }),
);

const tools = table(
  ['tool', 'toolset', 'it', 'scope', 'confirmed', 'for'],
  toolRows.map((it) => [`\`${it.name}\``, it.toolset, it.does, it.scopes, it.confirmed ? 'yes' : '', it.title]),
);

const scopes = table(
  ['scope', 'opens'],
  credentialScopes.map((scope) => {
    const opened = toolRows.filter((it) => it.scopes === scope).map(({ name }) => `\`${name}\``);
    const none =
      scope === 'override' ? 'no tool; it lets what admins may do with others’ resources count' : 'no tool yet';
    return [`\`${scope}\`${defaultScopes.includes(scope) ? ', unless told otherwise' : ''}`, opened.join(', ') || none];
  }),
);

/** What `postern --help` says of the environment. */
async function settings(): Promise<[string, string][]> {
  const said: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => said.push(text) > 0) as typeof write;
  await carryOut(['--help'], {}).finally(() => {
    process.stdout.write = write;
  });
  return [...said.join('').matchAll(/^ {2}([A-Z_]{5,}) +(.*)$/gm)].map(([, name = '', says = '']) => [name, says]);
}

test('what README prints of tools, scopes, settings and a run is what they are', async () => {
  const rows = (await settings()).map(([name, says]) => [`\`${name}\``, says]);
  const parts = { transcript: await played(), tools, scopes, settings: table(['setting', 'what it says'], rows) };
  await expect(reprinted('README.md', parts)).toMatchFileSnapshot('../../README.md');
});

test('the help names every setting that is read, and no other', async () => {
  const sources = globSync('src/cli/*settings.ts').map((file) => readFileSync(file, 'utf8'));
  const read = sources.join('').match(/\b(POSTERN_[A-Z_]+|OTEL_[A-Z_]+|DATABASE_URL)\b/g);
  expect((await settings()).map(([name]) => name).sort()).toEqual([...new Set(read)].sort());
  expect(() => readSettings({ POSTERN_OTHER: '1' })).toThrow('POSTERN_OTHER');
});

test('the limits that README names are those that hold', () => {
  const schema = (name: string) => toolRows.find((it) => it.name === name)?.input as never as Record<string, Bound>;
  const readme = readFileSync('README.md', 'utf8');
  for (const limit of [
    `| a document | ${largest / 2 ** 20} MiB, ${deepest} levels deep |`,
    `| a page of a list | ${schema('list_workflows').limit?.maximum}; totals are exact up to ${countedTo.toLocaleString('en')} |`,
    `| requests decided in one call | ${schema('decide_access_requests').decisions?.maxItems} |`,
  ])
    expect(readme).toContain(limit);
});

interface Bound {
  readonly maximum?: number;
  readonly maxItems?: number;
}

test('a link to nothing would have read the same: the first two answers of the transcript do not tell (EXT-2, EXT-6)', async () => {
  const dan = await as('Dan');
  const [budget] = (await (await as('Finn'))('list_workflows', { query: 'Quarterly pricing' })).items;
  const answers = async (id: string) => {
    const all = JSON.stringify([await dan('open_workflow', { id }), await dan('request_access', { id })]);
    return all.replaceAll(id, 'ID').replaceAll(/req_\w{26}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…');
  };
  expect(await answers(budget.id)).toBe(await answers(outside('workflow', newId())));
});
