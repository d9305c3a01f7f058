import { expect, test } from 'vitest';
import { makeDemo } from '../../src/workspace/demo.ts';
import { emptyDatabase } from '../support/postgres.ts';

const connection = await emptyDatabase();

test('two first starts at once make one organization, and one of them has keys to show', async () => {
  const demo = () => makeDemo(connection, { ...connection, user: 'postern_app' });
  const made = await Promise.all([demo(), demo()]);
  expect(made.map(({ length }) => length).sort()).toEqual([0, 6]);
});
