import { expect, test } from 'vitest';
import { inside } from '../../src/terms/ids.ts';
import { confirmed, office, walked } from '../support/office.ts';

const here = await office({
  people: { ada: 'member', bo: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator' } },
});
const [ada, bo] = [here.as('ada'), here.as('bo')];
const create = () => bo('create_workflow', { name: 'New', document: { a: 1 } });

test('a deleted workflow is its owner’s alone to restore, grants and all, for 30 days (VER-2, VER-3, DEC-5)', async () => {
  const { id } = await create();
  await bo('share_resource', { id, with: 'person:ada@acme.test', role: 'editor' });
  expect(await ada('delete_workflow', { id })).toMatchObject({ error: { code: 'permission_denied' } });
  const gone = await confirmed(bo, 'delete_workflow', { id });
  expect(gone).toMatchObject({ id, deleted: true });
  const days = (Date.parse(gone.restorable_until) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(29.9);
  expect(days).toBeLessThan(30.1);
  for (const call of [ada, bo])
    expect(await call('open_workflow', { id })).toMatchObject({ error: { code: 'not_found' } });
  expect(await ada('restore_workflow', { id })).toMatchObject({ error: { code: 'not_found' } });
  expect(await bo('restore_workflow', { id })).toMatchObject({ id, revision: 1, visibility: 'shared' });
  expect(await ada('open_workflow', { id })).toMatchObject({ access: 'editor' });
  expect(await bo('restore_workflow', { id })).toMatchObject({ error: { code: 'not_found' } });
});

test('after 30 days nothing comes back, without any job having run (VER-2)', async () => {
  const { id } = await create();
  await confirmed(bo, 'delete_workflow', { id });
  await here.sql(`update resource set deleted_at = now() - interval '30 days 1 second' where deleted_at is not null`);
  expect(await bo('restore_workflow', { id })).toMatchObject({ error: { code: 'not_found' } });
  await here.sql(`update resource set deleted_at = now() - interval '29 days 23 hours' where deleted_at is not null`);
  expect(await bo('restore_workflow', { id })).toMatchObject({ id });
});

test('the bin is listed to whoever may bring back what is in it, by kind, name and workspace, and to nobody else (VER-3, EXT-1, EXT-3)', async () => {
  const land = await office({
    people: { ada: 'member', bo: 'member', cy: 'member', gone: 'member' },
    workspaces: { growth: { ada: 'owner', bo: 'creator' }, finance: { bo: 'creator', cy: 'creator' } },
    workflows: {
      one: { in: 'growth', owner: 'bo', grants: { ada: 'editor' }, binned: true },
      two: { in: 'growth', owner: 'bo', visibility: 'everyone', binned: true },
      far: { in: 'finance', owner: 'bo', binned: true },
      left: { in: 'growth', owner: 'gone', binned: true },
      kept: { in: 'growth', owner: 'bo' },
    },
    resources: { helper: { kind: 'assistant', in: 'growth', owner: 'bo', binned: true } },
  });
  const names = async (who: string, args: object = {}, how: object = {}) => {
    const { items, total } = await land.as(who, how)('list_workflows', { deleted: true, ...args });
    expect(total).toBe(items.length);
    return items.map(({ name }: { name: string }) => name).sort();
  };
  expect(await names('bo')).toEqual(['far', 'one', 'two']);
  expect(await names('bo', { workspace: 'growth', query: 'O' })).toEqual(['one', 'two']);
  expect(await names('bo', { owner: 'ada@acme.test' })).toEqual([]);
  expect(await names('bo', {}, { workspaces: ['finance'] })).toEqual(['far']);
  for (const who of ['ada', 'cy', 'gone']) expect(await names(who), who).toEqual([]);
  expect(await names('ada', {}, { scopes: ['read', 'override'] })).toEqual(['left', 'one', 'two']);
  const { all, pages } = await walked(land.as('bo'), 'list_workflows', { deleted: true, limit: 1 });
  expect([all.length, pages]).toEqual([3, 3]);
  expect(all[0]).toMatchObject({ access: 'owner', via: 'owner', restorable_until: expect.stringMatching(/Z$/) });
  const every = await land.as('bo', { query: 'toolsets=resources' })('list_resources', { deleted: true });
  expect(every.items.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
    'assistant',
    'workflow',
    'workflow',
    'workflow',
  ]);
});

test('what is in the bin is deleted for good by whoever may bring it back, once confirmed; the log keeps what was done (VER-3, EXT-8, ACT-1)', async () => {
  const { id } = await create();
  await bo('share_resource', { id, with: 'person:ada@acme.test', role: 'editor' });
  expect(await bo('delete_workflow', { id, for_good: true }), 'it is not in the bin').toMatchObject({
    error: { code: 'not_found' },
  });
  await confirmed(bo, 'delete_workflow', { id });
  expect(await ada('delete_workflow', { id, for_good: true })).toMatchObject({ error: { code: 'not_found' } });
  const { preview, confirm } = await bo('delete_workflow', { id, for_good: true });
  expect(preview).toEqual({
    from: { name: 'New', revision: 1, deleted: true },
    to: { name: 'New', deleted: true, for_good: true },
    gains: { total: 0, people: [] },
    loses: { total: 0, people: [] },
  });
  expect(await bo('delete_workflow', { id, for_good: true, confirm })).toEqual({ id, deleted: true });
  expect(await bo('restore_workflow', { id })).toMatchObject({ error: { code: 'not_found' } });
  for (const table of ['resource', 'revision', 'access_grant']) {
    const column = table === 'resource' ? 'id' : 'resource_id';
    const left = await here.sql(`select from ${table} where ${column} = $1`, [inside('workflow', id)]);
    expect(left, table).toEqual([]);
  }
  const { items } = await here.as('bo', { query: 'toolsets=governance' })('list_activity', { id, type: ['deleted'] });
  expect(items.map(({ action }: { action: string }) => action)).toEqual(['resource.purge', 'resource.delete']);
});
