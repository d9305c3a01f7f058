import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, parse as parsed } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Client } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { realFiles, realFolder } from '../documents/world.ts';
import { walked } from '../support/office.ts';
import { urlOf, workersDatabase } from '../support/postgres.ts';
import { dataFolder, postern, refused, root, server, signedIn, spawned } from '../support/program.ts';
import { overRest, readWhole } from '../support/reading.ts';

const place = await workersDatabase();
const settings = { DATABASE_URL: urlOf(place) };
let address: string;
let key: string;

/** Runs it as the operator, with a server on the same data, and answers what it prints. */
async function operator(...words: string[]) {
  const { code, stdout, stderr } = await postern(words, settings);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

const call = async (as: string, tool: string, args: object = {}) => {
  const { code, stdout, stderr } = await postern(
    ['call', tool, '-'],
    { ...settings, POSTERN_KEY: as },
    JSON.stringify(args),
  );
  return { code, answer: stdout && JSON.parse(stdout), stderr };
};

beforeAll(async () => {
  ({ address } = await server([], settings));
  await operator('init', '--organization', 'Initech', '--admin', 'ida@initech.test', '--workspace', 'Main');
  key = (
    await operator('key', 'create', '--person', 'ida@initech.test', '--name', 'desk', '--scopes', 'read,write')
  ).trim();
});

test('init makes an organization once, with an admin and a workspace that they own', async () => {
  const again = await refused(['init', '--organization', 'Initech', '--admin', 'ida@initech.test'], settings);
  expect(again).toEqual({ code: 1, says: expect.stringContaining('There is an organization Initech already.') });
  expect(await call(key, 'whoami')).toMatchObject({ code: 0, answer: { person: { email: 'ida@initech.test' } } });
});

test('as a process, postern reads its input, prints and ends as it does here', async () => {
  const called = { ...settings, POSTERN_KEY: key };
  const { code, stdout } = await spawned(['call', 'whoami', '-'], called, '{}');
  expect({ code, ...JSON.parse(stdout).person }).toMatchObject({ code: 0, email: 'ida@initech.test' });
  expect(await spawned(['call', 'open_workflow', '{"id":"wf_x"}'], called)).toMatchObject({
    code: 1,
    stderr: (await call(key, 'open_workflow', { id: 'wf_x' })).stderr,
  });
});

test('a key is shown once, does what its scopes say, and is refused at the next call after it is revoked (EXT-4, DEC-8)', async () => {
  const made = JSON.parse(
    await operator(
      'key',
      'create',
      '--person',
      'ida@initech.test',
      '--name',
      'short',
      '--workspace',
      'Main',
      '--expires',
      '12h',
      '--json',
    ),
  );
  expect(made).toMatchObject({
    person: 'ida@initech.test',
    scopes: ['read', 'request'],
    workspaces: ['Main'],
    state: 'active',
  });
  expect(Date.parse(made.expires_at) - Date.now()).toBeGreaterThan(11 * 3_600_000);
  const { call: asked, close } = await signedIn(address, made.key);
  expect(await asked('list_workflows')).toMatchObject({ total: expect.any(Number) });

  expect(await operator('key', 'revoke', made.id)).toContain('is revoked');
  await expect(asked('list_workflows')).rejects.toThrow(/401|ended/);
  await close().catch(() => {});

  const listed = await operator('key', 'list');
  expect(listed).toMatch(new RegExp(`${made.id} .* revoked`));
  expect(listed).not.toContain(made.key);
});

test.each`
  words                                                                                   | says
  ${['key', 'revoke', 'key_nonsense']}                                                    | ${/^There is no key key_nonsense\./}
  ${['key', 'create', '--person', 'nobody@x.test', '--name', 'n']}                        | ${/^Nobody active has the email nobody@x\.test\./}
  ${['key', 'create', '--person', 'ida@initech.test', '--name', 'n', '--workspace', 'W']} | ${/^There is no workspace W in that organization\. There are Main\./}
`('$words is refused with what is wrong', async ({ words, says }) => {
  expect(await refused(words, settings)).toEqual({ code: 1, says: expect.stringMatching(says) });
});

test('call prints the answer of a tool as JSON, and its exit code says whether the tool refused', async () => {
  const made = await call(key, 'create_workflow', { name: 'Called', document: { step: 1 } });
  expect(made).toMatchObject({ code: 0, answer: { name: 'Called', visibility: 'private' } });
  expect(await call(key, 'open_workflow', { id: 'wf_nothing' })).toMatchObject({
    code: 1,
    answer: { error: { code: 'not_found' } },
  });
  expect(await call(key, 'sing')).toMatchObject({ code: 1, answer: '', stderr: expect.stringContaining('sing') });
  const bad = { code: 1, says: expect.stringContaining('are no JSON') };
  expect(await refused(['call', 'whoami', '{'], { ...settings, POSTERN_KEY: key })).toEqual(bad);
  expect(await call(`postern_${'0'.repeat(84)}`, 'whoami')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('key is not accepted'),
  });
  const away = await postern(['call', 'open_workflow', JSON.stringify({ id: made.answer.id })], {
    POSTERN_URL: `${address}/mcp`,
    POSTERN_KEY: key,
  });
  expect(away).toMatchObject({ code: 0, stdout: expect.stringContaining('"Called"') });
});

