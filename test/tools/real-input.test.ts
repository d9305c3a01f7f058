import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { realDocuments } from '../documents/world.ts';
import { type Call, office } from '../support/office.ts';

const here = await office({
  people: { bo: 'member', ada: 'member' },
  workspaces: { growth: { bo: 'creator', ada: 'creator' } },
});
const [bo, ada] = [here.as('bo'), here.as('ada')];
const files = realDocuments();

/** The document as its readers get it: whole where it fits, else part by part, down to what fits. */
async function readWhole(call: Call, id: string): Promise<unknown> {
  const first = await call('open_workflow', { id, include: ['document'] });
  return 'document' in first ? first.document : assembled(call, id, first.omitted[0]);
}

type Omitted = { pointer: string; inside?: string[]; more?: number; next?: number };

async function assembled(call: Call, id: string, { pointer, inside, more }: Omitted): Promise<unknown> {
  if (!inside) return textAt(call, id, pointer);
  expect(more, `${pointer} tells all that is inside of it`).toBeUndefined();
  const members: [string, unknown][] = [];
  let left = inside;
  while (left.length) {
    const { parts = {}, omitted = [], error } = await call('open_workflow', { id, at: left.slice(0, 10) });
    expect(error).toBeUndefined();
    const cut = new Set((omitted as Omitted[]).filter(({ next }) => next !== undefined).map((it) => it.pointer));
    const whole = Object.entries(parts).filter(([at]) => !cut.has(at));
    members.push(...whole);
    const [alone] = left;
    if (whole.length === 0)
      members.push([
        alone as string,
        await assembled(call, id, (omitted as Omitted[]).find((it) => it.pointer === alone) as Omitted),
      ]);
    const had = new Set(members.map(([it]) => it));
    left = left.filter((it) => !had.has(it));
  }
  const byStep = members.map(
    ([at, value]) =>
      [
        at
          .slice(at.lastIndexOf('/') + 1)
          .replaceAll('~1', '/')
          .replaceAll('~0', '~'),
        value,
      ] as const,
  );
  const isList = byStep.every(([step]) => /^\d+$/.test(step));
  return isList
    ? byStep.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value)
    : Object.fromEntries(byStep);
}

/** A text that no answer holds, stretch by stretch. */
async function textAt(call: Call, id: string, pointer: string): Promise<string> {
  let text = '';
  for (let next: number | undefined = 0; next !== undefined; ) {
    const { parts, omitted } = await call('open_workflow', { id, at: [pointer], from: next });
    text += parts[pointer];
    next = omitted?.[0].next;
  }
  return text;
}

test.each(files)(
  '$name goes in by create_workflow, comes back deep-equal, is edited by two at once, and is restored in its own form (DOC-1, DOC-4, DOC-5, VER-1, 004-29)',
  async ({ name, text }) => {
    const original = name.endsWith('.yaml') ? parse(text) : JSON.parse(text);
    const made = await bo('create_workflow', { name, document: text });
    expect(made.error).toBeUndefined();
    const { id } = made;
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
    const kept = await here.sql<{ number: number; document: string; source: string | null }>(
      'select number, document, source from revision where resource_id = (select id from resource where name = $1 and organization_id = $2) order by number',
      [name, here.organization],
    );
    expect(kept.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const it of [kept[0], kept[2]]) {
      expect(it?.source ?? it?.document).toBe(text);
      expect(isDeepStrictEqual(JSON.parse(it?.document ?? ''), original)).toBe(true);
    }
  },
);
