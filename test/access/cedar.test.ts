import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/access/decide.ts';
import type { Action } from '../../src/access/policy.ts';
import { type Found, factsFor } from '../../src/storage/facts.ts';
import { newId } from '../../src/terms/ids.ts';
import type { Noun } from '../../src/terms/ladders.ts';
import { type Asked, cedarRequest, cedarWorld, resourceModel } from '../oracle/cedar.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser } from '../support/world.ts';
import { atOnce } from './at-once.ts';
import { anyLand, type Land, type Thing } from './land.ts';
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

/** The same land where more is installed for others, which seldom decides. */
const installed = (land: Land): Land => ({
  ...land,
  resources: land.resources.map((it, i) =>
    i % 4 === 3 ? { ...it, kind: 'integration', installed: i % 8 === 3 ? 'workspace' : 'organization' } : it,
  ),
});

test('Cedar agrees with decide on each of 20,000 random decisions and more (DEC-6)', async () => {
  const storehouse = await storage();
  const decisions = { allowed: 0, refused: 0, withOverride: 0, obstructed: 0 };
  const allowedTo = new Map<string, number>();
  const actions = Object.values(resourceModel.actions).flat();
  const rare = () => actions.filter((action) => (allowedTo.get(action) ?? 0) < 10);
  const enough = () =>
    decisions.allowed + decisions.refused >= 20_000 &&
    decisions.allowed > 2_000 &&
    decisions.obstructed > 4 &&
    rare().length === 0;
  const agreed = (ours: Record<string, boolean>, theirs: ReadonlySet<string>, override: boolean) => {
    expect(Object.keys(ours).filter((action) => ours[action] !== theirs.has(action))).toEqual([]);
    for (const [action, allowed] of Object.entries(ours)) {
      decisions[allowed ? 'allowed' : 'refused']++;
      if (override) decisions.withOverride++;
      if (allowed) allowedTo.set(action, (allowedTo.get(action) ?? 0) + 1);
    }
  };
  const decided = <N extends Noun>(actions: readonly Action[], found: Found<N> | undefined) =>
    Object.fromEntries(
      actions.map((action) => {
        const decision = found && decide(action, found.facts);
        if (decision?.missing === 'condition' && !action.startsWith('request.')) decisions.obstructed++;
        return [action, decision?.outcome === 'allow'];
      }),
    );
  await fc.assert(
    fc.asyncProperty(anyLand.map(installed), async (land) => {
      if (enough()) return;
      const requests = requestsIn(land);
      await insertRows(superuser, { ...rowsOf(land), access_request: requestRows(land, requests) });
      for (const key of land.credentials) {
        const entrance = { organization: land.organization, credential: key.id };
        const override = key.scopes.includes('override');
        await storehouse.reading(entrance, async (entered) => {
          const tx = await atOnce(entered);
          const onThing = async (thing: Thing) => {
            const around = cedarWorld(land, key, thing);
            const { id, kind } = thing;
            agreed(
              {
                ...decided(resourceActions, await factsFor(tx, entrance, { noun: 'resource', id, kind })),
                ...decided(binActions, await factsFor(tx, entrance, { noun: 'bin', id, kind })),
              },
              resourceModel.allowed(around, key.person, ['Resource', id]),
              override,
            );
            for (const asked of requests.filter((it) => it.thing === thing)) {
              agreed(
                decided(requestActions, await factsFor(tx, entrance, { noun: 'request', id: asked.id })),
                resourceModel.allowed(cedarRequest(around, asked), key.person, ['Request', asked.id]),
                override,
              );
            }
          };
          await Promise.all(land.resources.map(onThing));
        });
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 240_000, endOnFailure: false },
  );
  expect(rare()).toEqual([]);
  expect(decisions.obstructed).toBeGreaterThan(4);
  expect(enough()).toBe(true);
  expect(decisions.withOverride).toBeGreaterThan(8_000);
}, 270_000);
