import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { operations } from '../../src/workspace/operations.ts';
import { entries, lastOf } from '../support/logged.ts';
import { office } from '../support/office.ts';

const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'creator' } },
  workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: 'viewer' } }, secret: { in: 'growth', owner: 'bo' } },
  requests: { wish: { by: 'cy', for: 'secret' } },
} as const;
test('every opening is in it, with the path that opened it, and every refusal, with why (ACT-1) (security 29)', async () => {
  const here = await office(told);
  const cy = here.as('cy');
  await cy('open_workflow', { id: here.id('plan') });
  expect(await lastOf(here)).toMatchObject({
    action: 'resource.open',
    outcome: 'allow',
    via: 'grant',
    entity_id: here.uuid('plan'),
  });
  for (const [tool, args, action, outcome] of [
    ['edit_workflow', { id: here.id('plan'), revision: 1, name: 'x' }, 'resource.edit', 'deny'],
    ['open_workflow', { id: here.id('secret') }, 'resource.open', 'hide'],
    ['delete_workflow', { id: here.id('secret') }, 'resource.delete', 'hide'],
    ['decide_access_requests', { decisions: [{ id: here.id('wish'), decision: 'approve' }] }, 'request.decide', 'deny'],
  ] as const) {
    await cy(tool, args);
    expect(await lastOf(here)).toMatchObject({ action, outcome, before: null, after: null, overridden: false });
  }
  const none = newId();
  await cy('open_workflow', { id: outside('workflow', none) });
  expect(await lastOf(here)).toMatchObject({ outcome: 'hide', entity_id: none, workspace_id: null });
});

test('what a hidden one lies in is not in the entry of who looked for it, so that it shows to nobody by its workspace (EXT-2)', async () => {
  const here = await office(told);
  await here.as('cy')('open_workflow', { id: here.id('secret') });
  expect(await lastOf(here)).toMatchObject({ outcome: 'hide', workspace_id: null });
});

test('a scope that lacks and a connection that only reads are refusals, too (ACT-1)', async () => {
  const here = await office(told);
  const edit = { id: here.id('plan'), revision: 1, name: 'x' };
  await (await here.session('bo', { scopes: ['read'] })).perform(operations.edit_workflow, edit).catch(() => {});
  expect(await lastOf(here)).toMatchObject({
    action: 'resource.edit',
    outcome: 'deny',
    because: expect.stringMatching(/scope write/),
  });
  await (await here.session('bo', {}, { readOnly: true })).perform(operations.edit_workflow, edit).catch(() => {});
  expect(await lastOf(here)).toMatchObject({
    action: 'resource.edit',
    outcome: 'deny',
    because: expect.stringMatching(/only reads/),
  });
});

test('each use of the override is marked, and none where another path would have done (EXT-3)', async () => {
  const here = await office({ ...told, workflows: { ...told.workflows, own: { in: 'growth', owner: 'ada' } } });
  const wide = here.as('ada', { scopes: ['read', 'write', 'share', 'override'] });
  await wide('open_workflow', { id: here.id('secret') });
  expect(await lastOf(here)).toMatchObject({ overridden: true, via: 'override' });
  await wide('edit_workflow', { id: here.id('secret'), revision: 1, name: 'By an admin' });
  expect(await lastOf(here)).toMatchObject({ action: 'resource.edit', overridden: true });
  await wide('open_workflow', { id: here.id('own') });
  expect(await lastOf(here)).toMatchObject({ overridden: false });
  await wide('open_workflow', { id: outside('workflow', newId()) });
  expect(await lastOf(here)).toMatchObject({ overridden: false, outcome: 'hide' });
});

test('lists, searches and look-ups of oneself are not in it, nor what was told to be misshapen (ACT-1)', async () => {
  const here = await office(told);
  for (const [tool, args] of [
    ['list_workflows', {}],
    ['whoami', {}],
    ['search_directory', {}],
    ['list_access_requests', { box: 'sent' }],
    ['list_access_requests', { box: 'incoming' }],
    ['open_workflow', {}],
  ] as const)
    await here.as('bo')(tool, args);
  expect(await entries(here)).toEqual([]);
});

test('what is refused only while it runs is a refusal in it, too, and changes nothing (ACT-1)', async () => {
  const here = await office(told);
  const plan = { id: here.id('plan'), role: 'viewer' };
  await here.sql(
    `insert into access_request (organization_id, id, requester_id, resource_id, kind, level, status)
     select $1, gen_random_uuid(), $2, gen_random_uuid(), 'workflow', 'editor', 'cancelled' from generate_series(1, 60)`,
    [here.organization, here.uuid('bo')],
  );
  let count = 0;
  for (const [tool, args, code, action] of [
    ['share_resource', { ...plan, with: 'person:nobody@acme.test' }, 'not_found', 'resource.share'],
    [
      'create_workflow',
      { name: 'new', document: {}, project: outside('project', newId()) },
      'not_found',
      'resource.create',
    ],
    ['request_access', { id: outside('workflow', newId()) }, 'rate_limited', 'request.make'],
  ] as const) {
    const { error } = await here.as('bo')(tool, args);
    expect(error.code).toBe(code);
    expect(await entries(here)).toHaveLength(++count);
    expect(await lastOf(here)).toMatchObject({
      action,
      outcome: 'deny',
      because: error.message,
      person_id: here.uuid('bo'),
      before: null,
      after: null,
    });
  }
  expect(await here.as('bo')('list_workflows')).toMatchObject({ total: 2 });
});

test('a change that fails leaves neither change nor entry, and the database lets nobody rewrite one (ACT-3) (security 29)', async () => {
  const here = await office(told);
  await here.as('bo')('edit_workflow', { id: here.id('plan'), revision: 7, name: 'x' });
  await here.as('bo')('edit_workflow', { id: here.id('plan'), revision: 1, patch: [{ op: 'remove', path: '/no' }] });
  expect(await entries(here)).toEqual([]);
  await here.as('bo')('open_workflow', { id: here.id('plan') });
  for (const statement of ['update activity set because = null', 'delete from activity'])
    await expect(here.sql(`do $$ begin set local role postern_app; ${statement}; end $$`)).rejects.toThrow(
      /permission denied/,
    );
});

test('an idempotent replay adds nothing to it (EXT-9)', async () => {
  const here = await office(told);
  const again = () =>
    here.as('bo')('edit_workflow', { id: here.id('plan'), revision: 1, name: 'x' }, { 'postern/idempotency-key': 'k' });
  await again();
  const count = (await entries(here)).length;
  await again();
  expect((await entries(here)).length).toBe(count);
});
