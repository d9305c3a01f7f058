import { expect, test } from 'vitest';
import { operations } from '../../src/workspace/operations.ts';
import { office } from '../support/office.ts';
import { ago, ask, code, decide, incoming, sent, told } from '../support/requesting.ts';

test('approving makes the requester an editor at once and a private workflow shared (REQ-3, 001-17, 001-18, 001-22)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan');
  const [asked] = await incoming(here, 'bo');
  expect(asked).toMatchObject({
    id,
    from: 'cy@acme.test',
    resource: { id: here.id('plan'), name: 'plan', owner: 'bo@acme.test' },
    role: 'editor',
  });
  expect(await decide(here, 'bo', id, 'approve')).toEqual({ id, status: 'approved', role: 'editor' });
  expect(await here.as('cy')('edit_workflow', { id: here.id('plan'), revision: 1, name: 'by cy' })).toMatchObject({
    access: 'editor',
    visibility: 'shared',
    via: 'grant',
  });
  expect(await sent(here, 'cy')).toMatchObject([
    { id, status: 'approved', resource: { name: 'by cy' }, decided_at: expect.any(String) },
  ]);
});

test('the reviewer lowers what was asked for and sets an end, and never gives more (REQ-3)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan', { role: 'viewer' });
  expect(await decide(here, 'bo', id, 'approve', { role: 'editor' })).toMatchObject({
    status: 'unchanged',
    ...code('invalid_argument'),
  });
  expect(
    await decide(here, 'bo', id, 'approve', { expires_at: new Date(Date.now() - 5000).toISOString() }),
  ).toMatchObject({ status: 'unchanged', ...code('invalid_argument') });
  const other = await ask(here, 'dee', 'plan');
  const end = new Date(Date.now() + 3_600_000).toISOString();
  expect(await decide(here, 'bo', other.id, 'approve', { role: 'viewer', expires_at: end })).toEqual({
    id: other.id,
    status: 'approved',
    role: 'viewer',
    expires_at: end,
  });
  expect(await here.as('dee')('open_workflow', { id: here.id('plan') })).toMatchObject({ access: 'viewer' });
  expect(await sent(here, 'dee')).toMatchObject([{ role: 'viewer', status: 'approved' }]);
});

test('an approval never takes away what the requester holds for longer (section 14, REQ-3)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'lent');
  expect(
    await decide(here, 'bo', id, 'approve', { expires_at: new Date(Date.now() + 60_000).toISOString() }),
  ).toMatchObject({ status: 'unchanged', ...code('conflict') });
  expect(await here.as('cy')('open_workflow', { id: here.id('lent') })).toMatchObject({ access: 'viewer' });
  expect(await decide(here, 'bo', id, 'approve')).toMatchObject({ status: 'approved', role: 'editor' });
  expect(await here.as('cy')('open_workflow', { id: here.id('lent') })).toMatchObject({ access: 'editor' });
});

test('approving less without an end takes nothing from a higher grant with an end: conflict, and grant and request are as they were (section 14, REQ-3)', async () => {
  const until = new Date(Date.now() + 3_600_000);
  const here = await office({
    ...told,
    workflows: {
      plan: { in: 'growth', owner: 'bo', visibility: 'private', grants: { cy: { level: 'editor', until } } },
    },
  });
  const { id } = await ask(here, 'cy', 'plan');
  expect(await decide(here, 'bo', id, 'approve', { role: 'viewer' })).toMatchObject({
    id,
    status: 'unchanged',
    ...code('conflict'),
  });
  expect(
    await here.sql('select level, expires_at from access_grant where resource_id = $1', [here.uuid('plan')]),
  ).toEqual([{ level: 'editor', expires_at: until }]);
  expect(await sent(here, 'cy')).toMatchObject([{ id, status: 'pending' }]);
  expect(await here.as('cy')('open_workflow', { id: here.id('plan') })).toMatchObject(code('not_found'));
  expect(await decide(here, 'bo', id, 'approve')).toEqual({ id, status: 'approved', role: 'editor' });
});

