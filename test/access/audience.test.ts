import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, levelOf } from '../../src/access/decide.ts';
import { audienceOf, type Reached } from '../../src/storage/audience.ts';
import type { Tx } from '../../src/storage/database.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { newId } from '../../src/terms/ids.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser } from '../support/world.ts';
import { atOnce } from './at-once.ts';
import { anyLand, type Key, type Thing } from './land.ts';
import { rowsOf } from './land-rows.ts';
import { judge } from './reference.ts';

test('in any world, who has access is everyone whom decide lets open, and through an override only where it says so (EXP-2, EXT-3)', async () => {
  let people = 0;
  await fc.assert(
    fc.asyncProperty(anyLand, async (drawn) => {
      const auditor = newId();
      const key: Key = {
        id: newId(),
        person: auditor,
        scopes: ['read', 'override'],
        cut: null,
        until: null,
        revoked: false,
      };
      const land = {
        ...drawn,
        people: [...drawn.people, { id: auditor, role: 'admin' as const, status: 'active' as const, canInvite: false }],
        credentials: [key],
      };
      await insertRows(superuser, rowsOf(land));
      const entrance = { organization: land.organization, credential: key.id };
      await (await storage()).reading(entrance, async (entered) => {
        const tx = await atOnce(entered);
        const { me } = (await factsFor(tx, entrance, { noun: 'organization' }))!;
        const onThing = async (thing: Thing) => {
          const wanted = land.people
            .flatMap(({ id }) => {
              const verdict = judge(land, { ...key, person: id }, 'resource.open', thing);
              return verdict?.outcome === 'allow' ? [{ id, level: verdict.level, overridden: verdict.overridden }] : [];
            })
            .sort((a, b) => (a.id > b.id ? 1 : -1));
          const inPagesOf = async (limit: number) => {
            const found = await walked(tx, me, thing, Math.max(limit, 1));
            const told = found.map(({ id, facts }) => ({
              id,
              level: levelOf(facts),
              overridden: decide('resource.open', facts).overridden,
            }));
            expect(told).toEqual(wanted);
          };
          await Promise.all([1, wanted.length, 50].map(inPagesOf));
          people += wanted.length;
        };
        await Promise.all(land.resources.slice(0, 5).map(onThing));
      });
    }),
    { numRuns: 20, interruptAfterTimeLimit: 120_000 },
  );
  expect(people).toBeGreaterThan(100);
}, 150_000);

async function walked(
  tx: Tx,
  me: Parameters<typeof audienceOf>[1],
  { id, kind }: Thing,
  limit: number,
): Promise<Reached[]> {
  const people: Reached[] = [];
  let after: string | undefined;
  do {
    const page = await audienceOf(tx, me, { id, kind }, { limit, after });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    people.push(...page.items);
    after = page.next;
  } while (after);
  return people;
}
