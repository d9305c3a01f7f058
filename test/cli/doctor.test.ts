import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judged } from '../../src/cli/doctor.ts';
import { inspect } from '../../src/storage/inspection.ts';
import { emptyDatabase, urlOf } from '../support/postgres.ts';
import { postern } from '../support/program.ts';

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
    'delete from migration',
    () => postern(['doctor'], { DATABASE_URL }),
    `insert into migration (name) select '0001-core'`,
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
