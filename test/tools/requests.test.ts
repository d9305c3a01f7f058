import { expect, test } from 'vitest';
import { confirmed, office, walked } from '../support/office.ts';
import { ago, ask, code, decide, type Here, incoming, sent, told } from '../support/requesting.ts';

test('its requester cancels it while it is pending, nobody else does, and then it can’t be decided (REQ-5, 001-23)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan');
  expect(await here.as('dee')('cancel_access_request', { id })).toMatchObject(code('not_found'));
  expect(await here.as('bo')('cancel_access_request', { id })).toMatchObject(code('permission_denied'));
  expect(await here.as('cy')('cancel_access_request', { id })).toMatchObject({
    id,
    status: 'cancelled',
    resource: { id: here.id('plan') },
  });
  expect(await here.as('cy')('cancel_access_request', { id })).toMatchObject(
    code('already_decided', { current: expect.objectContaining({ status: 'cancelled' }) }),
  );
  expect(await decide(here, 'bo', id, 'approve')).toMatchObject({ status: 'unchanged', ...code('already_decided') });
  expect(await here.as('cy')('open_workflow', { id: here.id('plan') })).toMatchObject(code('not_found'));
});

test('of an approval and a cancelling at once, one is done and the other is told (REQ-5, REQ-7)', async () => {
  const here = await office({ ...told, requests: { wish: { by: 'cy', for: 'plan' } } });
  const id = here.id('wish');
  const [approved, cancelled] = await Promise.all([
    decide(here, 'bo', id, 'approve'),
    here.as('cy')('cancel_access_request', { id }),
  ]);
  const opened = await here.as('cy')('open_workflow', { id: here.id('plan') });
  if (cancelled.error)
    expect([approved.status, cancelled.error.code, opened.access]).toEqual(['approved', 'already_decided', 'editor']);
  else
    expect([approved.error.code, cancelled.status, opened.error.code]).toEqual([
      'already_decided',
      'cancelled',
      'not_found',
    ]);
});

test('after 30 days it is over without any job having run, and can be made anew (REQ-6)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan');
  await ago(here, 'created_at', '30 days 1 second');
  expect(await sent(here, 'cy')).toMatchObject([{ id, status: 'expired' }]);
  expect(await sent(here, 'cy', { status: 'pending' })).toEqual([]);
  expect(await incoming(here, 'bo', { status: 'expired' })).toMatchObject([{ id }]);
  expect(await decide(here, 'bo', id, 'approve')).toMatchObject({
    status: 'unchanged',
    ...code('already_decided', { current: { status: 'expired' } }),
  });
  expect(await here.as('cy')('cancel_access_request', { id })).toMatchObject(code('already_decided'));
  const again = await ask(here, 'cy', 'plan');
  expect(again).toMatchObject({ status: 'pending' });
  expect(again.id).not.toBe(id);
});

test.each<[string, string, (here: Here) => Promise<unknown>]>([
  [
    'the owner shares it with them',
    'approved',
    (here) => here.as('bo')('share_resource', { id: here.id('plan'), with: 'person:cy@acme.test', role: 'editor' }),
  ],
  [
    'the owner shares it with a group of theirs',
    'approved',
    (here) => here.as('bo')('share_resource', { id: here.id('plan'), with: 'group:crew', role: 'editor' }),
  ],
  [
    'it becomes everyone’s',
    'approved',
    (here) => confirmed(here.as('bo'), 'set_visibility', { id: here.id('plan'), visibility: 'everyone' }),
  ],
  [
    'they only get to read it',
    'pending',
    (here) => here.as('bo')('share_resource', { id: here.id('plan'), with: 'group:crew', role: 'viewer' }),
  ],
  [
    'someone else gets in',
    'pending',
    (here) => here.as('bo')('share_resource', { id: here.id('plan'), with: 'person:dee@acme.test', role: 'editor' }),
  ],
])('once %s, a request for editor is %s (REQ-6)', async (_what, status, change) => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan');
  await change(here);
  expect(await sent(here, 'cy')).toMatchObject([{ id, status }]);
});

test('name and owner show only while the requester can open it (EXT-6)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan');
  await decide(here, 'bo', id, 'approve');
  expect(await sent(here, 'cy')).toMatchObject([{ resource: { name: 'plan', owner: 'bo@acme.test' } }]);
  await confirmed(here.as('bo'), 'set_visibility', { id: here.id('plan'), visibility: 'private' });
  expect((await sent(here, 'cy'))[0].resource).toEqual({ id: here.id('plan') });
});

test('Incoming and Sent are walked page by page, newest first, each exactly once (REQ-5, 001-16, 001-22)', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const here = await office({
    ...told,
    workflows: Object.fromEntries(names.map((name) => [name, { in: 'growth', owner: 'bo' }])),
    requests: Object.fromEntries(names.map((name) => [`wish ${name}`, { by: 'cy', for: name }])),
  });
  const ids = names
    .map((name) => here.id(`wish ${name}`))
    .sort()
    .reverse();
  for (const [who, box] of [
    ['bo', 'incoming'],
    ['cy', 'sent'],
  ] as const) {
    const { all, pages } = await walked(here.as(who), 'list_access_requests', { box, limit: 1 });
    expect([all.map(({ id }) => id), pages]).toEqual([ids, 5]);
    expect(await here.as(who)('list_access_requests', { box })).toMatchObject({ total: 5 });
  }
});
