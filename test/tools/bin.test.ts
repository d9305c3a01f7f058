import { expect, test } from 'vitest';
import { confirmed, office } from '../support/office.ts';

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
