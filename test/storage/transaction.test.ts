import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sqlState, type Tx } from '../../src/storage/database.ts';
import { trail } from '../../src/storage/statement.ts';
import { storage } from '../support/world.ts';
import { ask, here, mine } from './boundary.ts';

const database = await storage();

test('a transaction that only reads sees one snapshot, one that writes sees what is committed meanwhile (DEC-8)', async () => {
  const level = (tx: Tx) => ask(tx, `select current_setting('transaction_isolation') as it`);
  expect(await database.reading(mine, level)).toEqual([{ it: 'repeatable read' }]);
  expect(await database.writing(mine, level)).toEqual([{ it: 'read committed' }]);
  expect(await database.outside(level)).toEqual([{ it: 'read committed' }]);
});

test('no statement, no lock and no transaction is waited for longer than a call may take (DEC-8)', async () => {
  const bounds = `select name, setting::int as ms from pg_settings where name like '%\\_timeout' and source in ('client', 'session') order by name`;
  expect(await database.outside((tx) => ask(tx, bounds))).toEqual([
    { name: 'idle_in_transaction_session_timeout', ms: 15_000 },
    { name: 'lock_timeout', ms: 1_000 },
    { name: 'statement_timeout', ms: 29_000 },
    { name: 'transaction_timeout', ms: 30_000 },
  ]);
});

test('many at once keep apart on their connections, whatever becomes of each', async () => {
  const name = (n: number) => `as of ${n}`;
  const works = Array.from({ length: 30 }, (_, n) =>
    database.writing(mine, async (tx) => {
      await ask(tx, `update resource set name = $1 where id = $2`, [name(n), here.uuid('payroll')]);
      const seen = await ask(tx, 'select name from resource where id = $1', [here.uuid('payroll')]);
      expect(seen).toEqual([{ name: name(n) }]);
      await ask(tx, n % 3 ? 'select 1' : 'select 1 / 0');
      return n;
    }),
  );
  const outcomes = await Promise.allSettled(works);
  expect(outcomes.map((it) => (it.status === 'fulfilled' ? it.value : sqlState(it.reason)))).toEqual(
    outcomes.map((_, n) => (n % 3 ? n : '22012')),
  );
  const [kept] = await here.sql<{ name: string }>(`select name from resource where id = '${here.uuid('payroll')}'`);
  expect(outcomes.map((_, n) => (n % 3 ? name(n) : ''))).toContain(kept?.name);
});

const rename = trail<{ readonly name: string | null; readonly id: string }>(
  ({ name, id }) => sql`update resource set name = ${name} where id = ${id}`,
);
const renamed = (tx: Tx, name: string | null) => rename(tx, { name, id: here.uuid('payroll') });
const named = async () =>
  (await here.sql<{ name: string }>(`select name from resource where id = '${here.uuid('payroll')}'`))[0]?.name;

test('a statement that goes with what follows it is done where that is, in its order', async () => {
  const seen = await database.writing(mine, async (tx) => {
    await renamed(tx, 'first');
    await renamed(tx, 'second');
    return ask(tx, `select name from resource where id = $1`, [here.uuid('payroll')]);
  });
  expect(seen).toEqual([{ name: 'second' }]);
  await database.writing(mine, (tx) => renamed(tx, 'third'));
  expect(await named()).toBe('third');
});

test('where it fails, so does all of its transaction, and its own failure is the one that is told', async () => {
  const failing = (then: (tx: Tx) => Promise<unknown>) =>
    database.writing(mine, async (tx) => {
      await ask(tx, `update resource set name = 'lost' where id = $1`, [here.uuid('payroll')]);
      await renamed(tx, null);
      await then(tx);
    });
  for (const then of [async () => {}, (tx: Tx) => ask(tx, 'select 1')])
    expect(await failing(then).catch(sqlState)).toBe('23502');
  await expect(
    database.writing(mine, async (tx) => {
      await renamed(tx, 'lost');
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await named()).toBe('third');
});

test('where no transaction is, nothing follows it, so it waits for nothing', async () => {
  const divided = trail<{ readonly by: number }>(({ by }) => sql`select 1 / ${by}::int`);
  expect(await database.single((tx) => divided(tx, { by: 0 })).catch(sqlState)).toBe('22012');
});
