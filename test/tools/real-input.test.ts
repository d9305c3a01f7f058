import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { isConnection, realDocuments, toNowhere } from '../documents/world.ts';
import { office, service } from '../support/office.ts';
import { overRest, readWhole, sourceOf } from '../support/reading.ts';

const here = await office({
  people: { bo: 'member', ada: 'member' },
  workspaces: { growth: { bo: 'creator', ada: 'creator' } },
});
const [bo, ada] = [here.as('bo'), here.as('ada')];
const rest = overRest(service, await here.key('bo', { name: 'rest' }));
const files = realDocuments();

test.each(files)(
  '$name goes in by create_workflow, comes back deep-equal, is edited by two at once, and is restored and exported in its own form (DOC-1, DOC-4, DOC-5, VER-1, 004-29)',
  async ({ name, text }) => {
    const original = name.endsWith('.yaml') ? parse(text) : JSON.parse(text);
    const made = await bo('create_workflow', { name, document: text });
    expect(made.error).toBeUndefined();
    const { id } = made;
    if (made.format === 'n8n') expectWarned(made, toNowhere(original));
    const read = await readWhole(bo, id);
    expect(isDeepStrictEqual(original, read)).toBe(true);

    await bo('share_resource', { id, with: 'person:ada@acme.test', role: 'editor' });
    const [first] = Object.keys(original);
    const edits = await Promise.all([
      bo('edit_workflow', {
        id,
        revision: 1,
        patch: [
          { op: 'test', path: `/${first}`, value: original[first as string] },
          { op: 'add', path: made.format === 'serverless-workflow' ? '/metadata' : '/meta_by_bo', value: { by: 'bo' } },
        ],
      }),
      ada('edit_workflow', {
        id,
        revision: 1,
        merge: { [made.format === 'serverless-workflow' ? 'metadata' : 'meta_by_ada']: { by: 'ada' } },
      }),
    ]);
    expect(edits.map(({ error, revision }) => error?.code ?? revision).sort()).toEqual([2, 'conflict']);
    expect(edits.find(({ error }) => error)?.error.current).toMatchObject({ revision: 2, total: 1 });

    expect(await ada('restore_revision', { id, revision: 2, restore: 1 })).toMatchObject({ revision: 3 });
    const [restored, ...exported] = await Promise.all([
      readWhole(rest, id),
      sourceOf(rest, id, 1),
      sourceOf(bo, id, 3),
    ]);
    expect(isDeepStrictEqual(original, restored)).toBe(true);
    expect(exported).toEqual([text, text]);
  },
);

/** An answer warns of the first connections to nowhere, and counts all (DOC-2). */
function expectWarned({ warnings = [], outline }: Awaited<ReturnType<typeof bo>>, nowhere: readonly string[]) {
  const told = warnings.map(({ pointer }: { pointer: string }) => pointer).filter(isConnection);
  expect(nowhere).toEqual(expect.arrayContaining(told));
  expect(told.length > 0).toBe(nowhere.length > 0);
  expect(outline.count.warnings).toBeGreaterThanOrEqual(nowhere.length);
  if (warnings.length === outline.count.warnings) expect(told).toHaveLength(nowhere.length);
}