test('an owner without the capability approves no request and denies any: refused, it stays pending and nothing is shared (DEC-3, REQ-3)', async () => {
  const here = await office({ ...told, switches: { growth: { bo: { flows_manager: false } } } });
  const { id } = await ask(here, 'cy', 'plan');
  for (const less of [{}, { role: 'viewer' }])
    expect(await decide(here, 'bo', id, 'approve', less)).toMatchObject({
      id,
      status: 'unchanged',
      ...code('permission_denied', { message: expect.stringMatching(/flows_manager/) }),
    });
  expect(
    await here.sql(`select outcome from activity where organization_id = $1 and action = 'request.decide'`, [
      here.organization,
    ]),
  ).toEqual([{ outcome: 'deny' }, { outcome: 'deny' }]);
  expect(await sent(here, 'cy')).toMatchObject([{ id, status: 'pending' }]);
  expect(await incoming(here, 'bo', { status: 'pending' })).toMatchObject([{ id }]);
  expect(await here.as('bo')('get_access', { id: here.id('plan') })).toMatchObject({
    visibility: 'private',
    grants: [],
  });
  expect(await here.as('cy')('open_workflow', { id: here.id('plan') })).toMatchObject(code('not_found'));
  expect(await decide(here, 'bo', id, 'deny')).toEqual({ id, status: 'denied' });
});

test('denying closes it with a note, which is all that its requester sees; they ask again after a day (REQ-4, EXT-6, 001-20, 001-21)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan');
  expect(await decide(here, 'bo', id, 'deny', { note: 'Not\u200b yet.' })).toEqual({ id, status: 'denied' });
  expect(await here.as('cy')('open_workflow', { id: here.id('plan') })).toMatchObject(code('not_found'));
  expect(await sent(here, 'cy')).toEqual([
    {
      id,
      resource: { id: here.id('plan') },
      status: 'denied',
      role: 'editor',
      note: 'Not yet.',
      created_at: expect.any(String),
      decided_at: expect.any(String),
    },
  ]);
  const soon = await ask(here, 'cy', 'plan');
  expect(soon).toMatchObject(code('rate_limited'));
  expect(soon.error.retry_after_seconds).toBeGreaterThan(86_000);
  expect(await ask(here, 'cy', 'ledger'), 'others may be asked for').toMatchObject({ status: 'pending' });
  await ago(here, 'decided_at', '1 day 1 second');
  const again = await ask(here, 'cy', 'plan');
  expect(again).toMatchObject({ status: 'pending' });
  expect(again.id).not.toBe(id);
});

test('nobody decides their own request, not even an admin with override (REQ-4)', async () => {
  const here = await office(told);
  const scopes = ['read', 'request', 'review'] as const;
  const { id } = await here.as('ada', { scopes })('request_access', { id: here.id('plan') });
  for (const how of [{ scopes }, { scopes: [...scopes, 'override'] as const }]) {
    const [outcome] = (
      await here.as('ada', how)('decide_access_requests', { decisions: [{ id, decision: 'approve' }] })
    ).outcomes;
    expect(outcome).toMatchObject({ id, status: 'unchanged', ...code('permission_denied') });
    expect((await here.as('ada', how)('list_access_requests', { box: 'incoming' })).items).toEqual([]);
  }
  expect(await decide(here, 'bo', id, 'approve')).toMatchObject({ status: 'approved' });
});

test('admins review others’ requests by override only, and without it those for what the organization owns and they can open (REQ-2, EXT-3)', async () => {
  const here = await office({
    ...told,
    workflows: {
      plan: { in: 'growth', owner: 'bo' },
      ours: { in: 'growth', owner: null, visibility: 'everyone', everyone: 'viewer' },
      shut: { in: 'growth', owner: null },
    },
    requests: { one: { by: 'cy', for: 'plan' }, two: { by: 'cy', for: 'ours' }, three: { by: 'cy', for: 'shut' } },
  });
  const names = (items: { id: string }[]) => items.map(({ id }) => id).sort();
  expect(names(await incoming(here, 'ada'))).toEqual([here.id('two')]);
  expect(await decide(here, 'ada', here.id('one'), 'approve')).toMatchObject({ ...code('not_found') });
  expect(await decide(here, 'ada', here.id('three'), 'approve')).toMatchObject({ ...code('not_found') });
  expect(await decide(here, 'ada', here.id('two'), 'approve')).toMatchObject({ status: 'approved' });
  const wide = { scopes: ['read', 'review', 'override'] } as const;
  expect(
    names((await here.as('ada', wide)('list_access_requests', { box: 'incoming', status: 'pending' })).items),
  ).toEqual([here.id('three'), here.id('one')].sort());
  expect(
    names((await here.as('root', wide)('list_access_requests', { box: 'incoming', status: 'pending' })).items),
  ).toEqual([here.id('three'), here.id('one')].sort());
  for (const who of ['cy', 'dee', 'root']) expect(await incoming(here, who)).toEqual([]);
  expect(
    (
      await here.as('root', wide)('decide_access_requests', {
        decisions: [{ id: here.id('three'), decision: 'deny' }],
      })
    ).outcomes,
  ).toMatchObject([{ status: 'denied' }]);
});

