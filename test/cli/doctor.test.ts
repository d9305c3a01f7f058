import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judged } from '../../src/cli/doctor.ts';
import { room } from '../../src/cli/doctor-around.ts';
import { inspect } from '../../src/storage/inspection.ts';
import { emptyDatabase, urlOf } from '../support/postgres.ts';
import { postern, root, spawned } from '../support/program.ts';

const place = await emptyDatabase();
const app = { ...place, user: 'postern_app' };
const problems = async (connection: Parameters<typeof inspect>[0]) =>
  judged(await inspect(connection)).flatMap(({ well, says }) => (well ? [] : [says]));
let owner: Client;

beforeAll(async () => {
  owner = new Client(place);
  await owner.connect();
});
afterAll(() => owner.end());

/** While the database is as `statement` leaves it. */
async function when<T>(statement: string, work: () => Promise<T>, undo: string): Promise<T> {
  await owner.query(statement);
  return work().finally(() => owner.query(undo));
}

test('the role that serves passes (EXP-6)', async () => {
  expect(await problems(app)).toEqual([]);
});

test('a superuser, who owns the tables, is refused as the role that serves', async () => {
  expect(await problems(place)).toEqual([
    expect.stringContaining('is a superuser'),
    expect.stringContaining('bypasses row-level security'),
    expect.stringMatching(/^It owns .*\bresource\b/),
    expect.stringContaining('may change the log'),
  ]);
});

test.each`
  statement                                                              | undo                                                | says
  ${'alter table resource disable row level security'}                   | ${'alter table resource enable row level security'} | ${/^No policy guards resource\.$/}
  ${'create table note (organization_id uuid)'}                          | ${'drop table note'}                                | ${/^No policy guards note\.$/}
  ${'grant update on activity to postern_app'}                           | ${'revoke update on activity from postern_app'}     | ${/may change the log/}
  ${'create table mine (id int); alter table mine owner to postern_app'} | ${'drop table mine'}                                | ${/^It owns mine,/}
`('$statement is a problem', async ({ statement, undo, says }) => {
  expect(await when(statement, () => problems(app), undo)).toEqual([expect.stringMatching(says)]);
});

test('DATABASE_URL: migrations run as its user, calls are served as postern_app, and waiting migrations are named', async () => {
  const DATABASE_URL = urlOf(place);
  const well = await postern(['doctor'], { DATABASE_URL });
  expect(well).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('The role that serves, postern_app, is no superuser.'),
  });

  const ill = await when(
    'create table ran as table migration; delete from migration',
    () => postern(['doctor'], { DATABASE_URL }),
    'insert into migration table ran; drop table ran',
  );
  expect(ill.code).toBe(1);
  expect(ill.stdout).toMatch(/problem {2}Migrations wait: .*\n +Run `postern migrate`/);
});

test('a database that cannot be reached is a problem, and says what to check', async () => {
  const { code, stdout } = await postern(['doctor'], { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/d' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^problem {2}The database can't be used: .*\n +Check DATABASE_URL/);
  expect(stdout).not.toContain('hunter2');
});

test.each([
  [{ days: 3 }, /^problem {2}Its clock is 259\d\d\d s behind the one here\.\n +Let both machines/m],
  [{ days: -3 }, /^problem {2}Its clock is 259\d\d\d s ahead of the one here\.\n/m],
])('a clock that is $days days wrong is a problem (DEC-4)', async ({ days }, says) => {
  const NODE_OPTIONS = `--import=${join(root, 'test/torture/shifted-clock.ts')}`;
  const settings = { DATABASE_URL: urlOf(place), NODE_OPTIONS, SHIFT_MS: String(days * 86_400_000) };
  const { code, stdout } = await spawned(['doctor'], settings);
  expect(stdout).toMatch(says);
  expect(code).toBe(1);
});

test.each`
  address                    | well
  ${'https://postern.test'}  | ${true}
  ${'http://127.0.0.1:8410'} | ${true}
  ${'http://postern.test'}   | ${false}
  ${'http://localhost.test'} | ${false}
`('$address as POSTERN_PUBLIC_URL is well: $well', async ({ address, well }) => {
  const { code, stdout } = await postern(['doctor'], { DATABASE_URL: urlOf(place), POSTERN_PUBLIC_URL: address });
  expect(code).toBe(well ? 0 : 1);
  expect(stdout).toMatch(well ? /^ok {7}People reach it at \S+\.$/m : /^problem {2}People .*\n +Put a proxy/m);
});

test('whether the mail server lets us in is tried, and its password not shown', async () => {
  const smtp = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ password }, _, done) => done(password === 'swordfish' ? null : new Error('No such user'), { user: 'u' }),
  });
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  const { port } = smtp.server.address() as AddressInfo;
  const told = (password: string, at = port) =>
    postern(['doctor', '--json'], {
      DATABASE_URL: urlOf(place),
      POSTERN_SMTP_URL: `smtp://u:${password}@127.0.0.1:${at}`,
      POSTERN_MAIL_FROM: 'post@postern.test',
    });
  expect(await told('swordfish')).toMatchObject({ code: 0, stdout: expect.stringContaining('lets us in.') });
  const wrong = await told('hunter2');
  expect(wrong).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/fails: Invalid login.*No such user.*\n.*Check host/),
  });
  expect(wrong.stdout).not.toContain('hunter2');
  await new Promise<void>((done) => smtp.close(() => done()));
  expect(await told('swordfish')).toMatchObject({ code: 1, stdout: expect.stringContaining('ECONNREFUSED') });
});

test('the room on the disk of the data is looked at, before its folder is there too', () => {
  const home = join(root, 'not/there/yet');
  expect(room(home, 0)).toMatchObject({ well: true, says: expect.stringMatching(/^Its disk has [\d.]+ GiB left\.$/) });
  expect(room(home, Number.MAX_VALUE)).toMatchObject({ well: false, todo: expect.stringContaining('Make room') });
});
