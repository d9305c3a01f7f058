import { expect, test } from 'vitest';
import { kills } from './kills.ts';
import { seedOf, tell } from './seeded.ts';

const seed = seedOf(process.env.TORTURE_SEED);

test('kill -9 of the server and of PostgreSQL amid writes loses nothing that was acknowledged and halves nothing, and the chain verifies (ACT-3, EXT-9)', async () => {
  const figures = await tell('kills', kills({ seed, rounds: 5 }), seed);
  expect(figures).toMatchObject({
    rounds: 5,
    killed: { server: 1, postmaster: 1, backend: 1, postgres: 1, everything: 1 },
  });
  expect(figures.acknowledged).toBeGreaterThan(0);
}, 300_000);
