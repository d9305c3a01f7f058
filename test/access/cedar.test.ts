import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/access/decide.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { cedarAllows, cedarWorld } from '../oracle/cedar.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser } from '../support/world.ts';
import { anyLand } from './land.ts';
import { rowsOf } from './land-rows.ts';
import { binActions, resourceActions } from './reference.ts';

test('Cedar agrees with decide on each of 20,000 random decisions and more (DEC-6)', async () => {
  const storehouse = await storage();
  const decisions = { allowed: 0, refused: 0, withOverride: 0 };
  const enough = () => decisions.allowed + decisions.refused >= 20_000;
  await fc.assert(
    fc.asyncProperty(anyLand, async (land) => {
      if (enough()) return;
      await insertRows(superuser, rowsOf(land));
      for (const key of land.credentials) {
        const entrance = { organization: land.organization, credential: key.id };
        await storehouse.reading(entrance, async (tx) => {
          for (const thing of land.resources) {
            const around = cedarWorld(land, key, thing);
            for (const noun of ['resource', 'bin'] as const) {
              const found = await factsFor(tx, entrance, { noun, id: thing.id, kind: thing.kind });
              for (const action of noun === 'bin' ? binActions : resourceActions) {
                const allowed = found !== undefined && decide(action, found.facts).outcome === 'allow';
                expect({ action, allowed }).toEqual({ action, allowed: cedarAllows(around, key, action, thing) });
                decisions[allowed ? 'allowed' : 'refused']++;
                if (key.scopes.includes('override')) decisions.withOverride++;
              }
            }
          }
        });
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 90_000, endOnFailure: false },
  );
  expect(enough()).toBe(true);
  expect(decisions.allowed).toBeGreaterThan(2_000);
  expect(decisions.withOverride).toBeGreaterThan(8_000);
}, 120_000);
