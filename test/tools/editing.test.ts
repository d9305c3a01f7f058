import { describe, expect, test } from 'vitest';
import { operations } from '../../src/workspace/operations.ts';
import { office, walked } from '../support/office.ts';

const here = await office({
  people: { ada: 'member', bo: 'member', cy: 'member', dee: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'viewer' }, finance: { bo: 'creator' } },
  groups: { crew: ['cy'] },
  workflows: {
    plan: { in: 'growth', owner: 'bo', document: { title: 'Plan', steps: ['a', 'b'] } },
    lent: { in: 'growth', owner: 'bo', grants: { cy: 'editor', crew: 'viewer', dee: 'viewer' } },
  },
});
const [ada, bo, dee] = [here.as('ada'), here.as('bo'), here.as('dee')];
const serverless = {
  document: { dsl: '1.0.0', namespace: 'test', name: 'one', version: '0.1.0' },
  do: [{ step: { set: { a: 1 } } }],
};
const half = 'x'.repeat(600_000);
const create = async (more: object = {}) =>
  bo('create_workflow', { name: 'New', document: { a: 1 }, workspace: 'growth', ...more });

describe('edit_workflow', () => {
  test('a patch, a merge patch, a whole document and a name each make one revision (VER-1, DOC-4)', async () => {
    const { id } = await create({ document: { a: 1, list: [1] } });
    expect(
      await bo('edit_workflow', {
        id,
        revision: 1,
        patch: [
          { op: 'add', path: '/list/-', value: 2 },
          { op: 'test', path: '/a', value: 1 },
        ],
      }),
    ).toMatchObject({ revision: 2 });
    expect(await bo('edit_workflow', { id, revision: 2, merge: { a: null, b: { c: 1 } } })).toMatchObject({
      revision: 3,
    });
    expect(await bo('open_workflow', { id, include: ['document'] })).toMatchObject({
      document: { list: [1, 2], b: { c: 1 } },
    });
    expect(await bo('edit_workflow', { id, revision: 3, document: '{"whole": true}' })).toMatchObject({ revision: 4 });
    expect(await bo('edit_workflow', { id, revision: 4, name: 'Renamed' })).toMatchObject({
      revision: 5,
      name: 'Renamed',
    });
    expect(await bo('open_workflow', { id, include: ['document'] })).toMatchObject({
      document: { whole: true },
      name: 'Renamed',
    });
  });

  test('a patch applies wholly or not at all, and says which step failed (DOC-4)', async () => {
    const { id } = await create({ document: { a: 1 } });
    const patch = [
      { op: 'add', path: '/b', value: 2 },
      { op: 'remove', path: '/nowhere' },
    ];
    expect(await bo('edit_workflow', { id, revision: 1, patch })).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/patch/1' },
    });
    expect(await bo('open_workflow', { id, include: ['document'] })).toMatchObject({ revision: 1, document: { a: 1 } });
  });

  test('nothing to change, or two ways at once, is told before anything is looked at (EXT-11)', async () => {
    for (const more of [{}, { patch: [], merge: {} }, { merge: {}, document: {} }])
      expect(await bo('edit_workflow', { id: here.id('plan'), revision: 1, ...more })).toMatchObject({
        error: { code: 'invalid_argument' },
      });
  });

  test('an edit of an older revision is refused and shown both, nothing is lost (VER-1)', async () => {
    const { id } = await create({ document: { a: 1, b: 1 } });
    await bo('edit_workflow', { id, revision: 1, merge: { a: 2 } });
    const { error } = await bo('edit_workflow', { id, revision: 1, merge: { b: 2 } });
    expect(error).toMatchObject({
      code: 'conflict',
      current: { revision: 2, by: 'bo@acme.test', changes: [{ pointer: '/a', change: 'changed' }], total: 1 },
    });
    expect(await bo('edit_workflow', { id, revision: 2, merge: { b: 2 } })).toMatchObject({ revision: 3 });
    expect(await bo('open_workflow', { id, include: ['document'] })).toMatchObject({ document: { a: 2, b: 2 } });
  });

  test.each([
    ['too large', { patch: [{ op: 'add', path: '/b', value: half }] }, 'too_large', '/patch'],
    ['too large', { merge: { b: half } }, 'too_large', '/merge'],
    ['a list', { patch: [{ op: 'replace', path: '', value: [1] }] }, 'invalid_argument', '/patch'],
  ])('a change that makes it %s is refused as what it is: %#', async (_what, change, code, pointer) => {
    const { id } = await create({ document: { a: half } });
    const { error } = await bo('edit_workflow', { id, revision: 1, ...change });
    expect(error).toMatchObject({ code, pointer, message: expect.stringMatching(`^${pointer}: A document `) });
  });

  test.each<[string, object, string, string | undefined]>([
    ['broken JSON', { document: '{"a": 1,}' }, 'invalid_argument', undefined],
    ['broken YAML', { document: 'a: [1\nb: }' }, 'invalid_argument', undefined],
    ['a list at its top', { document: '[1]' }, 'invalid_argument', '/document'],
    ['more than 1 MiB', { document: { a: 'x'.repeat(1024 * 1024) } }, 'too_large', undefined],
    [
      'two nodes of one name',
      {
        document: {
          nodes: [
            { name: 'a', type: 't' },
            { name: 'a', type: 't' },
          ],
          connections: {},
        },
        format: 'n8n',
      },
      'invalid_argument',
      undefined,
    ],
    [
      'no workflow of its format',
      { document: { do: [] }, format: 'serverless-workflow' },
      'invalid_argument',
      undefined,
    ],
    ['NUL', { document: { a: ['x\u0000'] } }, 'invalid_argument', '/document/a/0'],
    ['half a surrogate pair', { document: { a: '\ud800' } }, 'invalid_argument', '/document/a'],
    ['10,000 levels', { document: `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}` }, 'invalid_argument', undefined],
    [
      'a key __proto__ at its top',
      { document: JSON.parse('{"__proto__": {"x": 1}, "a": 1}') },
      'invalid_argument',
      undefined,
    ],
    [
      'a key __proto__ deep inside',
      { document: JSON.parse('{"a": [{"__proto__": 1}]}') },
      'invalid_argument',
      '/document/a/0/__proto__',
    ],
    ['neither an object nor a text', { document: 7 }, 'invalid_argument', '/document'],
  ])(
    '%s is refused with its place, on creating and on editing, and leaves nothing (DOC-1, DOC-2)',
    async (_what, more, code, pointer) => {
      const before = (await here.sql('select count(*)::int as n from revision'))[0];
      const format = (more as { format?: string }).format;
      const { id } = format
        ? await create({ document: format === 'n8n' ? { nodes: [], connections: {} } : serverless, format })
        : { id: here.id('plan') };
      const { format: _, ...change } = more as { format?: string; document: unknown };
      const [created, edited] = [await create(more), await bo('edit_workflow', { id, revision: 1, ...change })];
      for (const { error } of [created, edited]) {
        expect(error).toMatchObject({ code, message: expect.any(String), ...(pointer && { pointer }) });
        expect(error.pointer).toMatch(/^\/document/);
      }
      expect(await bo('open_workflow', { id })).toMatchObject({ revision: 1 });
      const after = (await here.sql<{ n: number }>('select count(*)::int as n from revision'))[0];
      expect(after?.n).toBe((before as { n: number }).n + (format ? 1 : 0));
    },
  );

  test('an object of 10,000 levels is refused as well, with a key or without, and by merge (DOC-1)', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    for (const [name, args] of [
      ['create_workflow', `{"name":"n","workspace":"growth","document":${deep}}`],
      ['edit_workflow', `{"id":"${here.id('plan')}","revision":1,"merge":${deep}}`],
    ] as const) {
      const session = await here.session('bo');
      expect(
        await session.perform(operations[name], JSON.parse(args), { key: 'deep' }).catch((refused) => refused),
      ).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(/200 levels/) });
    }
  });
});

