import { afterAll, beforeAll, expect, test } from 'vitest';
import { clocks } from './clocks.ts';
import { diskFull } from './disk-full.ts';
import { type Standing, standing } from './installation.ts';
import { outage } from './outage.ts';
import { tell } from './seeded.ts';

let at: Standing & { end(): Promise<number | null> };
beforeAll(async () => {
  at = await standing();
});
afterAll(async () => {
  expect(await at.end()).toBe(0);
});

test('while the database is away every door answers 503 with Retry-After and tells no cause, and all of it comes back by itself (NOT-1, ACT-3)', async () => {
  const { unclear, asked } = await tell('outage', outage(at, 1));
  expect(unclear).toEqual([]);
  expect(asked).toBeGreaterThanOrEqual(7);
}, 120_000);

test('what ends, ends by the database’s clock, on servers whose own are days ahead and behind (DEC-4)', async () => {
  expect(await tell('clocks', clocks(at))).toEqual({ wrong: [], codes: [0, 0] });
}, 120_000);

test('without room on the disk writes are refused as unavailable and leave no half, reads are served, and it goes on with room (ACT-1)', async () => {
  const { answers, listed, opened, halves } = await tell('disk full', diskFull(at));
  expect(Object.keys(answers).toSorted()).toEqual(['done', 'unavailable']);
  expect({ listed, opened, halves }).toEqual({ listed: 1, opened: true, halves: 0 });
}, 120_000);
