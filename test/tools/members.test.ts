import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { office, walked } from '../support/office.ts';
import { code } from '../support/requesting.ts';
import { everyTool, overriding, seat } from '../support/seats.ts';

const here = await office({
  people: {
    root: 'admin',
    ada: 'member',
    bo: 'member',
    gus: 'guest',
    gil: 'guest',
    sue: { status: 'suspended' },
    rex: { status: 'removed' },
  },
  workspaces: {
    growth: { ada: 'owner', bo: 'creator', gus: 'viewer', launch: 'admin' },
    finance: { root: 'owner', ada: 'viewer' },
  },
  teams: { launch: { bo: 'manager' }, open: ['ada', 'gil'] },
  closed: ['launch'],
  switches: { growth: { gus: { flows_manager: true } } },
});
const names = async (who: string, args: object = {}) =>
  (await walked(seat(here, who), 'list_members', { limit: 2, ...args })).all.map(({ name }) => name);

test('members find members and whom they share a place with; guests only the latter; admins find all (DIR-1, 003-16)', async () => {
  expect(await names('root')).toEqual(['ada', 'bo', 'gil', 'gus', 'root']);
  expect(await names('bo')).toEqual(['ada', 'bo', 'gus', 'root']);
  expect(await names('ada')).toEqual(['ada', 'bo', 'gil', 'gus', 'root']);
  expect(await names('gus')).toEqual(['ada', 'bo', 'gus']);
  expect(await names('gil')).toEqual(['ada', 'gil']);
});

test('suspended people are shown to admins, removed ones to nobody (DIR-1, ORG-12)', async () => {
  expect(await names('root', { status: 'suspended' })).toEqual(['sue']);
  expect(await names('ada', { status: 'suspended' })).toEqual([]);
  expect(await seat(here, 'root')('get_member', { id: here.email('sue') })).toMatchObject({ status: 'suspended' });
  expect(await seat(here, 'root')('get_member', { id: here.email('rex') })).toMatchObject(code('not_found'));
  expect(await seat(here, 'ada')('get_member', { id: here.email('sue') })).toMatchObject(code('not_found'));
});

test('a row bears email, role, badge, teams and workspaces: an Admin’s, a Guest’s, and none for members (ORG-5, 003-6, 003-8, 004-10)', async () => {
  const { items } = await seat(here, 'ada')('list_members', { limit: 50 });
  const row = (name: string) => items.find((it: { name: string }) => it.name === name);
  expect(row('root')).toMatchObject({ id: here.id('root'), email: 'root@acme.test', role: 'admin', badge: 'Admin' });
  expect(row('gus')).toMatchObject({ role: 'guest', badge: 'Guest' });
  expect(row('bo')).not.toHaveProperty('badge');
  expect(row('bo')).toMatchObject({
    teams: [],
    workspaces: [{ id: here.id('growth'), name: 'growth', role: 'admin' }],
  });
  expect(row('ada').teams).toEqual([{ id: here.id('open'), name: 'open', role: 'member' }]);
  expect(row('ada').workspaces.map(({ name }: { name: string }) => name)).toEqual(['finance', 'growth']);
});

test('teams and workspaces that the caller may not know of are not in the rows of others (DIR-1, TEAM-3, 003-17, 004-20)', async () => {
  const shown = async (who: string) => JSON.stringify((await seat(here, who)('list_members', { limit: 50 })).items);
  expect(await shown('bo')).not.toMatch(/finance/);
  expect(await shown('ada')).not.toMatch(/launch/);
  expect(await shown('gus')).not.toMatch(/finance|launch|open/);
  expect(await shown('root')).toMatch(/launch/);
  expect(await shown('root'), 'by office, with override only').not.toMatch(/growth/);
  const wide = await overriding(here, 'root')('get_member', { id: here.id('gus') });
  expect(wide.workspaces).toMatchObject([{ name: 'growth', role: 'viewer', by: ['member'] }]);
});

test.each`
  filter                      | who       | found
  ${{ query: 'U' }}           | ${'root'} | ${['gus']}
  ${{ query: 'bo@acme' }}     | ${'ada'}  | ${['bo']}
  ${{ role: 'guest' }}        | ${'root'} | ${['gil', 'gus']}
  ${{ workspace: 'growth' }}  | ${'ada'}  | ${['ada', 'bo', 'gus']}
  ${{ workspace: 'growth' }}  | ${'root'} | ${[]}
  ${{ workspace: 'nowhere' }} | ${'root'} | ${[]}
  ${{ team: 'launch' }}       | ${'root'} | ${['bo']}
  ${{ team: 'launch' }}       | ${'ada'}  | ${[]}
  ${{ team: 'open' }}         | ${'ada'}  | ${['ada', 'gil']}
`('list_members with $filter shows $who just $found (DIR-1, EXT-12)', async ({ filter, who, found }) => {
  expect(await names(who, filter)).toEqual(found);
});

test('get_member says by what someone is in a workspace, and to its admins what is switched for them (WS-2, WS-3, 004-23, 004-30)', async () => {
  expect((await seat(here, 'ada')('get_member', { id: 'gus@acme.test' })).workspaces).toEqual([
    {
      id: here.id('growth'),
      name: 'growth',
      role: 'viewer',
      by: ['member'],
      capabilities: ['flows_manager'],
      switched: { flows_manager: true },
    },
  ]);
  expect((await seat(here, 'ada')('get_member', { id: here.id('bo') })).workspaces).toMatchObject([
    { role: 'admin', by: ['member', 'a locked team'] },
  ]);
  expect((await seat(here, 'gus')('get_member', { id: here.id('bo') })).workspaces[0]).not.toHaveProperty(
    'capabilities',
  );
});

test('an unseen person and one that never was give the same bytes (DIR-1, EXT-12)', async () => {
  const gus = await here.seated(await here.key('gus'), everyTool);
  const said = async (id: string) => (await gus.said('get_member', { id })).replaceAll(id, 'ID');
  const missing = await said('nobody@acme.test');
  expect(missing).toContain('not_found');
  for (const id of [
    here.email('gil'),
    here.id('gil'),
    outside('person', newId()),
    here.email('sue'),
    here.id('rex'),
    'per_x',
  ])
    expect(await said(id)).toBe(missing);
});

test('when someone was last here is kept beside their calls, at most once an hour, and shown to admins alone (ORG-5, 004-10)', async () => {
  const login = async () =>
    (await here.sql<{ at: Date | null }>('select last_login_at as at from person where id = $1', [here.uuid('bo')]))[0]
      ?.at;
  await here.sql('update person set last_login_at = null where id = $1', [here.uuid('bo')]);
  await here.session('bo');
  await expect.poll(login).toBeInstanceOf(Date);
  const first = await login();
  await here.session('bo');
  expect((await seat(here, 'root')('get_member', { id: here.id('bo') })).last_login_at).toBe(first?.toISOString());
  expect(await seat(here, 'ada')('get_member', { id: here.id('bo') })).not.toHaveProperty('last_login_at');
  expect(await login()).toEqual(first);
  await here.sql(`update person set last_login_at = now() - interval '61 minutes' where id = $1`, [here.uuid('bo')]);
  await here.session('bo');
  await expect.poll(async () => Date.now() - Number(await login())).toBeLessThan(60_000);
});