describe('revisions', () => {
  test('every edit is a revision with who made it and by which key; two are compared; each is restored as a new one (VER-1, VER-2, EXP-5)', async () => {
    const { id } = await create({ document: { a: 1 } });
    await bo('share_resource', { id, with: 'person:ada@acme.test', role: 'editor' });
    await ada('edit_workflow', { id, revision: 1, merge: { b: 1 }, name: 'Second' });
    const listed = await bo('list_revisions', { id, compare: { from: 1, to: 2 } });
    expect(listed).toMatchObject({
      total: 2,
      changes: [{ pointer: '/b', change: 'added' }],
      changes_total: 1,
      items: [
        { revision: 2, name: 'Second', by: 'ada@acme.test', key: "ada's key" },
        { revision: 1, name: 'New', by: 'bo@acme.test' },
      ],
    });
    expect(await bo('restore_revision', { id, restore: 1, revision: 1 })).toMatchObject({
      error: { code: 'conflict' },
    });
    expect(await bo('restore_revision', { id, restore: 9, revision: 2 })).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/restore' },
    });
    expect(await bo('list_revisions', { id, compare: { from: 1, to: 9 } })).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/compare' },
    });
    expect(await bo('restore_revision', { id, restore: 1, revision: 2 })).toMatchObject({ revision: 3, name: 'New' });
    expect(await bo('open_workflow', { id, include: ['document'] })).toMatchObject({ document: { a: 1 } });
    expect((await bo('list_revisions', { id })).items[0]).toMatchObject({ revision: 3, restored_from: 1 });
    const { all, pages } = await walked(bo, 'list_revisions', { id, limit: 1 });
    expect([all.map(({ revision }) => revision), pages]).toEqual([[3, 2, 1], 3]);
  });

  test('an earlier revision is read as it was, by whoever can open it (VER-2, DEC-9)', async () => {
    const { id } = await create({ document: { a: 1 } });
    await bo('edit_workflow', { id, revision: 1, document: { b: 2 }, name: 'Second' });
    await bo('share_resource', { id, with: 'person:cy@acme.test', role: 'viewer' });
    const cy = here.as('cy');
    for (const [revision, document] of [
      [1, { a: 1 }],
      [2, { b: 2 }],
    ] as const)
      expect(await cy('open_workflow', { id, revision, include: ['document'] })).toMatchObject({ revision, document });
    expect(await cy('open_workflow', { id, revision: 1, at: ['/a'] })).toMatchObject({ parts: { '/a': 1 } });
    expect(await cy('open_workflow', { id, revision: 3 })).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/revision' },
    });
    expect(await here.as('dee')('open_workflow', { id, revision: 3 })).toMatchObject({ error: { code: 'not_found' } });
  });

  test('a viewer lists revisions and restores none (DEC-9)', async () => {
    expect(await dee('list_revisions', { id: here.id('lent') })).toHaveProperty('items');
    expect(await dee('restore_revision', { id: here.id('lent'), restore: 1, revision: 1 })).toMatchObject({
      error: { code: 'permission_denied' },
    });
  });
});
