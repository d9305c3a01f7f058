import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, levelOf } from '../../src/access/decide.ts';
import type { Tx } from '../../src/storage/database.ts';
import { decideOn } from '../../src/storage/decided.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser } from '../support/world.ts';
import { atOnce } from './at-once.ts';
import { anyLand, type Ground, type Land, type Thing } from './land.ts';
import { rowsOf } from './land-rows.ts';
import { binActions, judge, judgeCreating, resourceActions } from './reference.ts';

test('in any world, the evaluator and the rules written a second time give the same answers (DEC-1 to DEC-9)', async () => {
  const storehouse = await storage();
  const seen = new Map<string, number>();
  let before: Land | undefined;

  await fc.assert(
    fc.asyncProperty(anyLand, async (land) => {
      await insertRows(superuser, rowsOf(land));
      for (const key of land.credentials) {
        const entrance = { organization: land.organization, credential: key.id };
        const agree = async (entered: Tx) => {
          const tx = await atOnce(entered);
          const onThing = async (thing: Thing) => {
            for (const noun of ['resource', 'bin'] as const) {
              const found = await factsFor(tx, entrance, { noun, id: thing.id, kind: thing.kind });
              const answers = (noun === 'bin' ? binActions : resourceActions).map((action) => {
                const wanted = judge(land, key, action, thing);
                const decision = found && decide(action, found.facts);
                const { outcome, level, overridden } = wanted ?? {};
                const told = decision && {
                  outcome: decision.outcome,
                  overridden: decision.outcome === 'allow' && decision.overridden,
                };
                const isLevelled = found && noun === 'resource';
                seen.set(`${action} ${outcome}`, (seen.get(`${action} ${outcome}`) ?? 0) + 1);
                return {
                  ours: { action, ...told, ...(isLevelled && { level: levelOf(found.facts) }) },
                  theirs: { action, ...(wanted && { outcome, overridden }), ...(isLevelled && { level }) },
                };
              });
              expect(answers.map(({ ours }) => ours)).toEqual(answers.map(({ theirs }) => theirs));
            }
          };
          const onOther = async (thing: Thing) => {
            const found = await factsFor(tx, entrance, { noun: 'resource', id: thing.id, kind: thing.kind });
            expect(found && { subject: found.subject, paths: found.facts.paths }).toEqual(
              found && { subject: undefined, paths: [] },
            );
          };
          const onWorkspace = async ({ id }: Ground) => {
            for (const kind of ['workflow', 'brand_kit'] as const) {
              const ruling = await decideOn(tx, entrance, 'resource.create', { noun: 'workspace', id, kind });
              const outcome = ruling?.decision.outcome;
              expect({ create: kind, outcome }).toEqual({ create: kind, outcome: judgeCreating(land, key, id, kind) });
            }
          };
          await Promise.all([
            ...land.resources.map(onThing),
            ...(before?.resources ?? []).map(onOther),
            ...land.workspaces.map(onWorkspace),
          ]);
        };
        // The one reads who asks once, the other with every decision.
        await storehouse.reading(entrance, agree);
        await storehouse.writing(entrance, agree);
      }
      before = land;
    }),
    { numRuns: 20, interruptAfterTimeLimit: 120_000 },
  );
  for (const action of [...resourceActions, ...binActions]) {
    expect(seen.get(`${action} allow`), action).toBeGreaterThan(2);
    expect(seen.get(`${action} hide`), action).toBeGreaterThan(2);
  }
}, 150_000);
