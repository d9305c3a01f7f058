import { afterAll, beforeAll, expect, test } from 'vitest';
import { furnishedHome } from '../support/home.ts';
import { workersService } from '../support/service.ts';
import { bodies } from './bodies.ts';
import { clocks, shifted } from './clocks.ts';
import { diskFull } from './disk-full.ts';
import { frozen } from './frozen.ts';
import { type Standing, standing } from './installation.ts';
import { kills } from './kills.ts';
import { outage } from './outage.ts';
import { pool } from './pool.ts';
import { seedOf, tell } from './seeded.ts';
import { slow } from './slow.ts';
import { streams } from './streams.ts';

// One server after the other is broken in every way, until it is killed: to start each takes more than what is done to it. Its clock is
// wrong throughout.
let at: Standing;
beforeAll(async () => {
  at = await standing(shifted(3), furnishedHome());
}, 120_000);
afterAll(() => at.here.remove());

test('writers behind one lock are told to come again, and readers do not wait for them (DEC-8)', async () => {
  const { answers, behind, edited } = await tell('pool', pool(at, 12));
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

test('500 streams are open within a bound of memory each, are all told while others are served, and leave nothing; who opens too many is told (NOT-1)', async () => {
  const { open, refused, beyond, kibEach, unserved } = await tell('streams', streams(at, 500));
  expect({ refused, beyond, unserved }).toEqual({ refused: 0, beyond: 429, unserved: [] });
  expect(open).toBeGreaterThanOrEqual(500);
  expect(kibEach).toBeLessThan(400);
}, 120_000);

test('while the database is away every door answers 503 with Retry-After and tells no cause, a page to people, and all of it comes back by itself (NOT-1, ACT-3)', async () => {
  const { unclear, asked, signedIn } = await tell('outage', outage(at, 1));
  expect({ unclear, signedIn }).toEqual({ unclear: [], signedIn: true });
  expect(asked).toBeGreaterThanOrEqual(10);
}, 120_000);

test('where the database hangs instead of failing, every door answers 503 with Retry-After all the same, and goes on with it', async () => {
  const service = await workersService({ connection: at.here.owner }, { silent: 1_000 });
  const { unclear, signedIn, edited } = await tell('frozen', frozen(at.here, service)).finally(service.close);
  expect({ unclear, signedIn, edited }).toEqual({ unclear: [], signedIn: true, edited: true });
}, 120_000);

test('what ends, ends by the database’s clock, on servers whose own are days ahead and behind (DEC-4)', async () => {
  expect(await tell('clocks', clocks(at))).toEqual({ wrong: [], code: 0 });
}, 120_000);

test('without room on the disk writes are refused as unavailable and leave no half, reads are served, and it goes on with room (ACT-1)', async () => {
  const { answers, listed, opened, halves } = await tell('disk full', diskFull(at));
  expect(Object.keys(answers).toSorted()).toEqual(['done', 'unavailable']);
  expect({ listed, opened, halves }).toEqual({ listed: 1, opened: true, halves: 0 });
}, 120_000);

test('kill -9 of the server and of PostgreSQL amid writes loses nothing that was acknowledged and halves nothing, and the chain verifies (ACT-3, EXT-9)', async () => {
  const seed = seedOf(process.env.TORTURE_SEED);
  const figures = await tell('kills', kills(at, { seed, rounds: 5 }), seed);
  expect(figures).toMatchObject({
    rounds: 5,
    code: 0,
    killed: { server: 1, postmaster: 1, backend: 1, postgres: 1, everything: 1 },
  });
  expect(figures.acknowledged).toBeGreaterThan(0);
}, 300_000);
