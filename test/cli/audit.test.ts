import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { urlOf, workersDatabase } from '../support/postgres.ts';
import { keyOf, postern, refused, server, signedIn } from '../support/program.ts';

const place = await workersDatabase();
const settings = { DATABASE_URL: urlOf(place) };
const owner = new Client(place);
let first: Awaited<ReturnType<typeof server>>;
let second: Awaited<ReturnType<typeof server>>;

const verify = async (...words: string[]) => {
  const { code, stdout } = await postern(['audit', 'verify', '--json', ...words], settings);
  const { ends, organizations } = JSON.parse(stdout);
  return { code, ends, ...organizations[0] };
};
/** Within seconds, that is (ACT-3). */
async function sealed() {
  for (const until = Date.now() + 15_000; Date.now() < until; await setTimeout(200)) {
    const { rows } = await owner.query(
      'select from activity a where not exists (select from seal s where s.organization_id = a.organization_id and s.activity_id = a.id)',
    );
    if (rows.length === 0) return true;
  }
  return false;
}

beforeAll(async () => {
  first = await server(['--demo'], settings);
  second = await server([], settings);
  await owner.connect();
  owner.on('error', () => {});
});
afterAll(() => owner.end().catch(() => {}));

test('servers seal what was done within seconds, the operator’s own acts too, and verify follows it (ACT-3)', async () => {
  const made = JSON.parse(
    (
      await postern(
        ['key', 'create', '--person', 'ada@acme.test', '--name', 'audit', '--scopes', 'audit,override', '--json'],
        settings,
      )
    ).stdout,
  );
  expect(await sealed()).toBe(true);
  const it = await verify();
  expect(it).toMatchObject({ code: 0, ends: true, name: 'Acme', waiting: 0, faults: 0 });
  expect(it.sealed).toBeGreaterThan(20);

  const { stdout } = await postern(
    ['call', 'list_activity', '-'],
    { ...settings, POSTERN_KEY: made.key },
    JSON.stringify({ id: made.id }),
  );
  expect(JSON.parse(stdout).items).toMatchObject([
    {
      id: made.id,
      action: 'key.create',
      type: 'created',
      by: 'operator',
      surface: 'operator',
      entity_type: 'credential',
    },
  ]);
});

test('after kill -9 of one server another seals on, and what a server finds on coming up it seals (ACT-3)', async () => {
  await first.end('SIGKILL');
  const key = keyOf(first.screen, 'cleo');
  const write = async (address: string, name: string) => {
    const { call, close } = await signedIn(address, key);
    const made = await call('create_workflow', { name, document: {}, workspace: 'Growth' });
    await close();
    return made;
  };
  expect(await write(second.address, 'One')).toHaveProperty('id');
  expect(await sealed()).toBe(true);
  await write(second.address, 'Two');
  await second.end('SIGKILL');
  second = await server([], settings);
  expect(await sealed()).toBe(true);
  expect(await verify()).toMatchObject({ code: 0, faults: 0, waiting: 0 });
});

test('verify ends with 1 and names the first entry that was tampered with; a head that was noted shows more (ACT-3)', async () => {
  const { stdout: head } = await postern(['audit', 'head'], settings);
  expect(head).toMatch(/^org_[0-9a-z]{26}:\d+:[0-9a-f]{64}\n$/);
  expect(await verify('--head', head)).toMatchObject({ code: 0, faults: 0 });
  expect((await verify('--organization', 'Acme')).head).toBe(head.trim());
  expect(await verify('--head', head.replace(/.{64}\n$/, 'a'.repeat(64)))).toMatchObject({
    code: 1,
    first: { fault: 'cut' },
  });

  await owner.query('set session_replication_role = replica');
  await owner.query('update activity set overridden = true where id = (select activity_id from seal where number = 4)');
  expect(await verify()).toMatchObject({
    code: 1,
    faults: 1,
    first: { fault: 'changed', number: 4, entry: expect.stringMatching(/^log_/) },
  });
  const { code, stdout } = await postern(['audit', 'verify'], settings);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^problem {2}Acme \(org_.*\n.*this entry reads otherwise than it was sealed: number 4, log_/);
});

test('what is no head and no organization is named and refused', async () => {
  const advice = async (...words: string[]) => (await refused(['audit', 'verify', ...words], settings)).says;
  expect(await advice('--head', 'abc')).toContain('--head abc is no head of a chain.');
  expect(await advice('--organization', 'Nowhere')).toContain('There is no organization Nowhere.');
});
