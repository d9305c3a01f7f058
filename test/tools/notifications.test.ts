import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { newId } from '../../src/terms/ids.ts';
import { confirmed, office, walked } from '../support/office.ts';
import { ask, code, decide, type Here, told } from '../support/requesting.ts';
import { allWritten, type KeyTold } from '../support/world.ts';

const listFor = async (here: Here, who: string, more: Record<string, unknown> = {}, how: KeyTold = {}) => {
  await allWritten();
  return here.as(who, how)('list_notifications', more);
};
const heardBy = async (...of: Parameters<typeof listFor>) => (await listFor(...of)).items;
const eventsOf = async (here: Here, who: string) =>
  (await heardBy(here, who)).map(({ event }: { event: string }) => event);
const hide = (here: Here, who: string, name: string) =>
  confirmed(here.as(who), 'set_visibility', { id: here.id(name), visibility: 'private' });

test('who asks for access is told of to whoever reviews, and to nobody else, once (001-15, 001-24)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'cy', 'plan', { message: 'Please' });
  await ask(here, 'cy', 'plan');
  expect(await heardBy(here, 'bo')).toMatchObject([
    {
      event: 'access_requested',
      unread: true,
      request: { id, status: 'pending', from: 'cy@acme.test', message: 'Please', resource: { name: 'plan' } },
    },
  ]);
  for (const who of ['ada', 'root']) expect(await eventsOf(here, who)).toEqual(['access_requested']);
  for (const who of ['cy', 'dee', 'far']) expect(await eventsOf(here, who)).toEqual([]);
});

test('a request that is not delivered is told of to nobody, until it is (EXT-6)', async () => {
  const here = await office(told);
  const { id } = await ask(here, 'far', 'plan');
  for (const who of ['bo', 'ada', 'root']) expect(await eventsOf(here, who)).toEqual([]);
  await here.sql(
    `insert into workspace_member (organization_id, person_id, workspace_id, role) values ($1, $2, $3, 'viewer')`,
    [here.organization, here.uuid('far'), here.uuid('growth')],
  );
  expect(await ask(here, 'far', 'plan')).toMatchObject({ id });
  expect(await heardBy(here, 'bo')).toMatchObject([{ event: 'access_requested', request: { id } }]);
});

test('for what the organization owns the workspace’s owners and admins are told (REQ-2)', async () => {
  const here = await office({
    ...told,
    workflows: { ...told.workflows, ours: { in: 'growth', owner: null, visibility: 'everyone', everyone: 'viewer' } },
  });
  await ask(here, 'cy', 'ours', { role: 'editor' });
  expect(await eventsOf(here, 'ada')).toEqual(['access_requested']);
  expect(await eventsOf(here, 'bo')).toEqual([]);
});

test('an approval and a denial are told to whoever asked, with the note (001-19, 001-25, 001-26)', async () => {
  const here = await office({ ...told, requests: { one: { by: 'cy', for: 'plan' }, two: { by: 'dee', for: 'plan' } } });
  await decide(here, 'bo', here.id('one'), 'approve');
  await decide(here, 'bo', here.id('two'), 'deny', { note: 'Not yet' });
  expect(await heardBy(here, 'cy')).toMatchObject([
    { event: 'request_approved', request: { id: here.id('one'), status: 'approved', resource: { name: 'plan' } } },
  ]);
  const [denied] = await heardBy(here, 'dee');
  expect(denied).toMatchObject({ event: 'request_denied', request: { status: 'denied', note: 'Not yet' } });
  expect(denied.request.resource).toEqual({ id: here.id('plan') });
  for (const who of ['bo', 'ada']) expect(await eventsOf(here, who)).toEqual([]);
});

test('a request that comes true by another way is told of as approved, once (REQ-6)', async () => {
  const here = await office({ ...told, requests: { wish: { by: 'cy', for: 'plan' } } });
  const share = () =>
    here.as('bo')('share_resource', { id: here.id('plan'), with: 'person:cy@acme.test', role: 'editor' });
  await share();
  await share();
  expect(await heardBy(here, 'cy')).toMatchObject([{ event: 'request_approved', request: { id: here.id('wish') } }]);
});

test('of two who decide at once, the requester is told once (REQ-7)', async () => {
  const here = await office({ ...told, requests: { wish: { by: 'cy', for: 'plan' } } });
  const override = { scopes: ['read', 'review', 'override'] } as const;
  await Promise.all([
    decide(here, 'bo', here.id('wish'), 'approve'),
    here.as('ada', override)('decide_access_requests', { decisions: [{ id: here.id('wish'), decision: 'deny' }] }),
  ]);
  expect(await eventsOf(here, 'cy')).toHaveLength(1);
});

