import { beforeAll, expect, test } from 'vitest';
import { serviceIn } from '../support/service.ts';
import { connection, superuser } from '../support/world.ts';
import { seedOf, tell } from './seeded.ts';
import { type Stage, stageOn } from './settled-land.ts';
import { soak } from './soak.ts';

const seed = seedOf(process.env.TORTURE_SEED);
let stage: Stage;
beforeAll(async () => {
  stage = stageOn(superuser, await serviceIn({ connection }));
});

test('random agents through both doors are answered as a model of the rules in memory says, call by call (DEC-1, EXT-1, REQ-6, NOT-2)', async () => {
  const figures = await tell('soak', soak({ seed, seconds: 20 }, stage), seed);
  expect(figures.writes).toBeGreaterThan(0);
  expect(figures.refused).toBeGreaterThan(0);
  expect(figures.looks).toBeGreaterThan(0);
}, 300_000);
