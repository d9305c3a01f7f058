import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/access/decide.ts';
import type { Action } from '../../src/access/policy.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { newId } from '../../src/terms/ids.ts';
import { type Asked, cedarRequest, cedarWorld, resourceModel } from '../oracle/cedar.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser } from '../support/world.ts';
import { anyLand, type Land } from './land.ts';
import { rowsOf } from './land-rows.ts';
import { binActions, resourceActions } from './reference.ts';

const requestActions = ['request.cancel', 'request.approve', 'request.decide'] as const;

/** Someone asks for each resource, whoever that is; every fifth request was not delivered. */
const requestsIn = ({ people, resources }: Land): Asked[] =>
  resources.map((thing, i) => ({ id: newId(), by: people[i % people.length]!.id, thing, delivered: i % 5 !== 4 }));

const requestRows = ({ organization }: Land, requests: readonly Asked[]) =>
  requests.map(({ id, by, thing, delivered }) => ({
    organization_id: organization,
    id,
    requester_id: by,
    resource_id: thing.id,
    kind: thing.kind,
    workspace_id: delivered ? thing.workspace : null,
    level: 'editor',
    status: 'pending',
  }));

test('Cedar agrees with decide on each of 20,000 random decisions and more (DEC-6)', async () => {
  const storehouse = await storage();
  const decisions = { allowed: 0, refused: 0, withOverride: 0 };
  const allowedTo = new Map<string, number>();
  const actions = Object.values(resourceModel.actions).flat();
  const rare = () => actions.filter((action) => (allowedTo.get(action) ?? 0) < 10);
  const enough = () =>
    decisions.allowed + decisions.refused >= 20_000 && decisions.allowed > 2_000 && rare().length === 0;
  const agreed = (action: Action, ours: boolean, theirs: boolean, override: boolean) => {
    expect({ action, allowed: ours }).toEqual({ action, allowed: theirs });
    decisions[ours ? 'allowed' : 'refused']++;
    if (override) decisions.withOverride++;
    if (ours) allowedTo.set(action, (allowedTo.get(action) ?? 0) + 1);
  };
  await fc.assert(
    fc.asyncProperty(anyLand, async (land) => {
      if (enough()) return;
      const requests = requestsIn(land);
      await insertRows(superuser, { ...rowsOf(land), access_request: requestRows(land, requests) });
      for (const key of land.credentials) {
        const entrance = { organization: land.organization, credential: key.id };
        const override = key.scopes.includes('override');
        await storehouse.reading(entrance, async (tx) => {
          for (const thing of land.resources) {
            const around = cedarWorld(land, key, thing);
            for (const noun of ['resource', 'bin'] as const) {
              const found = await factsFor(tx, entrance, { noun, id: thing.id, kind: thing.kind });
              for (const action of noun === 'bin' ? binActions : resourceActions) {
                const allowed = found !== undefined && decide(action, found.facts).outcome === 'allow';
                agreed(
                  action,
                  allowed,
                  resourceModel.allows(around, key.person, action, ['Resource', thing.id]),
                  override,
                );
              }
            }
            for (const asked of requests.filter((it) => it.thing === thing)) {
              const found = await factsFor(tx, entrance, { noun: 'request', id: asked.id });
              for (const action of requestActions) {
                const allowed = found !== undefined && decide(action, found.facts).outcome === 'allow';
                const world = cedarRequest(around, asked);
                agreed(
                  action,
                  allowed,
                  resourceModel.allows(world, key.person, action, ['Request', asked.id]),
                  override,
                );
              }
            }
          }
        });
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 240_000, endOnFailure: false },
  );
  expect(rare()).toEqual([]);
  expect(enough()).toBe(true);
  expect(decisions.withOverride).toBeGreaterThan(8_000);
}, 270_000);