test('whoever loses what is made private is told, as id and event alone, and it still counts (NOT-3)', async () => {
  const here = await office(told);
  const preview = await here.as('bo')('set_visibility', { id: here.id('lent'), visibility: 'private' });
  expect(await eventsOf(here, 'cy')).toEqual([]);
  await here.as('bo')('set_visibility', { id: here.id('lent'), visibility: 'private', confirm: preview.confirm });
  const { items, unread } = await listFor(here, 'cy');
  expect(items).toEqual([
    { id: expect.stringMatching(/^ntf_/), event: 'made_private', at: expect.any(String), unread: true },
  ]);
  expect(unread).toBe(1);
  for (const who of ['bo', 'ada', 'dee', 'root']) expect(await eventsOf(here, who)).toEqual([]);
});

test('its owner is told where someone else makes it private', async () => {
  const here = await office(told);
  const override = here.as('ada', { scopes: ['read', 'share', 'override'] });
  await confirmed(override, 'set_visibility', { id: here.id('lent'), visibility: 'private' });
  expect(await heardBy(here, 'bo')).toMatchObject([{ event: 'made_private', resource: { name: 'lent' } }]);
  expect(await eventsOf(here, 'cy')).toEqual(['made_private']);
});

test('what is taken back is told to whoever loses it, and to who had shared it (OWN-2)', async () => {
  const here = await office({
    ...told,
    anyEditorTakesBack: ['growth'],
    workflows: { ours: { in: 'growth', owner: null, givenBy: 'bo', visibility: 'everyone' } },
  });
  await hide(here, 'cy', 'ours');
  for (const who of ['bo', 'dee']) expect(await eventsOf(here, who)).toEqual(['taken_back']);
  expect(await eventsOf(here, 'cy')).toEqual([]);
});

test('a transfer is told to the old owner and whoever loses it', async () => {
  const here = await office(told);
  await confirmed(here.as('bo'), 'transfer_ownership', { id: here.id('lent'), to: 'dee@acme.test', keep: 'viewer' });
  expect(await heardBy(here, 'bo')).toMatchObject([{ event: 'transferred', resource: { id: here.id('lent') } }]);
  expect(await eventsOf(here, 'cy')).toEqual([]);
});

test('a reviewer who no longer reviews is told id and event alone; where they review again, all of it (NOT-3, EXT-3)', async () => {
  const here = await office(told);
  await ask(here, 'cy', 'plan');
  expect(Object.keys((await heardBy(here, 'ada'))[0])).toEqual(['id', 'event', 'at', 'unread']);
  const override = { scopes: ['read', 'override'] } as const;
  expect(await heardBy(here, 'ada', {}, override)).toMatchObject([{ request: { resource: { name: 'plan' } } }]);
  await confirmed(here.as('bo'), 'transfer_ownership', { id: here.id('plan'), to: 'dee@acme.test' });
  expect((await heardBy(here, 'bo')).map((it: object) => Object.keys(it))).toEqual([
    ['id', 'event', 'at', 'unread'],
    ['id', 'event', 'at', 'unread'],
  ]);
  expect((await listFor(here, 'bo')).unread).toBe(2);
});

test('one reads one’s own notifications and no one else’s, nor marks them (NOT-2)', async () => {
  const here = await office(told);
  await ask(here, 'cy', 'plan');
  const [{ id }] = await heardBy(here, 'bo');
  for (const args of [{ ids: [id] }, { up_to: id }])
    expect(await here.as('dee')('mark_notifications_read', args)).toEqual({ marked: 0, unread: 0 });
  expect((await listFor(here, 'bo')).unread).toBe(1);
  expect(await here.as('bo', { scopes: [] })('mark_notifications_read', { ids: [id, 'ntf_nothing'] })).toEqual({
    marked: 1,
    unread: 0,
  });
  expect(await here.as('bo')('mark_notifications_read', {})).toMatchObject(code('invalid_argument'));
  expect(await here.as('bo')('mark_notifications_read', { ids: [id], up_to: id })).toMatchObject(
    code('invalid_argument'),
  );
});

test('a page of them stays within its bound, and each is on one page (section 14)', async () => {
  const names = Array.from({ length: 30 }, (_, i) => `w${i}`);
  const here = await office({
    ...told,
    workflows: Object.fromEntries(names.map((name) => [name, { in: 'growth', owner: 'bo' }])),
    requests: Object.fromEntries(
      names.map((name) => [`wish ${name}`, { by: 'cy', for: name, message: '漢字'.repeat(500) }]),
    ),
  });
  for (const name of names)
    await here.sql(
      `insert into notification (organization_id, id, person_id, event, kind, resource_id, request_id)
        values ($1, $2, $3, 'access_requested', 'workflow', $4, $5)`,
      [here.organization, newId(), here.uuid('bo'), here.uuid(name), here.uuid(`wish ${name}`)],
    );
  const page = await listFor(here, 'bo', { limit: 50 });
  expect(encode(JSON.stringify(page)).length).toBeLessThan(8_000);
  expect(page.items.length).toBeLessThan(30);
  const { all, pages } = await walked(here.as('bo'), 'list_notifications', { limit: 50 });
  expect(pages).toBeGreaterThan(1);
  expect(new Set(all.map(({ request }) => request.id))).toEqual(new Set(names.map((name) => here.id(`wish ${name}`))));
  expect(all).toHaveLength(30);
});
