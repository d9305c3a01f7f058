import { expect, test } from 'vitest';
import { confirmed, office } from '../support/office.ts';
import { ago, ask, code, decide, incoming, sent, told } from '../support/requesting.ts';

test.each([
  ['the organization', 'root', {}],
  ['the workspace', 'ada', { workspace: 'growth' }],
])(
  'who is removed from %s asks for nothing there any more: their requests are cancelled at once, and nobody decides them (REQ-6, ORG-8, WS-9)',
  async (_where, who, where) => {
    const here = await office(told);
    const { id } = await ask(here, 'cy', 'plan');
    expect(
      await confirmed(here.as(who, { query: 'toolsets=people' }), 'remove_member', { id: 'cy@acme.test', ...where }),
    ).not.toHaveProperty('error');
    expect(await incoming(here, 'bo')).toMatchObject([{ id, status: 'cancelled' }]);
    expect(await incoming(here, 'bo', { status: 'pending' })).toEqual([]);
    expect(await decide(here, 'bo', id, 'approve')).toMatchObject({
      status: 'unchanged',
      ...code('already_decided', { current: expect.objectContaining({ status: 'cancelled' }) }),
    });
    expect(await here.sql('select from access_grant where resource_id = $1', [here.uuid('plan')])).toEqual([]);
  },
);

test('what was deleted does not show to whoever asks: it stays pending, comes back with it, and ends after 30 days (REQ-6, VER-2)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const { id } = await ask(here, 'cy', 'plan');
  const before = await sent(here, 'cy');
  await confirmed(bo, 'delete_workflow', { id: here.id('plan') });
  expect(await sent(here, 'cy')).toEqual(before);
  expect(await ask(here, 'cy', 'plan'), 'asking again tells nothing').toMatchObject({ id, status: 'pending' });
  expect(await incoming(here, 'bo')).toEqual([]);
  expect(await decide(here, 'bo', id, 'approve')).toMatchObject(code('not_found'));
  await bo('restore_workflow', { id: here.id('plan') });
  expect(await incoming(here, 'bo')).toMatchObject([{ id, status: 'pending' }]);
  await confirmed(bo, 'delete_workflow', { id: here.id('plan') });
  await ago(here, 'created_at', '30 days');
  expect(await sent(here, 'cy')).toMatchObject([{ id, status: 'expired', resource: { id: here.id('plan') } }]);
});

test('as it changes hands, what was asked for comes to the new owner and leaves the old one, who keeps editor (REQ-2, OWN-3)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan');
  await confirmed(here.as('bo'), 'transfer_ownership', { id: here.id('plan'), to: 'dee@acme.test', keep: 'editor' });
  expect(await incoming(here, 'bo')).toEqual([]);
  expect(await decide(here, 'bo', id, 'deny')).toMatchObject(code('not_found'));
  expect(await incoming(here, 'dee')).toMatchObject([{ id, status: 'pending', from: 'cy@acme.test' }]);
  expect(await decide(here, 'dee', id, 'approve', { role: 'viewer' })).toMatchObject({
    status: 'approved',
    role: 'viewer',
  });
});

test('given to the organization, it is asked of the workspace’s owners and admins who can open it (REQ-2, OWN-1)', async () => {
  const here = await office({
    ...told,
    projects: { vault: { in: 'growth', people: { bo: 'editor', ada: 'viewer' } } },
    workflows: { plan: { in: 'growth', owner: 'bo', project: 'vault' } },
  });
  const { id } = await ask(here, 'cy', 'plan');
  await confirmed(here.as('bo'), 'set_visibility', {
    id: here.id('plan'),
    visibility: 'everyone',
    organization_owned: true,
  });
  expect(await incoming(here, 'bo')).toEqual([]);
  expect(await incoming(here, 'ada')).toMatchObject([{ id, resource: { owner: 'organization' } }]);
  expect(await decide(here, 'ada', id, 'approve')).toMatchObject({ status: 'approved' });
});
