import { Migration } from '@mikro-orm/migrations';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { migrate, migrations } from '../../src/storage/migrate.ts';
import { schemaOf } from '../../src/storage/migrated.ts';
import { passkeysOf } from '../../src/storage/passkeys.ts';
import { newId } from '../../src/terms/ids.ts';
import { operations } from '../../src/workspace/operations.ts';
import { at, until } from '../support/backups.ts';
import { granted, leavingLast, type Name, told } from '../support/granted.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { postern } from '../support/program.ts';
import { connection, storage, superuser, world } from '../support/world.ts';

/** Tables that grow with use: an index that is built while they are locked holds up everyone. */
const growing = [
  'resource',
  'revision',
  'access_grant',
  'access_request',
  'activity',
  'seal',
  'notification',
  'idempotency',
  'contact',
];

/** What the version before, which still serves, would not survive. */
const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['takes something away', /\bdrop\s+(table|column|view|type|function|schema|constraint|sequence)\b/i],
  ['renames something', /\brename\b/i],
  ['changes a type', /\balter\s+column\s+\S+\s+(set\s+data\s+)?type\b|\balter\s+type\b/i],
  ['demands a value where there was none', /\bset\s+not\s+null\b/i],
  [
    'adds a column that an insert of before leaves empty',
    /\badd\s+(column\s+)?\w+\s+(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b/i,
  ],
  [
    'looks through a table while it is locked',
    /\badd\s+(constraint|foreign\s+key|check|unique)\b(?!.*\bnot\s+valid\b)/is,
  ],
  [
    'builds an index while a table that grows is locked',
    new RegExp(`\\bcreate\\s+(unique\\s+)?index\\s+(?!concurrently)\\S+\\s+on\\s+(${growing.join('|')})\\b`, 'i'),
  ],
  ['changes data', /^\s*(update|delete|insert)\b/i],
];

/** Its statements, without the bodies of functions; those of a table that it makes itself hold up nobody. */
function statementsOf(Class: (typeof migrations)[number]['class']): string[] {
  const it = new Class(undefined as never, undefined as never);
  it.up();
  const text = it
    .getQueries()
    .join('\n')
    .replaceAll(/\$\$.*?\$\$/gs, '$$$$');
  const made = [...text.matchAll(/\bcreate\s+table\s+(\w+)/gi)].map(([, name]) => name);
  const isOfOwn = (statement: string) =>
    made.some((name) => new RegExp(`\\b(on|table|into)\\s+${name}\\b`, 'i').test(statement));
  return text
    .split(';')
    .filter((statement) => !/--\s*(contracts|while locked):/.test(statement) && !isOfOwn(statement));
}

const faultsOf = (statement: string) =>
  forbidden.flatMap(([what, pattern]) => (pattern.test(statement.replaceAll(/--.*$/gm, '')) ? [what] : []));

test.each(migrations.slice(2))('$name only adds, so that the version before serves on', ({ class: Class }) => {
  expect(
    statementsOf(Class).flatMap((statement) => faultsOf(statement).map((what) => `${what}: ${statement.trim()}`)),
  ).toEqual([]);
});

test.each<[string, string]>([
  ['alter table person drop column name', 'takes something away'],
  ['alter table person rename column name to called', 'renames something'],
  ['alter table person alter column name type varchar', 'changes a type'],
  ['alter table person alter column name set not null', 'demands a value where there was none'],
  ['alter table person add column age int not null', 'adds a column that an insert of before leaves empty'],
  ['alter table person add constraint adult check (age > 17)', 'looks through a table while it is locked'],
  ['create unique index quick on resource (name)', 'builds an index while a table that grows is locked'],
  ['update person set name = email', 'changes data'],
])('%s is found', (statement, what) => {
  expect(faultsOf(statement)).toContain(what);
});

const later = (sql: string) => ({
  name: '9999-later',
  class: class extends Migration {
    override up() {
      this.addSql(sql);
    }
  },
});

/** Makes every call that is granted, and answers which were not. */
async function calledAll(): Promise<string[]> {
  const here = await world(told);
  const session = await here.session('ada');
  const refused: string[] = [];
  // That one asks name servers, which know nothing of this world.
  const names = (Object.keys(granted) as Name[]).filter((name) => name !== 'verify_domain');
  for (const name of leavingLast(names)) {
    const args = granted[name](here);
    const said = await session
      .perform(operations[name], args)
      .then(async (it) => (it.confirm ? session.perform(operations[name], args, { confirm: String(it.confirm) }) : it))
      .catch((thrown) => thrown);
    if (said instanceof Error)
      refused.push(`${name}: ${said.message} ${(said.cause as Error | undefined)?.message ?? ''}`);
  }
  return refused;
}

test('a server goes on with the statements that it has prepared, while every table gains a column', async () => {
  const passkeys = async () => passkeysOf(await storage(), newId());
  const before = await calledAll();
  await passkeys();
  const { rows } = await superuser.query(
    `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  const all = rows
    .map(({ relname }) => `alter table "${relname}" add column added_later text default 'new';`)
    .join('\n');
  expect(await migrate(connection, [...migrations, later(all)])).toEqual(['9999-later']);
  expect([...before, ...(await calledAll()), ...(await passkeys())]).toEqual([]);
});

test('a migration that waits for a lock lets through whoever came after it, and tries again', async () => {
  const place = await emptyDatabase();
  const [holder, reader] = [new Client(place), new Client(place)];
  await Promise.all([holder.connect(), reader.connect()]);
  await holder.query('begin');
  await holder.query('select from resource');
  const migrated = migrate(place, [...migrations, later('alter table resource add column added_later text')]);
  await until(
    `select count(*) > 0 as so from pg_stat_activity where datname = '${place.database}' and wait_event_type = 'Lock'`,
  );
  // It queues behind the migration, which queues behind the holder: it is answered although that one never lets go.
  await reader.query('select from resource');
  await holder.query('commit');
  expect(await migrated).toEqual(['9999-later']);
  await Promise.all([holder.end(), reader.end()]);
});

test('a newer schema is served as long as it does not say that it takes a newer Postern', async () => {
  const place = await emptyDatabase();
  await migrate(place, [...migrations, later('create table later (id int)')]);
  expect(await schemaOf(place)).toMatchObject({ pending: [], newer: ['9999-later'] });
  expect((await postern(['key', 'list'], at(place))).stderr).toContain('a newer Postern has taken to 9999-later');

  const owner = new Client(place);
  await owner.connect();
  await owner.query(`update installation set needs = '9999-later'`);
  await owner.end();
  expect(await postern(['key', 'list'], at(place))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('serving it takes the migration 9999-later. Use a newer Postern.'),
  });
});
