import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { startGrid } from '../../src/workspace/grid.ts';
import { isMiss } from '../../src/workspace/misses.ts';
import { operations } from '../../src/workspace/operations.ts';
import { office } from '../support/office.ts';

const here = await office({
  people: { ada: 'member', bo: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator' } },
  projects: { attic: { in: 'growth', people: { ada: 'editor' } } },
  workflows: {
    draft: { in: 'growth', owner: 'ada' },
    mine: { in: 'growth', owner: 'bo' },
    linked: { in: 'growth', owner: 'bo' },
  },
});

/** In ms; what is fastest of several is least disturbed by what else the machine does. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 12; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

test.each([0, 2, 9, 17])('work of %i ms answers on the first tick, 25 ms from its start (EXT-2)', async (ms) => {
  const took = await fastest(async () => {
    const grid = startGrid();
    if (ms) await setTimeout(ms);
    await grid.next();
    grid.stop();
  });
  // Timers count from when the loop last woke, so a fraction of a millisecond is missing.
  expect(took).toBeGreaterThan(23.5);
  expect(took).toBeLessThan(32);
});

test('a miss waits for the tick and a hit does not (EXT-2); asking waits for a later one whatever comes of it (EXT-6)', async () => {
  const bo = here.as('bo');
  expect(await fastest(() => bo('open_workflow', { id: here.id('draft') }))).toBeGreaterThan(23.5);
  expect(isMiss(await bo('open_workflow', { id: here.id('mine') }))).toBe(false);
  expect(await fastest(() => bo('request_access', { id: here.id('draft') }))).toBeGreaterThan(98);
});

test('so does what names the hidden without being refused: a filter, an export, a link, one of several (EXT-2, EXT-12)', async () => {
  const bo = here.as('bo', { query: 'toolsets=workflows,governance' });
  const edit = (to: string, revision: number) =>
    bo('edit_workflow', { id: here.id('linked'), revision, document: { to } });
  for (const project of [here.id('attic'), outside('project', newId())])
    expect(isMiss(await bo('list_workflows', { project }))).toBe(true);
  expect(isMiss(await bo('list_workflows'))).toBe(false);
  expect(isMiss(await bo('export_activity', { id: outside('workflow', newId()) }))).toBe(true);
  expect(isMiss(await edit(here.id('draft'), 1))).toBe(true);
  expect(isMiss(await bo('open_workflow', { id: here.id('linked') }))).toBe(true);
  expect(isMiss(await edit(here.id('mine'), 2))).toBe(false);
  for (const operation of [operations.clean_up_access, operations.invite_members]) expect(operation.evenly).toBe(true);
});
