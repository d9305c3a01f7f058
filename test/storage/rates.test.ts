import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { counter, forgetRates } from '../../src/storage/rates.ts';
import { newId } from '../../src/terms/ids.ts';
import { served, superuser } from '../support/world.ts';

// Two servers on one database.
let [one, two]: Database[] = [];
beforeAll(async () => {
  [one, two] = [await openDatabase(served), await openDatabase(served)];
});
afterAll(() => Promise.all([one?.close(), two?.close()]));

const counters = (points: number) =>
  [one, two].map((database) => counter(database as Database, 'test', { points, seconds: 3_600 }));

const taken = async (those: readonly ReturnType<typeof counter>[], times: number, key: string) => {
  const all = await Promise.all(
    Array.from({ length: times }, (_, i) => (those[i % those.length] as ReturnType<typeof counter>).take(key)),
  );
  return all.filter(({ refused }) => !refused).length;
};

test.each([1, 7, 20, 100])('of %i points two servers together give exactly these', async (points) => {
  expect(await taken(counters(points), 3 * points, newId())).toBe(points);
});

test('a server that has what another lacks keeps a twentieth at most', async () => {
  const [here, there] = counters(100) as [ReturnType<typeof counter>, ReturnType<typeof counter>];
  const key = newId();
  await there.take(key);
  expect(await taken([here], 200, key)).toBe(95);
  expect(await taken([there], 200, key)).toBe(4);
});

test('says how much is left, when there is more, and which refusal is the first', async () => {
  const [here] = counters(3) as [ReturnType<typeof counter>];
  const key = newId();
  const all = [];
  for (let i = 0; i < 5; i++) all.push(await here.take(key));
  expect(all.map(({ left, refused }) => [left, refused])).toEqual([
    [2, false],
    [1, false],
    [0, false],
    [0, 'first'],
    [0, 'again'],
  ]);
  for (const { limit, seconds } of all) expect([limit, Math.round(seconds / 600)]).toEqual([3, 6]);
});

test('what is given back is there again, and several are taken at once or not at all', async () => {
  const [here] = counters(10) as [ReturnType<typeof counter>];
  const key = newId();
  expect(await here.take(key, 9)).toMatchObject({ refused: false });
  expect(await here.take(key, 2)).toMatchObject({ refused: 'first' });
  here.giveBack(key);
  expect(await here.take(key, 2)).toMatchObject({ refused: false });
});

test('a window ends by the clock of the database, whatever the process has', async () => {
  const [here, there] = counters(1) as [ReturnType<typeof counter>, ReturnType<typeof counter>];
  const key = newId();
  const now = Date.now;
  Date.now = () => now() + 3 * 86_400_000;
  await here.take(key).finally(() => {
    Date.now = now;
  });
  expect(await there.take(key)).toMatchObject({ refused: 'first' });
  await superuser.query(`update rate set expires_at = now() - interval '1 second' where key = $1`, [`test:${key}`]);
  const [fresh] = counters(1) as [ReturnType<typeof counter>];
  expect(await fresh.take(key)).toMatchObject({ refused: false });
});

test('while the database is away a server counts by itself', async () => {
  const away = await openDatabase({ ...served, host: '127.0.0.1', port: 1 });
  const here = counter(away, 'test', { points: 2, seconds: 3_600 });
  const refusals = [await here.take('someone'), await here.take('someone'), await here.take('someone')];
  expect(refusals.map(({ refused }) => refused)).toEqual([false, false, 'first']);
  await away.close();
});

test('once a window is used up nothing is asked of the database, and what is over is taken out', async () => {
  const [here] = counters(5) as [ReturnType<typeof counter>];
  const key = newId();
  await taken([here], 6, key);
  const spent = async () =>
    (await superuser.query('select spent from rate where key = $1', [`test:${key}`])).rows[0]?.spent;
  const before = await spent();
  await taken([here], 100, key);
  expect(await spent()).toBe(before);
  await superuser.query(`update rate set expires_at = now() - interval '1 second' where key = $1`, [`test:${key}`]);
  await forgetRates(one as Database);
  expect(await spent()).toBeUndefined();
});
