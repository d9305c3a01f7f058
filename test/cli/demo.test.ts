import { Client } from 'pg';
import { expect, test } from 'vitest';
import { makeDemo } from '../../src/workspace/demo.ts';
import { until } from '../support/backups.ts';
import { emptyDatabase } from '../support/postgres.ts';

const connection = await emptyDatabase();
const demo = () => makeDemo(connection);

test('a first start that is broken off in the middle of the demo leaves nothing, and the next one makes all of it', async () => {
  const other = new Client(connection);
  await other.connect();
  await other.query('begin');
  // People, places and a first workflow are there by then.
  await other.query('lock table access_request in access exclusive mode');
  const broken = demo().catch((thrown) => thrown);
  const waits = `from pg_stat_activity where datname = '${connection.database}' and wait_event_type = 'Lock'`;
  await until(`select count(*) > 0 as so ${waits}`);
  await other.query(`select pg_terminate_backend(pid) ${waits}`);
  expect(await broken).toBeInstanceOf(Error);
  await other.query('rollback');
  const { rows } = await other.query(
    'select (select count(*) from organization) + (select count(*) from activity) as left',
  );
  expect(rows).toEqual([{ left: '0' }]);
  await other.end();
});

test('two first starts at once make one organization, and one of them has keys to show', async () => {
  const made = await Promise.all([demo(), demo()]);
  expect(made.map(({ length }) => length).sort()).toEqual([0, 6]);
});
