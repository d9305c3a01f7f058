import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { furnishedHome } from '../support/home.ts';
import { postern, refused, server, signedIn } from '../support/program.ts';

const home = furnishedHome();
const settings = { POSTERN_HOME: home };
/** Those that these tests call. */
const tools = '?toolsets=workflows,resources,spaces';
const keyFile = join(home, 'secret-keys');
let address: string;
let key: string;

async function operator(...words: string[]) {
  const { code, stdout, stderr } = await postern(words, settings);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}
const file = (name: string, text: string) => {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
};
const audience = async (args: object = {}) => {
  const { call, close } = await signedIn(address, key, tools);
  const answer = await call('list_audience', { limit: 50, ...args });
  await close();
  return answer;
};
const keys = () => readFileSync(keyFile, 'utf8').trim().split('\n');

beforeAll(async () => {
  ({ address } = await server(['--demo'], { ...settings }));
  key = (
    await operator('key', 'create', '--person', 'ada@acme.test', '--name', 'desk', '--scopes', 'read,write,audience')
  ).trim();
});

test('audience import keeps the contacts of a CSV file, brings known ones up to date, and names the lines that are wrong (WS-5, 004-35)', async () => {
  const csv = file(
    'leads.csv',
    '\ufeffEmail,Name,plan,collected_at\r\n' +
      'amy@x.test,"Ash, Amy ""A""",pro,2026-01-31T10:00:00Z\r\n' +
      'nonsense,Nobody,free,\r\n' +
      'ben@x.test,"Ben\nBirch",,\r\n' +
      'late@x.test,x,pro,yesterday\r\n' +
      'more@x.test,a,b,,c\r\n' +
      'AMY@x.test,,free,',
  );
  const first = await postern(['audience', 'import', csv, '--workspace', 'Growth'], settings);
  expect(first).toMatchObject({ code: 1, stdout: '2 added, 0 brought up to date, 3 broken.\n' });
  expect(first.stderr).toMatch(
    /line 3: "nonsense" is no email address\.\nline 6: collected_at .*\nline 7: It has more cells/,
  );
  const { items } = await audience({ workspace: 'Growth' });
  expect(items.toSorted((a: { name: string }, b: { name: string }) => (a.name > b.name ? -1 : 1))).toEqual([
    expect.objectContaining({ email: 'ben@x.test', name: 'Ben Birch', attributes: {} }),
    expect.objectContaining({
      email: 'AMY@x.test',
      name: 'Ash, Amy "A"',
      attributes: { plan: 'free' },
      collected_at: '2026-01-31T10:00:00.000Z',
    }),
  ]);
  const again = await postern(['audience', 'import', csv, '--workspace', 'Growth'], settings);
  expect(again.stdout).toBe('0 added, 2 brought up to date, 3 broken.\n');
});

test('audience import takes JSON Lines, with sources of the workspace alone (WS-5, EXT-12)', async () => {
  const { call, close } = await signedIn(address, key, tools);
  const { items } = await call('list_workflows', { workspace: 'Growth' });
  await close();
  const lines = [
    { email: 'cat@x.test', attributes: { tags: ['a'] }, source: items[0].id, city: 'Rome' },
    { email: 'dan@x.test', source: 'wf_01hzzzzzzzzzzzzzzzzzzzzzzz' },
    [1],
  ];
  const jsonl = file('more.jsonl', lines.map((it) => JSON.stringify(it)).join('\n'));
  const { code, stdout, stderr } = await postern(['audience', 'import', jsonl, '--workspace', 'Growth'], settings);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '1 added, 0 brought up to date, 2 broken.\n' });
  expect(stderr).toMatch(/line 3: It is no JSON object[\s\S]*line 2: its source is nothing in this workspace/);
  expect(await audience({ workspace: 'Growth', query: 'cat@' })).toMatchObject({
    total: 1,
    items: [{ attributes: { tags: ['a'], city: 'Rome' }, source: { id: items[0].id, name: items[0].name } }],
  });
});

test('audience export writes all of it as the person of the key, and what it writes can be imported again (WS-5, 004-35)', async () => {
  const many = [...Array(2300).keys()].map((i) => `p${i}@many.test,"=cmd|'${i}",${i}`);
  const csv = file('many.csv', ['email,name,seat', ...many].join('\n'));
  expect(await operator('audience', 'import', csv, '--workspace', 'Finance')).toBe(
    '2300 added, 0 brought up to date, 0 broken.\n',
  );
  const finn = (
    await operator('key', 'create', '--person', 'finn@acme.test', '--name', 'x', '--scopes', 'read,audience')
  ).trim();
  expect(
    await postern(['audience', 'export', '--workspace', 'Finance'], { ...settings, POSTERN_KEY: finn }),
  ).toMatchObject({ code: 1 });

  const as = { ...settings, POSTERN_KEY: key };
  const exported = await postern(['audience', 'export', '--workspace', 'Finance'], as);
  const lines = exported.stdout.trimEnd().split('\r\n');
  expect(lines).toHaveLength(2301);
  expect(exported.stdout).toContain(`p2299@many.test,'=cmd|'2299,`);
  const back = file('back.csv', exported.stdout);
  expect(await operator('audience', 'import', back, '--workspace', 'Finance')).toBe(
    '0 added, 2300 brought up to date, 0 broken.\n',
  );
  const jsonl = await postern(
    ['audience', 'export', '--workspace', 'Finance', '--format', 'jsonl', '--query', 'p7@'],
    as,
  );
  expect(JSON.parse(jsonl.stdout)).toMatchObject({ email: 'p7@many.test', name: "=cmd|'7", attributes: { seat: '7' } });
});

test('audience remove takes a contact out, once (WS-5, 004-35)', async () => {
  expect(await operator('audience', 'remove', 'CAT@x.test', '--workspace', 'Growth')).toContain('is taken out');
  expect(await audience({ workspace: 'Growth', query: 'cat@' })).toMatchObject({ total: 0 });
  expect(await refused(['audience', 'remove', 'cat@x.test', '--workspace', 'Growth'], settings)).toMatchObject({
    code: 1,
    says: expect.stringContaining('is no contact'),
  });
  expect(await refused(['audience', 'import', 'x.txt', '--workspace', 'Growth'], settings)).toMatchObject({ code: 1 });
});

test('secrets lie under a key that only its owner reads, and secrets rotate brings them under a new one while a server runs (WS-4)', async () => {
  const { call, close } = await signedIn(address, key, tools);
  const make = (secret: string) =>
    call('create_resource', {
      kind: 'integration',
      name: 'CRM',
      document: { provider: 'crm' },
      secret,
      workspace: 'Growth',
    });
  const { id, error } = await make('first-secret');
  expect(error).toBeUndefined();
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  expect(keys()).toHaveLength(1);
  const [old] = keys();

  expect(await operator('secrets', 'rotate')).toBe('1 secret came under the newest key.\n');
  expect(keys()).toEqual([expect.not.stringContaining(old as string), old]);
  expect((await make('second-secret')).secret).toBeDefined();
  expect((await call('open_resource', { id })).secret).toMatchObject({ by: 'ada@acme.test' });
  expect(await operator('secrets', 'rotate')).toBe('2 secrets came under the newest key.\n');
  expect(keys()).not.toContain(old);
  expect(keys()).toHaveLength(2);
  await close();

  chmodSync(keyFile, 0o644);
  expect(await refused(['secrets', 'rotate'], settings)).toMatchObject({
    code: 1,
    says: expect.stringContaining('is open to other accounts'),
  });
  chmodSync(keyFile, 0o600);
});