test('of two reviewers the first decides and the second is told what was decided (REQ-7)', async () => {
  const here = await office({ ...told, requests: { wish: { by: 'cy', for: 'plan' } } });
  const wide = { scopes: ['read', 'review', 'override'] } as const;
  const decisions = (decision: string) => ({ decisions: [{ id: here.id('wish'), decision }] });
  const outcomes = (
    await Promise.all([
      here.as('bo')('decide_access_requests', decisions('approve')),
      here.as('ada', wide)('decide_access_requests', decisions('deny')),
    ])
  ).map((it) => it.outcomes[0]);
  const [won, lost] = outcomes.sort((a) => (a.error ? 1 : -1));
  expect(won.error).toBeUndefined();
  expect(lost).toMatchObject({
    status: 'unchanged',
    ...code('already_decided', { current: { status: won.status, decided_at: expect.any(String) } }),
  });
});

test('25 are decided in one call, each with its own outcome, none for the others’ sake (REQ-7)', async () => {
  const people = Object.fromEntries(Array.from({ length: 22 }, (_, i) => [`p${i}`, 'member' as const]));
  const here = await office({
    people: { ...told.people, ...people },
    workspaces: {
      growth: {
        ...told.workspaces.growth,
        ...Object.fromEntries(Object.keys(people).map((who) => [who, 'creator' as const])),
      },
    },
    workflows: { plan: { in: 'growth', owner: 'bo' }, secret: { in: 'growth', owner: 'dee' } },
    requests: {
      ...Object.fromEntries(Object.keys(people).map((who) => [`wish of ${who}`, { by: who, for: 'plan' }])),
      foreign: { by: 'cy', for: 'secret' },
    },
  });
  const wishes = Object.keys(people).map((who) => here.id(`wish of ${who}`));
  const decisions = [
    ...wishes.map((id, i) => ({ id, decision: i % 2 ? 'deny' : 'approve', ...(i % 2 && { note: `No ${i}` }) })),
    { id: wishes[0], decision: 'deny' },
    { id: here.id('foreign'), decision: 'approve' },
    { id: 'nonsense', decision: 'approve' },
  ];
  const { outcomes } = await here.as('bo')('decide_access_requests', { decisions });
  expect(outcomes.map((it: { status: string; error?: { code: string } }) => it.error?.code ?? it.status)).toEqual([
    ...wishes.map((_, i) => (i % 2 ? 'denied' : 'approved')),
    'invalid_argument',
    'not_found',
    'not_found',
  ]);
  expect(outcomes[23].error).toEqual(outcomes[24].error);
  expect(await here.as('p0')('open_workflow', { id: here.id('plan') })).toMatchObject({ access: 'editor' });
  expect(await sent(here, 'p1')).toMatchObject([{ status: 'denied', note: 'No 1' }]);
  expect(await here.as('bo')('decide_access_requests', { decisions: [...decisions, decisions[0]] })).toMatchObject(
    code('invalid_argument', { pointer: '/decisions' }),
  );
});

test('deciding takes the scope review, which no key has by itself (EXT-4)', async () => {
  const here = await office({ ...told, requests: { wish: { by: 'cy', for: 'plan' } } });
  const session = await here.session('bo', { scopes: ['read', 'write', 'share', 'request', 'admin', 'override'] });
  await expect(
    session.perform(operations.decide_access_requests, { decisions: [{ id: here.id('wish'), decision: 'approve' }] }),
  ).rejects.toMatchObject({ code: 'insufficient_scope' });
});
