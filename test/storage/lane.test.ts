import { expect, test } from 'vitest';
import { width } from '../../src/storage/bounds.ts';
import { lane } from '../../src/storage/lane.ts';
import { storage, world } from '../support/world.ts';

/** Work that ends when it is told. */
const job = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
};

test('so many are inside, others in turn, and who would wait behind too many is told at once', async () => {
  const two = lane({ most: 2, waiting: 2, patience: 60_000 });
  const jobs = [job(), job(), job(), job()];
  const order: number[] = [];
  const all = jobs.map(({ work }, i) => two.enter(work).then(() => order.push(i)));
  expect(two.waiting()).toBe(2);
  await expect(two.enter(async () => {})).rejects.toMatchObject({
    code: 'unavailable',
    details: { retry_after_seconds: 1 },
  });
  for (const { end } of jobs) end();
  await Promise.all(all);
  expect(order).toEqual([0, 1, 2, 3]);
  expect(two.waiting()).toBe(0);
});

test('who has waited too long is told, and takes no place', async () => {
  const one = lane({ most: 1, waiting: 5, patience: 1 });
  const first = job();
  const inside = one.enter(first.work);
  await expect(one.enter(async () => {})).rejects.toMatchObject({ code: 'unavailable' });
  first.end();
  await inside;
  expect(await one.enter(async () => 'served')).toBe('served');
  await expect(one.enter(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await one.enter(async () => 'again')).toBe('again');
});

test('however many look at what they follow, whoever calls is served before them', async () => {
  const here = await world({ people: { ada: 'member' } });
  const [database, entrance] = [await storage(), await here.entrance('ada')];
  const jobs = Array.from({ length: 2 * width.all.most }, job);
  const looks = jobs.map(({ work }) => database.looking(entrance, work));
  expect(await database.reading(entrance, async () => 'served')).toBe('served');
  for (const { end } of jobs) end();
  await Promise.all(looks);
});
