import { expect, test } from 'vitest';
import { seedOf, tell } from './seeded.ts';
import { soak } from './soak.ts';

const seed = seedOf(process.env.TORTURE_SEED);

test('random agents through both doors are answered as a model of the rules in memory says, call by call (DEC-1, EXT-1, REQ-6, NOT-2)', async () => {
  const figures = await tell('soak', soak({ seed, seconds: 20 }), seed);
  expect(figures.writes).toBeGreaterThan(0);
  expect(figures.refused).toBeGreaterThan(0);
  expect(figures.looks).toBeGreaterThan(0);
}, 300_000);
