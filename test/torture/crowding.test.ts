import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodies } from './bodies.ts';
import { type Standing, standing } from './installation.ts';
import { pool } from './pool.ts';
import { tell } from './seeded.ts';
import { slow } from './slow.ts';
import { streams } from './streams.ts';

let at: Standing & { end(): Promise<number | null> };
beforeAll(async () => {
  at = await standing();
});
afterAll(async () => {
  expect(await at.end()).toBe(0);
});

test('writers behind one lock are told to come again, and readers do not wait for them (DEC-8)', async () => {
  const { answers, behind, edited } = await tell('pool', pool(at, 30));
  expect(Object.keys(answers).filter((code) => !['conflict', 'unavailable'].includes(code))).toEqual([]);
  expect(behind).toBeGreaterThan(0);
  expect(edited).toBe(true);
});

test('bodies that are too long, never end or are nested beyond reason are refused early, within a bound of memory', async () => {
  const { statuses, mostMiB } = await tell('bodies', bodies(at, 1));
  for (const [door, seen] of Object.entries(statuses))
    expect({ door, seen }).toEqual({ door, seen: [expect.toSatisfy((it) => [0, 400, 413, 422].includes(it))] });
  expect(mostMiB).toBeLessThan(300);
});

test('clients that send a byte at a time, or never read, hinder no one else', async () => {
  const { served, heldMiB } = await tell('slow clients', slow(at, { count: 25, seconds: 1 }));
  expect(served).toBeGreaterThan(0);
  expect(heldMiB).toBeLessThan(100);
});

test('500 streams are open within a bound of memory each, are all told, and leave nothing; who opens too many is told (NOT-1)', async () => {
  const { open, refused, beyond, kibEach } = await tell('streams', streams(at, 500));
  expect({ refused, beyond }).toEqual({ refused: 0, beyond: 429 });
  expect(open).toBeGreaterThanOrEqual(500);
  expect(kibEach).toBeLessThan(400);
}, 120_000);
