import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/access/decide.ts';
import { type Action, policy, rowFor } from '../../src/access/policy.ts';
import type { Tx } from '../../src/storage/database.ts';
import { factsFor, type Ref } from '../../src/storage/facts.ts';
import { newId } from '../../src/terms/ids.ts';
import type { Noun } from '../../src/terms/ladders.ts';
import { cedarRequest, cedarWorld, resourceModel } from '../oracle/cedar.ts';
import type { CedarWorld, Model } from '../oracle/cedar-model.ts';
import { type SpaceType, spaceModel, spaceWorld } from '../oracle/cedar-spaces.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser } from '../support/world.ts';
import { anyLand, anyScatteredLand, type Key, type Land } from './land.ts';
import { rowsOf } from './land-rows.ts';

/** What it takes to learn that it is there at all: whoever may not do that is told of nothing (EXT-2). */
const knowing: Record<SpaceType, Action> = {
  Organization: 'self.see',
  Person: 'member.see',
  Group: 'group.see',
  Team: 'team.see',
  Workspace: 'workspace.see',
  Project: 'project.see',
  Invitation: 'invitation.change',
};

const thingsOf = (land: Land): readonly (readonly [SpaceType, string])[] => [
  ['Organization', land.organization],
  ...land.people.map(({ id }) => ['Person', id] as const),
  ...land.principals.map(({ id, sort }) => [sort === 'group' ? 'Group' : 'Team', id] as const),
  ...land.workspaces.map(({ id }) => ['Workspace', id] as const),
  ...land.projects.map(({ id }) => ['Project', id] as const),
  ...land.invitations.map(({ id }) => ['Invitation', id] as const),
];

const kindOf = (kit: boolean) => (kit ? 'brand_kit' : 'integration');

test('Cedar agrees with decide on organization, people, groups, teams, workspaces, projects and invitations, 20,000 times and more (DEC-6, DIR-1)', async () => {
  const storehouse = await storage();
  const counts = { allow: 0, deny: 0, hide: 0 };
  const outcomes = new Map<string, number>();
  const every = Object.values(spaceModel.actions).flatMap((actions) =>
    actions.flatMap((it) => [`${it} allowed`, `${it} refused`]),
  );
  const enough = () =>
    counts.allow + counts.deny + counts.hide > 20_000 && every.every((it) => (outcomes.get(it) ?? 0) >= 5);

  const compare = async (tx: Tx, land: Land, key: Key, [type, id]: readonly [SpaceType, string], kit: boolean) => {
    const allowed = spaceModel.allowed(spaceWorld(land, key, type, id, kit), key.person, [type, id]);
    const may = (action: Action) => allowed.has(action);
    const differing: object[] = [];
    const found = new Map<Noun, Awaited<ReturnType<typeof factsFor>>>();
    for (const action of spaceModel.actions[type] as Action[]) {
      const { on, hidden } = rowFor(action);
      if (!found.has(on)) {
        const ref = { noun: on, id, ...(type === 'Workspace' && { kind: kindOf(kit) }) } as unknown as Ref<'workspace'>;
        found.set(on, await factsFor(tx, { organization: land.organization, credential: key.id }, ref));
      }
      const it = found.get(on);
      // As storage decides: what is not there has no path.
      const ours = it ? decide(action, it.subject ? it.facts : { ...it.facts, paths: [] }).outcome : 'nobody';
      const known = on === 'closed' ? 'workspace.restore' : knowing[type];
      const theirs = may(action) ? 'allow' : !hidden && may(known) ? 'deny' : it ? 'hide' : 'nobody';
      if (ours !== theirs) differing.push({ action, ours, theirs });
      counts[ours === 'nobody' ? 'hide' : ours]++;
      const name = `${action} ${ours === 'allow' ? 'allowed' : 'refused'}`;
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    }
    expect(differing).toEqual([]);
  };

  await fc.assert(
    fc.asyncProperty(fc.oneof(anyLand, anyScatteredLand), async (land) => {
      if (enough()) return;
      await insertRows(superuser, rowsOf(land));
      for (const [at, key] of land.credentials.entries()) {
        const entrance = { organization: land.organization, credential: key.id };
        const [organization, ...things] = thingsOf(land);
        // Both ways in which a transaction knows who asks, in turns; on the organization as a whole only writes decide.
        await storehouse.writing(entrance, (tx) => compare(tx, land, key, organization!, false));
        const enter = at % 4 < 2 ? storehouse.reading : storehouse.writing;
        await enter(entrance, async (tx) => {
          const isSomebody = await factsFor(tx, entrance, { noun: 'organization' });
          for (const thing of isSomebody ? things : things.slice(0, 3))
            for (const kit of thing[0] === 'Workspace' ? [false, true] : [false])
              await compare(tx, land, key, thing, kit);
        });
      }
    }),
    { numRuns: 100, interruptAfterTimeLimit: 200_000, endOnFailure: false },
  );
  expect(every.filter((it) => (outcomes.get(it) ?? 0) < 5)).toEqual([]);
  expect(enough()).toBe(true);
  for (const [outcome, count] of Object.entries(counts)) expect(count, outcome).toBeGreaterThan(2_000);
}, 240_000);

test('a model decides each action of the table, and no other (DEC-7, EXP-9)', () => {
  const decided = [resourceModel, spaceModel].flatMap(({ actions }) => Object.values(actions).flat());
  expect(decided.toSorted()).toEqual(Object.keys(policy).toSorted());
});

test('asked once for all actions, Cedar answers what it answers of each by the policies as they are written (DEC-6)', () => {
  const agree = (model: Model, world: CedarWorld, person: string, on: readonly [string, string]) => {
    const allowed = model.actions[on[0]]!.filter((action) => model.allows(world, person, action, on));
    expect([...model.allowed(world, person, on)].toSorted()).toEqual(allowed.toSorted());
    return allowed.length;
  };
  let allowed = 0;
  fc.assert(
    fc.property(anyLand, fc.nat(9), fc.nat(3), fc.boolean(), (land, at, nth, delivered) => {
      const key = land.credentials[at]!;
      const thing = land.resources[nth]!;
      const around = cedarWorld(land, key, thing);
      const asked = { id: newId(), by: land.people[nth]!.id, thing, delivered };
      allowed += agree(resourceModel, around, key.person, ['Resource', thing.id]);
      allowed += agree(resourceModel, cedarRequest(around, asked), key.person, ['Request', asked.id]);
      for (const [type, id] of new Map(thingsOf(land)))
        allowed += agree(spaceModel, spaceWorld(land, key, type, id, delivered), key.person, [type, id]);
    }),
    { numRuns: 6 },
  );
  expect(allowed).toBeGreaterThan(0);
});