test('the keys that sign access tokens are taken away by a command, be there any or none', async () => {
  expect(await operator('tokens', 'rotate')).toBe('0 keys are gone: what they signed is refused.\n');
  expect((await postern(['tokens', 'rotate', '--help'], settings)).stdout).toMatch(
    /Refuses every access token from now on/,
  );
});

test('import takes every document of a folder once, names what is broken with its place, and resumes (DOC-5, EXT-9)', async () => {
  const folder = dataFolder();
  cpSync(join(root, 'examples'), folder, { recursive: true });
  mkdirSync(join(folder, 'broken'));
  const broken = {
    'json.json': '{"a" 1}',
    'yaml.yaml': 'a: [1\nb: 2',
    'twice.json': '{"nodes":[{"name":"A"},{"name":"A"}],"connections":{}}',
    'long.json': `{"a":"${'x'.repeat(3_000_000)}"}`,
    'latin.json': Buffer.from([0x22, 0xe9, 0x22]),
  };
  for (const [name, content] of Object.entries(broken)) writeFileSync(join(folder, 'broken', name), content);
  const words = ['import', folder, '--person', 'ida@initech.test', '--workspace', 'Main'];

  const first = await postern(words, settings);
  expect(first).toMatchObject({ code: 1, stdout: '12 imported, 5 broken.\n' });
  for (const name of Object.keys(broken)) expect(first.stderr).toContain(`broken/${name} (`);
  expect(first.stderr).toContain('/nodes/1/name');

  writeFileSync(join(folder, 'broken/json.json'), '{"a": 1}');
  expect(await postern(words, settings)).toMatchObject({
    code: 1,
    stdout: '13 imported (12 of them before), 4 broken.\n',
  });
  const { answer } = await call(key, 'list_workflows', { limit: 50 });
  expect(answer.items.filter(({ name }: { name: string }) => name === 'lead-intake')).toHaveLength(1);
  expect(await operator('key', 'list')).toMatch(/ida@initech\.test {2}postern import {2}write .* expired/);
});

test('import takes all real documents in one run, counts them, and each comes back deep-equal (DOC-1, DOC-5)', async () => {
  const files = realFiles();
  await operator('init', '--organization', 'Hooli', '--admin', 'gil@hooli.test', '--workspace', 'Real');
  const told = await operator('import', realFolder, '--person', 'gil@hooli.test', '--workspace', 'Real');
  expect(told).toBe(`${files.length} imported, 0 broken.\n`);

  const secret = (await operator('key', 'create', '--person', 'gil@hooli.test', '--name', 'desk')).trim();
  const { call: asked, close } = await signedIn(address, secret);
  const { all } = await walked(asked, 'list_workflows', { limit: 50 });
  await close();
  const ids = new Map(all.map(({ name, id }) => [name, id]));
  expect([...ids.keys()].sort()).toEqual(files.map(({ name }) => parsed(name).name).sort());
  expect(all).toHaveLength(files.length);

  const rest = overRest({ fetch: (it) => fetch(it.url.replace('http://localhost', address), it) }, secret);
  const differ = files.map(async ({ name, text }) => {
    const original = name.endsWith('.json') ? JSON.parse(text) : parse(text);
    return isDeepStrictEqual(await readWhole(rest, ids.get(parsed(name).name)), original) ? [] : [name];
  });
  expect((await Promise.all(differ)).flat()).toEqual([]);
});

test('whatever the operator does to keys is in the log, as the operator’s (EXT-4)', async () => {
  const client = new Client(place);
  await client.connect();
  const { rows } = await client.query(
    `select distinct action, person_id from activity where surface = 'operator' order by action`,
  );
  await client.end();
  expect(rows.map(({ action }) => action)).toEqual([
    'key.create',
    'key.end',
    'key.renew',
    'key.revoke',
    'organization.create',
    'person.create',
    'tokens.rotate',
    'workspace.create',
  ]);
  expect(rows.every(({ person_id }) => person_id === null)).toBe(true);
});

test('the operator sets up a client, sees it, and removes it', async () => {
  const redirect = 'https://app.example/callback';
  const [id = '', secret = ''] = (
    await operator('client', 'add', '--name', 'App', '--redirect', redirect, '--secret')
  ).split('\n');
  expect([id, secret]).toEqual([expect.stringMatching(/^client_/), expect.stringMatching(/^client_secret_/)]);
  const listed = JSON.parse(await operator('client', 'list', '--json'));
  expect(listed).toEqual([{ id, name: 'App', standing: 'registered', redirects: [redirect], connections: 0 }]);
  expect(await operator('client', 'list')).not.toContain(secret);
  await operator('client', 'remove', id);
  expect(JSON.parse(await operator('client', 'list', '--json'))).toEqual([]);
  const wrong = await refused(['client', 'add', '--name', 'App', '--redirect', 'http://app.example'], settings);
  expect(wrong.says).toContain('no place to send people back to');
});
