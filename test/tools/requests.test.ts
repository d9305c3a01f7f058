import { expect, test } from 'vitest';
import { inside } from '../../src/terms/ids.ts';
import { entries } from '../support/logged.ts';
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

test('one that was not delivered is approved, too, once its requester gets in, and stands in the way of nothing (REQ-6, REQ-8)', async () => {
  const here = await office({ ...told, workflows: { ...told.workflows, other: { in: 'growth', owner: 'bo' } } });
  const far = here.as('far');
  const { id } = await ask(here, 'far', 'plan', { role: 'viewer' });
  const hidden = await ask(here, 'far', 'other');
  expect(await incoming(here, 'bo')).toEqual([]);
  const share = (role: string) =>
    here.as('bo')('share_resource', { id: here.id('plan'), with: 'person:far@acme.test', role });
  await share('viewer');
  expect(await sent(here, 'far')).toMatchObject([
    { id: hidden.id, status: 'pending', resource: { id: here.id('other') } },
    { id, status: 'approved', resource: { name: 'plan' } },
  ]);
  expect((await sent(here, 'far', { status: 'pending' })).map((it: { id: string }) => it.id)).toEqual([hidden.id]);
  expect(await sent(here, 'far', { status: 'approved' })).toMatchObject([{ id }]);
  expect(await far('cancel_access_request', { id })).toMatchObject(
    code('already_decided', { current: { status: 'approved' } }),
  );
  const more = await ask(here, 'far', 'plan', { role: 'editor' });
  expect(more).toMatchObject({ status: 'pending', role: 'editor' });
  expect(more.id).not.toBe(id);
  expect((await sent(here, 'far')).map((it: { status: string }) => it.status)).toEqual([
    'pending',
    'pending',
    'approved',
  ]);
  expect((await entries(here)).filter(({ entity_id }) => entity_id === inside('request', id))).toMatchObject([
    { action: 'request.make', noun: 'request' },
    {
      action: 'request.make',
      noun: 'request',
      before: { status: 'pending' },
      after: { status: 'approved', resource: here.id('plan'), requester: here.id('far') },
    },
  ]);
});

test('what has come true is no longer counted among the 20 that may be pending (REQ-6, REQ-8)', async () => {
  const names = Array.from({ length: 21 }, (_, i) => `w${i}`);
  const here = await office({
    ...told,
    workflows: Object.fromEntries(names.map((name) => [name, { in: 'growth', owner: 'bo' }])),
  });
  for (const name of names.slice(0, 20)) await ask(here, 'far', name);
  expect(await ask(here, 'far', 'w20')).toMatchObject(code('rate_limited'));
  await here.as('bo')('share_resource', { id: here.id('w3'), with: 'person:far@acme.test', role: 'editor' });
  expect(await ask(here, 'far', 'w20')).toMatchObject({ status: 'pending' });
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
