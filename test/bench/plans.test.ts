import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { isKept } from '../../bench/measure.ts';
import { planOf, scansIn } from '../../bench/plans.ts';
import { openDatabase, storeOf } from '../../src/storage/database.ts';
import { emptyDatabase } from '../support/postgres.ts';

// As its owner, whom no policy leads to an index of the organization.
const database = await openDatabase(await emptyDatabase());
afterAll(() => database.close());

const entrance = { organization: randomUUID(), credential: randomUUID() };
const planned = (...statements: RawBuilder<unknown>[]) =>
  database.reading(entrance, (tx) =>
    planOf(tx, async () => {
      for (const statement of statements) await statement.execute(storeOf(tx));
    }),
  );
const byName = sql`select id from resource where description = ${'x'}`;
const byId = sql`select name from resource where organization_id = ${null}::uuid and id = ${null}::uuid`;

test('a large table that is read from end to end is told, and breaks the bound', async () => {
  const plan = await planned(byId, byName);
  expect(plan.scanned).toEqual(['resource']);
  const scans = scansIn('someone', { check: plan, 'first page': plan });
  expect(scans).toMatchObject({ figure: 2, note: 'resource in check, resource in first page' });
  expect(isKept(scans)).toBe(false);
});

test('a plan by an index keeps it', async () => {
  const plan = await planned(byId);
  expect(plan.scanned).toEqual([]);
  expect(isKept(scansIn('someone', { check: plan }))).toBe(true);
});

test.each`
  what                              | statements                                    | says
  ${'nothing'}                      | ${[]}                                         | ${'Nothing was sent'}
  ${'a statement without a name'}   | ${[sql`select count(*) from resource`]}       | ${'without a name is not prepared'}
  ${'one after others with a name'} | ${[byId, sql`select count(*) from resource`]} | ${'without a name is not prepared'}
`('of $what no plan is taken, and that is not passed over', async ({ statements, says }) => {
  await expect(planned(...statements)).rejects.toThrow(says);
});
