import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { type Call, office } from '../support/office.ts';
import { ago, ask, code, decide, type Here, incoming, sent, told } from '../support/requesting.ts';

test('asking never says whether the id exists: always the same pending request, without name and owner (EXT-6, 001-13, 001-14, 001-34)', async () => {
  const here = await office(told);
  const seat = await here.seated(await here.key('cy'));
  const said = async (id: string) => {
    const answer = await seat.said('request_access', { id, message: 'For the launch.' });
    expect(answer).toMatch(/"id":"req_/);
    return answer
      .replaceAll(id, 'ID')
      .replaceAll(/req_[0-9a-z]{26}/g, 'REQ')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
  };
  const other = await office({
    people: { zed: 'admin' },
    workspaces: { there: { zed: 'owner' } },
    workflows: { foreign: { in: 'there', owner: 'zed' } },
  });
  const missing = await said(outside('workflow', newId()));
  expect(missing).toContain('pending');
  for (const id of [here.id('plan'), here.id('ledger'), other.id('foreign')]) expect(await said(id)).toBe(missing);
  const listed = await sent(here, 'cy');
  expect(listed).toHaveLength(4);
  for (const it of listed)
    expect(it).toEqual({
      id: it.id,
      resource: { id: it.resource.id },
      status: 'pending',
      role: 'editor',
      message: 'For the launch.',
      created_at: expect.any(String),
    });
});

test('it comes to its reviewer only where it is live and in a workspace where the requester is, within the key’s reach (EXT-6, REQ-2, 001-15)', async () => {
  const here = await office({
    ...told,
    workflows: {
      ...told.workflows,
      gone: { in: 'growth', owner: 'bo', binned: true },
      second: { in: 'growth', owner: 'bo' },
      shown: { in: 'growth', owner: 'bo', grants: { far: 'viewer' } },
    },
    workspaces: { ...told.workspaces, finance: { bo: 'creator', dee: 'viewer' } },
  });
  for (const name of ['ledger', 'gone', 'plan']) await ask(here, 'cy', name, { message: `From cy for ${name}` });
  await ask(here, 'far', 'second');
  await here.as('dee', { workspaces: ['finance'] })('request_access', { id: here.id('second') });
  await here.as('dee', { workspaces: ['finance'] })('request_access', { id: here.id('ledger') });
  expect(
    (await incoming(here, 'bo')).map((it: { from: string; resource: { name: string } }) => [it.from, it.resource.name]),
  ).toEqual([
    ['dee@acme.test', 'ledger'],
    ['cy@acme.test', 'plan'],
  ]);
  const { confirm } = await here.as('bo')('delete_workflow', { id: here.id('plan') });
  await here.as('bo')('delete_workflow', { id: here.id('plan'), confirm });
  expect(await incoming(here, 'bo'), 'a deleted resource is not asked for').toHaveLength(1);
  expect(await sent(here, 'cy', { status: 'pending' }), 'and its requester does not see that').toHaveLength(3);
});

test('one request a person and resource is pending: a second call gives the first (REQ-1)', async () => {
  const here = await office(told);
  const first = await ask(here, 'cy', 'plan', { role: 'viewer', message: 'one' });
  expect(await ask(here, 'cy', 'plan', { role: 'editor', message: 'two' })).toEqual(first);
  expect(await here.as('cy', { name: 'another' })('request_access', { id: here.id('plan') })).toEqual(first);
});

test('asked for under another kind’s id it names nothing, then as before, and is decided by no one (EXT-12, REQ-3)', async () => {
  const here = await office(told);
  const wrong = here.id('plan').replace('wf_', 'bk_');
  const first = await here.as('cy')('request_access', { id: wrong });
  expect(first).toMatchObject({ status: 'pending', resource: { id: wrong } });
  expect(await ask(here, 'cy', 'plan'), 'it is pending already').toEqual(first);
  expect(await incoming(here, 'bo')).toEqual([]);
  await here.as('cy')('cancel_access_request', { id: first.id });
  await ask(here, 'cy', 'plan');
  expect(await incoming(here, 'bo')).toMatchObject([{ resource: { id: here.id('plan') } }]);
});

const join = (here: Here, who: string) =>
  here.sql(
    `insert into workspace_member (organization_id, person_id, workspace_id, role) values ($1, $2, $3, 'viewer')`,
    [here.organization, here.uuid(who), here.uuid('growth')],
  );

test.each<[string, string, string, (here: Here) => Call, (here: Here) => Promise<unknown>]>([
  ['a key that is cut', 'dee', 'plan', (here) => here.as('dee', { workspaces: ['finance'] }), async () => {}],
  [
    'the bin',
    'cy',
    'gone',
    (here) => here.as('cy'),
    (here) => here.as('bo')('restore_workflow', { id: here.id('gone') }),
  ],
  ['having no place there', 'far', 'plan', (here) => here.as('far'), (here) => join(here, 'far')],
])(
  'one that %s kept from its reviewer comes to them by asking again once it can, as the same request (REQ-1, EXT-6)',
  async (_what, who, name, seat, mend) => {
    const here = await office({
      ...told,
      workspaces: { ...told.workspaces, finance: { bo: 'creator', dee: 'viewer' } },
      workflows: { ...told.workflows, gone: { in: 'growth', owner: 'bo', binned: true } },
    });
    const wish = { id: here.id(name), role: 'viewer', message: 'For the launch.' };
    const first = await seat(here)('request_access', wish);
    expect(first).toMatchObject({ status: 'pending', role: 'viewer' });
    expect(await seat(here)('request_access', wish), 'asking again tells nothing').toEqual(first);
    expect(await incoming(here, 'bo')).toEqual([]);
    await mend(here);
    expect(await incoming(here, 'bo'), 'only asking again delivers').toEqual([]);
    expect(await here.as(who)('request_access', { id: wish.id }), 'and tells nothing either').toEqual(first);
    expect(await incoming(here, 'bo')).toMatchObject([
      { id: first.id, from: here.email(who), role: 'viewer', message: 'For the launch.', resource: { name } },
    ]);
    expect(await sent(here, who)).toHaveLength(1);
    expect(await decide(here, 'bo', first.id, 'approve')).toEqual({ id: first.id, status: 'approved', role: 'viewer' });
    expect(await here.as(who)('open_workflow', { id: wish.id })).toMatchObject({ access: 'viewer' });
  },
);

test('who can read asks for editor; who has what they ask for is told, and what the cap leaves of it (REQ-9)', async () => {
  const here = await office({
    ...told,
    workflows: { lent: { in: 'growth', owner: 'bo', grants: { cy: 'viewer', far: 'editor' } } },
  });
  expect(await ask(here, 'cy', 'lent', { role: 'viewer' })).toMatchObject(code('already_has_access'));
  expect(await ask(here, 'bo', 'lent')).toMatchObject(code('already_has_access'));
  expect(await ask(here, 'far', 'lent')).toMatchObject(
    code('already_has_access', { message: expect.stringMatching(/capability.*viewer/) }),
  );
  expect(await ask(here, 'cy', 'lent')).toMatchObject({
    status: 'pending',
    resource: { name: 'lent', owner: 'bo@acme.test' },
  });
});

test('a message has 1,000 characters at most and hides none; an id that is none is told by its form alone (REQ-1, section 14)', async () => {
  const here = await office(told);
  expect(await ask(here, 'cy', 'plan', { message: 'x'.repeat(1001) })).toMatchObject(
    code('invalid_argument', { pointer: '/message' }),
  );
  expect(await ask(here, 'cy', 'plan', { message: 'a\u202eb\u200bc\nd' })).toMatchObject({ message: 'abc\nd' });
  expect(await here.as('cy')('request_access', { id: 'plan' })).toMatchObject(
    code('invalid_argument', { pointer: '/id' }),
  );
});

test('20 are pending at most, over all keys, and past that the answer is the same whether or not the ids exist (REQ-8)', async () => {
  const here = await office(told);
  const cy = here.as('cy');
  const ids = Array.from({ length: 20 }, () => outside('workflow', newId()));
  for (const [i, id] of ids.entries())
    expect(await here.as('cy', { name: i % 2 ? 'one' : 'two' })('request_access', { id })).toMatchObject({
      status: 'pending',
    });
  const [hidden, missing] = [
    await cy('request_access', { id: here.id('plan') }),
    await cy('request_access', { id: outside('workflow', newId()) }),
  ];
  expect(hidden).toMatchObject(code('rate_limited', { retry_after_seconds: expect.any(Number) }));
  expect(hidden).toEqual(missing);
  expect(await incoming(here, 'bo')).toEqual([]);
  expect(await cy('request_access', { id: ids[0] }), 'what is pending is still given').toMatchObject({
    status: 'pending',
  });
  await cy('cancel_access_request', { id: (await sent(here, 'cy', { limit: 1 }))[0].id });
  expect(await ask(here, 'cy', 'plan')).toMatchObject({ status: 'pending' });
});

test('60 are asked in a day at most, cancelled ones too; a day later there is room (REQ-8)', async () => {
  const here = await office(told);
  await here.sql(
    `insert into access_request (organization_id, id, requester_id, resource_id, kind, level, status) select $1, gen_random_uuid(), $2, gen_random_uuid(), 'workflow', 'editor', 'cancelled' from generate_series(1, 60)`,
    [here.organization, here.uuid('cy')],
  );
  const [hidden, missing] = [
    await ask(here, 'cy', 'plan'),
    await here.as('cy')('request_access', { id: outside('workflow', newId()) }),
  ];
  expect(hidden).toMatchObject(code('rate_limited'));
  expect(hidden.error.retry_after_seconds).toBeGreaterThan(86_000);
  expect({ ...hidden.error, retry_after_seconds: 0 }).toEqual({ ...missing.error, retry_after_seconds: 0 });
  await ago(here, 'created_at', '1 day 1 second');
  expect(await ask(here, 'cy', 'plan')).toMatchObject({ status: 'pending' });
});

test('someone outside of the workspace who reads by a grant and asks for editor is not let in by it: it is pending for them and comes to nobody (EXT-6, REQ-9, DEC-2)', async () => {
  const here = await office({
    ...told,
    workflows: { lent: { in: 'growth', owner: 'bo', grants: { far: 'viewer', cy: 'viewer' } } },
  });
  expect(await ask(here, 'far', 'lent')).toMatchObject({
    status: 'pending',
    role: 'editor',
    resource: { name: 'lent', owner: 'bo@acme.test' },
  });
  await ask(here, 'cy', 'lent');
  expect((await incoming(here, 'bo')).map(({ from }: { from: string }) => from)).toEqual(['cy@acme.test']);
});

test.each([
  ['whoever owns it', 'bo', []],
  ['an admin of the workspace, with override', 'ada', ['override']],
  ['an admin of the organization, with override', 'root', ['override']],
] as const)('%s neither finds their own request in Incoming nor decides it (REQ-4)', async (_what, who, more) => {
  const here = await office({ ...told, requests: { own: { by: who, for: 'plan' } } });
  const seat = here.as(who, { scopes: ['read', 'review', ...more] });
  expect((await seat('list_access_requests', { box: 'incoming' })).items).toEqual([]);
  for (const decision of ['approve', 'deny'])
    expect(
      (await seat('decide_access_requests', { decisions: [{ id: here.id('own'), decision }] })).outcomes,
    ).toMatchObject([{ status: 'unchanged', ...code('permission_denied') }]);
});
