import { expect, test } from 'vitest';
import { operations } from '../../src/workspace/operations.ts';
import { office } from '../support/office.ts';

const told = {
  people: { ada: 'member', bo: 'member', cy: 'member', dee: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'creator' } },
  workflows: { plan: { in: 'growth', owner: 'bo' }, spare: { in: 'growth', owner: 'bo' } },
} as const;
const code = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });
const keyed = (key: string) => ({ 'postern/idempotency-key': key });

test('a write sent again with its key is done once, and what it came to is rendered as of now (EXT-9)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const args = { name: 'Once', document: { a: 1 } };
  const first = await bo('create_workflow', args, keyed('k1'));
  await bo('edit_workflow', { id: first.id, revision: 1, name: 'Since then' });
  expect(await bo('create_workflow', args, keyed('k1'))).toMatchObject({
    id: first.id,
    revision: 2,
    name: 'Since then',
  });
  expect(await bo('list_workflows')).toMatchObject({ total: 3 });
  expect(await bo('create_workflow', args, keyed('k2'))).not.toMatchObject({ id: first.id });
  expect(await bo('create_workflow', args)).not.toMatchObject({ id: first.id });
});

test('a replay is decided anew: who may no longer open it is told nothing of it (EXT-9)', async () => {
  const here = await office({
    ...told,
    workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: 'editor' } } },
  });
  const edit = { id: here.id('plan'), revision: 1, name: 'By cy' };
  expect(await here.as('cy')('edit_workflow', edit, keyed('k'))).toMatchObject({ revision: 2 });
  await here.as('bo')('unshare_resource', { id: here.id('plan'), with: 'person:cy@acme.test' });
  expect(await here.as('cy')('edit_workflow', edit, keyed('k'))).toMatchObject(code('not_found'));
  const share = { id: here.id('plan'), with: 'person:cy@acme.test', role: 'viewer' };
  expect(await here.as('bo')('share_resource', share, keyed('s'))).toHaveProperty('granted');
  await here.sql('update resource set owner_id = $1 where id = $2', [here.uuid('ada'), here.uuid('plan')]);
  expect(await here.as('bo')('share_resource', share, keyed('s'))).toMatchObject(code('not_found'));
});

test('with other arguments, or for another tool, it is refused; the order of arguments does not count (EXT-9)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const share = (more: object) =>
    bo('share_resource', { id: here.id('plan'), with: 'person:cy@acme.test', role: 'viewer', ...more }, keyed('k'));
  expect(await share({})).toHaveProperty('granted');
  expect(
    await bo('share_resource', { role: 'viewer', with: 'person:cy@acme.test', id: here.id('plan') }, keyed('k')),
  ).toHaveProperty('granted');
  expect(await share({ role: 'editor' })).toMatchObject(code('invalid_argument'));
  expect(await bo('unshare_resource', { id: here.id('plan'), with: 'person:cy@acme.test' }, keyed('k'))).toMatchObject(
    code('invalid_argument'),
  );
  expect(await here.as('cy')('open_workflow', { id: here.id('plan') })).toMatchObject({ access: 'viewer' });
});

test('it belongs to one credential: another’s is another, even of the same person (EXT-9)', async () => {
  const here = await office(told);
  const args = { name: 'Once', document: {} };
  const made = await Promise.all([
    here.as('bo')('create_workflow', args, keyed('k')),
    here.as('bo', { name: 'second' })('create_workflow', args, keyed('k')),
    here.as('cy')('create_workflow', args, keyed('k')),
  ]);
  expect(new Set(made.map(({ id }) => id)).size).toBe(3);
});

test('of ten calls with one key at once, one is done and all get what it came to (EXT-9)', async () => {
  const here = await office(told);
  const session = await here.session('bo');
  const made = await Promise.all(
    Array.from({ length: 10 }, () =>
      session.perform(operations.create_workflow, { name: 'Once', document: { a: 1 } }, { key: 'k' }),
    ),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  expect(await here.as('bo')('list_workflows', { query: 'Once' })).toMatchObject({ total: 1 });
});

test('what was refused holds no key: the same call goes through once it may (EXT-9)', async () => {
  const here = await office(told);
  const edit = { id: here.id('plan'), revision: 1, name: 'x' };
  expect(await here.as('cy')('edit_workflow', edit, keyed('k'))).toMatchObject(code('not_found'));
  await here.as('bo')('share_resource', { id: here.id('plan'), with: 'person:cy@acme.test', role: 'editor' });
  expect(await here.as('cy')('edit_workflow', edit, keyed('k'))).toMatchObject({ revision: 2 });
});

test('a confirm token that has served replays with its key; a preview holds none (EXT-8)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const args = { id: here.id('plan') };
  const { confirm } = await bo('delete_workflow', args, keyed('k'));
  const gone = await bo('delete_workflow', { ...args, confirm }, keyed('k'));
  expect(gone).toMatchObject({ deleted: true });
  expect(await bo('delete_workflow', { ...args, confirm }, keyed('k'))).toEqual(gone);
  expect(await bo('delete_workflow', { ...args, confirm })).toMatchObject(code('not_found'));
});

test('after 24 hours it is free (EXT-9)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const first = await bo('create_workflow', { name: 'a', document: {} }, keyed('k'));
  await here.sql(
    `update idempotency set created_at = created_at - interval '24 hours 1 second' where organization_id = $1`,
    [here.organization],
  );
  const second = await bo('create_workflow', { name: 'b', document: {} }, keyed('k'));
  expect(second).toMatchObject({ name: 'b' });
  expect(second.id).not.toBe(first.id);
  expect(await bo('create_workflow', { name: 'b', document: {} }, keyed('k'))).toMatchObject({ id: second.id });
});

test.each([
  ['empty', ''],
  ['longer than 200 characters', 'x'.repeat(201)],
  ['with NUL', 'a\u0000b'],
  ['of two lines', 'a\nb'],
  ['with half a surrogate pair', '\ud800'],
])('a key that is %s is told, and nothing is done (EXT-9)', async (_what, key) => {
  const here = await office(told);
  const bo = here.as('bo');
  expect(await bo('create_workflow', { name: 'n', document: {} }, keyed(key))).toMatchObject(code('invalid_argument'));
  expect(await bo('list_workflows')).toMatchObject({ total: 2 });
});

test('approving again with its key tells the same outcome, not that it is decided (REQ-7)', async () => {
  const here = await office({ ...told, requests: { wish: { by: 'cy', for: 'plan' } } });
  const args = { decisions: [{ id: here.id('wish'), decision: 'approve' }] };
  const first = await here.as('bo')('decide_access_requests', args, keyed('k'));
  expect(first.outcomes).toMatchObject([{ status: 'approved' }]);
  expect(await here.as('bo')('decide_access_requests', args, keyed('k'))).toEqual(first);
});
