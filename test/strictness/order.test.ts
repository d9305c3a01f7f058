import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { operations } from '../../src/workspace/operations.ts';
import { office } from '../support/office.ts';

const here = await office({
  people: { ada: 'member', bo: 'member', cy: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'viewer' } },
  workflows: {
    hidden: { in: 'growth', owner: 'ada' },
    lent: { in: 'growth', owner: 'ada', grants: { bo: 'viewer', cy: 'editor' } },
    own: { in: 'growth', owner: 'bo' },
  },
});
const ids = {
  hidden: here.id('hidden'),
  missing: outside('workflow', newId()),
  lent: here.id('lent'),
  own: here.id('own'),
};
const patch = [{ op: 'add', path: '/a', value: 1 }];
const broken = [{ op: 'frobnicate', path: '/a' }];
const unfit = [{ op: 'remove', path: '/nowhere' }];

test.each<[string, 'hidden' | 'missing' | 'lent' | 'own', Record<string, unknown>, string]>([
  ['a bad shape', 'hidden', { revision: 'one', patch }, 'invalid_argument'],
  ['a bad shape', 'missing', { revision: 'one', patch }, 'invalid_argument'],
  ['a bad shape', 'lent', { revision: 'one', patch }, 'invalid_argument'],
  ['an argument that is not there', 'hidden', { revision: 1, patch, sudo: true }, 'invalid_argument'],
  ['a stale revision', 'hidden', { revision: 99, patch }, 'not_found'],
  ['a stale revision', 'missing', { revision: 99, patch }, 'not_found'],
  ['a stale revision', 'lent', { revision: 99, patch }, 'permission_denied'],
  ['a stale revision', 'own', { revision: 99, patch }, 'conflict'],
  ['a patch that is none', 'hidden', { revision: 1, patch: broken }, 'invalid_argument'],
  ['a patch that is none', 'missing', { revision: 1, patch: broken }, 'invalid_argument'],
  ['a patch that is none', 'lent', { revision: 99, patch: broken }, 'invalid_argument'],
  ['a patch that can’t be applied', 'hidden', { revision: 1, patch: unfit }, 'not_found'],
  ['a patch that can’t be applied', 'lent', { revision: 1, patch: unfit }, 'permission_denied'],
  ['a patch that can’t be applied', 'own', { revision: 1, patch: unfit }, 'invalid_argument'],
  ['a document of no format', 'hidden', { revision: 1, document: '{' }, 'not_found'],
  ['all in order', 'lent', { revision: 1, patch }, 'permission_denied'],
  ['all in order', 'own', { revision: 1, patch }, 'none'],
])(
  'edit_workflow with %s of a workflow that is %s: credential, shape, scope, not_found, permission, state, in this order (EXT-11)',
  async (_what, which, args, code) => {
    expect((await here.as('bo')('edit_workflow', { id: ids[which], ...args })).error?.code ?? 'none').toBe(code);
  },
);

const large = { a: 'x'.repeat(1024 * 1024) };
test.each<[string, { document?: unknown; merge?: unknown; patch?: unknown }]>([
  ['a document as an object', { document: large }],
  ['a document as a text', { document: JSON.stringify(large) }],
  ['a merge patch', { merge: large }],
  ['a patch', { patch: [{ op: 'add', path: '/a', value: large }] }],
])(
  '%s of over 1 MiB is too large in the same words for one’s own, a lent, a hidden and a missing workflow (EXT-11, EXT-2, DOC-1)',
  async (_what, change) => {
    const own = await here.as('bo')('edit_workflow', { id: ids.own, revision: 1, ...change });
    expect(own).toMatchObject({ error: { code: 'too_large' } });
    for (const id of [ids.lent, ids.hidden, ids.missing])
      expect(await here.as('bo')('edit_workflow', { id, revision: 1, ...change })).toEqual(own);
  },
);

test('a document over 1 MiB is too large for a workspace that is there and for one that is not (EXT-11)', async () => {
  const create = (workspace: string) => here.as('bo')('create_workflow', { name: 'n', document: large, workspace });
  const made = await create('growth');
  expect(made).toMatchObject({ error: { code: 'too_large' } });
  expect(await create('nowhere')).toEqual(made);
});

test.each(['hidden', 'missing', 'own'] as const)(
  'a scope that lacks is told after a bad shape and before the workflow is looked for, be it %s (EXT-11, EXT-4)',
  async (which) => {
    const reader = await here.session('bo', { scopes: ['read'] });
    const edit = (more: object = {}) =>
      reader.perform(operations.edit_workflow, { id: ids[which], revision: 99, patch, ...more });
    await expect(edit()).rejects.toMatchObject({ code: 'insufficient_scope', details: { scope: 'write' } });
    await expect(edit({ sudo: true })).rejects.toMatchObject({ code: 'invalid_argument' });
    const looker = await here.session('bo', {}, { readOnly: true });
    await expect(
      looker.perform(operations.edit_workflow, { id: ids[which], revision: 99, patch }),
    ).rejects.toMatchObject({ code: 'read_only' });
  },
);

test('a key that ended is told before all else, in one form (EXT-11)', async () => {
  const { seated, key, sql } = here;
  const secret = await key('bo', { name: 'ending' });
  const { call } = await seated(secret);
  const session = await here.postern.admit(secret);
  await sql(`update credential set revoked_at = now() where name = 'ending'`);
  await expect(call('edit_workflow', { nonsense: true })).rejects.toThrow();
  for (const input of [{ nonsense: true }, { id: ids.hidden, revision: 1, patch }, { id: ids.own, revision: 2, patch }])
    await expect(session.perform(operations.edit_workflow, input)).rejects.toMatchObject({ code: 'unauthenticated' });
});

test.each(['hidden', 'missing'] as const)(
  'confirm tokens, taken or made up, change nothing for a workflow that is %s (EXT-8, EXT-11)',
  async (which) => {
    const bo = here.as('bo');
    const { confirm } = await bo('delete_workflow', { id: ids.own });
    for (const token of [confirm, 'made-up', ''])
      expect(await bo('delete_workflow', { id: ids[which], confirm: token })).toMatchObject({
        error: { code: 'not_found' },
      });
  },
);

test('all that is wrong with a shape is told at once, each place by its pointer (EXT-11, DOC-2)', async () => {
  const { error } = await here.as('bo')('share_resource', { with: 'bo', role: 'owner', expires_at: 'soon', ids: [] });
  expect(error.findings.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
    '/expires_at',
    '/id',
    '/ids',
    '/role',
    '/with',
  ]);
  expect(error.message).toMatch(/\/id: It is missing/);
});

test('a viewer of a workflow is told what it takes, by code, message and advice (EXT-11, section 14)', async () => {
  const bo = here.as('bo');
  for (const [name, args] of [
    ['share_resource', { with: 'person:cy@acme.test', role: 'viewer' }],
    ['get_access', {}],
    ['delete_workflow', {}],
    ['transfer_ownership', { to: 'bo@acme.test' }],
  ] as const) {
    const { error, refused } = await bo(name, { id: ids.lent, ...args });
    expect(error).toMatchObject({
      code: 'permission_denied',
      message: expect.stringMatching(/owner/),
      advice: expect.any(String),
    });
    expect(refused).toContain(error.advice);
  }
  expect(await here.as('cy')('edit_workflow', { id: ids.lent, revision: 1, patch })).toMatchObject({
    error: { code: 'permission_denied', message: expect.stringMatching(/flows_manager/) },
  });
});
