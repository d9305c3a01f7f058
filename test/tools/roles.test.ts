import { expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { ladders } from '../../src/terms/ladders.ts';
import { refuseRaisingOneself } from '../../src/workspace/oneself.ts';
import { lastOf } from '../support/logged.ts';
import { confirmed, office } from '../support/office.ts';
import { ask, code, sent } from '../support/requesting.ts';
import { overriding, seat } from '../support/seats.ts';

const told = {
  people: { root: 'admin', amy: 'admin', ada: 'member', bo: 'member', cy: 'member', gus: 'guest' },
  workspaces: { growth: { ada: 'owner', bo: 'admin', cy: 'viewer' }, finance: { bo: 'owner', crew: 'admin' } },
  teams: { crew: { cy: 'manager' }, open: ['cy'] },
  groups: { club: { ada: 'owner' }, choir: { ada: 'owner', bo: 'owner', cy: 'editor' } },
  closed: ['crew'],
  workflows: { plan: { in: 'growth', owner: 'ada', visibility: 'everyone' } },
} as const;
const set = async (here: Awaited<ReturnType<typeof office>>, who: string, args: object) =>
  confirmed(seat(here, who), 'set_member_role', args as Record<string, unknown>);
const roleOf = async (here: Awaited<ReturnType<typeof office>>, name: string) =>
  (await seat(here, 'root')('get_member', { id: here.id(name) })).role;

test('admins make someone admin, member or guest, previewed first; nobody else does (ORG-1, ORG-2, 003-5, 003-7, 003-10, 004-21)', async () => {
  const here = await office(told);
  const wish = { id: here.email('cy'), role: 'admin' };
  const preview = await seat(here, 'root')('set_member_role', wish);
  expect(preview).toMatchObject({ preview: { from: { role: 'member' }, to: { role: 'admin' } } });
  expect(await roleOf(here, 'cy')).toBe('member');
  expect(await seat(here, 'root')('set_member_role', { ...wish, confirm: preview.confirm })).toMatchObject({
    id: here.id('cy'),
    role: 'admin',
  });
  expect(await lastOf(here)).toMatchObject({
    action: 'member.role',
    noun: 'person',
    entity_id: here.uuid('cy'),
    before: { role: 'member' },
    after: { role: 'admin' },
  });
  expect(await set(here, 'cy', { id: here.email('bo'), role: 'guest' })).toMatchObject({ role: 'guest' });
  expect((await seat(here, 'root')('get_member', { id: here.id('bo') })).badge).toBe('Guest');
  for (const role of ['admin', 'member', 'guest'])
    expect(await seat(here, 'ada')('set_member_role', { id: here.id('ada'), role })).toMatchObject(
      code('permission_denied'),
    );
});

test('the last active admin is not made anything else (ORG-2, GRP-5)', async () => {
  const here = await office({ people: { root: 'admin', sue: { role: 'admin', status: 'suspended' }, ada: 'member' } });
  expect(await seat(here, 'root')('set_member_role', { id: here.id('root'), role: 'member' })).toMatchObject({
    error: { code: 'permission_denied', message: expect.stringContaining('at least one active admin') },
  });
  await set(here, 'root', { id: here.id('ada'), role: 'admin' });
  expect(await set(here, 'root', { id: here.id('root'), role: 'member' })).toMatchObject({ role: 'member' });
});

test('of two admins who demote each other at once, one stays (ORG-2, GRP-5)', async () => {
  for (let round = 0; round < 3; round++) {
    const here = await office({ people: { root: 'admin', amy: 'admin' } });
    const demote = async (who: string, whom: string) => {
      const wish = { id: here.id(whom), role: 'member' };
      const { confirm } = await seat(here, who)('set_member_role', wish);
      return () => seat(here, who)('set_member_role', { ...wish, confirm });
    };
    const both = [await demote('root', 'amy'), await demote('amy', 'root')];
    const answers = await Promise.all(both.map((call) => call()));
    expect(answers.filter(({ error }) => !error)).toHaveLength(1);
    const left = await here.sql(`select id from person where organization_id = $1 and role = 'admin'`, [
      here.organization,
    ]);
    expect(left).toHaveLength(1);
  }
});

test('becoming a guest ends what a guest may not be; a successor owns what they alone owned, and it is logged (ORG-10, GRP-5, 003-4)', async () => {
  const here = await office(told);
  expect(await set(here, 'root', { id: here.id('ada'), role: 'guest', successor: here.email('bo') })).toMatchObject({
    role: 'guest',
  });
  expect(await set(here, 'root', { id: here.id('cy'), role: 'guest' })).toMatchObject({ role: 'guest' });
  const roles = await here.sql(
    `select p.name as person, coalesce(g.name, t.name) as at, m.role from membership m join person p on p.id = m.person_id
     left join "group" g on g.id = m.principal_id left join team t on t.id = m.principal_id where m.organization_id = $1
     union all select p.name, w.name, m.role::text from workspace_member m join person p on p.id = m.person_id join workspace w on w.id = m.workspace_id
     where m.organization_id = $1 order by 1, 2`,
    [here.organization],
  );
  expect(roles.map(({ person, at, role }) => `${person} ${role} of ${at}`)).toEqual([
    'ada viewer of choir',
    'ada viewer of club',
    'ada creator of growth',
    'bo owner of choir',
    'bo owner of club',
    'bo owner of finance',
    'bo owner of growth',
    'cy viewer of choir',
    'cy viewer of growth',
    'cy member of open',
  ]);
  const log = await here.sql(
    `select noun, after ->> 'owner' as owner from activity where organization_id = $1 and after ->> 'owner' is not null order by noun`,
    [here.organization],
  );
  expect(log).toEqual([
    { noun: 'group', owner: here.id('bo') },
    { noun: 'workspace', owner: here.id('bo') },
  ]);
});

test('without a successor, whoever makes them a guest owns what nobody else would (GRP-5)', async () => {
  const here = await office(told);
  await set(here, 'root', { id: here.id('ada'), role: 'guest' });
  const owners = await here.sql(
    `select p.name from workspace_member m join person p on p.id = m.person_id where m.workspace_id = $1 and m.role = 'owner'`,
    [here.uuid('growth')],
  );
  expect(owners).toEqual([{ name: 'root' }]);
});

test('a guest is made owner or admin of nothing, nor let invite (ORG-10, ORG-3, 003-16)', async () => {
  const here = await office({ ...told, workspaces: { growth: { ada: 'owner', gus: 'creator' } } });
  for (const role of ['admin', 'owner'])
    expect(await set(here, 'ada', { id: here.id('gus'), workspace: 'growth', role })).toMatchObject({
      error: { code: 'invalid_argument', message: expect.stringContaining('ORG-10') },
    });
  expect(await set(here, 'root', { id: here.id('gus'), can_invite: true })).toMatchObject(code('invalid_argument'));
});

test('admins let a member invite, and take it back (ORG-3, 003-13)', async () => {
  const here = await office(told);
  expect(await set(here, 'root', { id: here.id('cy'), can_invite: true })).toMatchObject({
    role: 'member',
    can_invite: true,
  });
  expect(await seat(here, 'cy')('invite_members', { emails: ['new@x.test'] })).toMatchObject({
    outcomes: [{ status: 'pending' }],
  });
  expect(await set(here, 'root', { id: here.id('cy'), can_invite: false })).not.toHaveProperty('can_invite');
  expect(await seat(here, 'cy')('invite_members', { emails: ['other@x.test'] })).toMatchObject(
    code('permission_denied'),
  );
});

test('an admin of a workspace gives people and teams roles there, adding whoever has none; only owners make or unmake owners (WS-1, 004-22, 004-23, 004-30)', async () => {
  const here = await office(told);
  const give = (who: string, id: string, role: string) => set(here, who, { id, role, workspace: 'growth' });
  expect(await give('bo', here.email('root'), 'creator')).toMatchObject({
    role: 'creator',
    workspace: here.id('growth'),
  });
  expect(await give('bo', here.email('root'), 'viewer')).toMatchObject({ role: 'viewer' });
  expect(await give('bo', 'team:open', 'creator')).toMatchObject({ id: here.id('open'), role: 'creator' });
  expect(await give('bo', here.email('cy'), 'owner')).toMatchObject(code('permission_denied'));
  expect(await give('bo', here.email('ada'), 'viewer')).toMatchObject(code('permission_denied'));
  expect(await give('cy', here.email('root'), 'viewer')).toMatchObject(code('permission_denied'));
  expect(await give('ada', here.email('bo'), 'owner')).toMatchObject({ role: 'owner' });
  expect(await give('bo', here.email('ada'), 'creator')).toMatchObject({ role: 'creator' });
  expect(await give('bo', here.email('bo'), 'viewer')).toMatchObject({
    error: { code: 'conflict', message: expect.stringContaining('at least one owner') },
  });
  expect(await give('root', here.email('cy'), 'viewer'), 'by office with override only').toMatchObject(
    code('permission_denied'),
  );
});

test('a public team runs no workspace, nor one with a guest in it (TEAM-6, ORG-10)', async () => {
  const here = await office({
    ...told,
    teams: { crew: ['cy', 'gus'], open: ['cy'] },
    workspaces: { growth: { ada: 'owner' } },
  });
  const give = (id: string) => set(here, 'ada', { id, role: 'admin', workspace: 'growth' });
  expect(await give('team:open')).toMatchObject({ error: { message: expect.stringContaining('TEAM-6') } });
  await here.sql('insert into membership values ($1, $2, $3, $4, $5)', [
    here.organization,
    here.uuid('ada'),
    here.uuid('crew'),
    'team',
    'member',
  ]);
  expect(await give('team:crew')).toMatchObject({ error: { message: expect.stringContaining('ORG-10') } });
});

test('without override nobody adds or raises themself in a workspace; with it they do, and the log says so (EXT-10, EXT-3, 004-20)', async () => {
  const here = await office({
    people: { root: 'admin', ada: 'member', bo: 'member' },
    workspaces: { growth: { ada: 'owner', bo: 'viewer', crew: 'admin' } },
    teams: { crew: ['bo'] },
    closed: ['crew'],
  });
  const give = (id: string, role: string) => ({ id, role, workspace: 'growth' });
  expect(await set(here, 'root', give(here.id('root'), 'viewer'))).toMatchObject(code('not_found'));
  expect(await set(here, 'bo', give(here.id('bo'), 'owner'))).toMatchObject(code('permission_denied'));
  expect(await set(here, 'bo', give('team:crew', 'owner'))).toMatchObject(code('permission_denied'));
  expect(await set(here, 'bo', give(here.id('bo'), 'admin')), 'as their team has it').toMatchObject({ role: 'admin' });

  const wide = overriding(here, 'root');
  expect(await confirmed(wide, 'set_member_role', give(here.id('root'), 'owner'))).toMatchObject({ role: 'owner' });
  expect(await lastOf(here)).toMatchObject({ action: 'workspace.own', overridden: true });
});

test('raising oneself is told by the rungs of every ladder that people stand on (EXT-10)', () => {
  const me = { person: 'me', scopes: ['admin'] } as unknown as Actor;
  const wide = { ...me, scopes: ['admin', 'override'] } as Actor;
  for (const noun of ['workspace', 'project', 'team', 'group'] as const) {
    for (const [i, to] of ladders[noun].entries()) {
      expect(() => refuseRaisingOneself({ me }, 'me', undefined, to)).toThrow('EXT-10');
      expect(() => refuseRaisingOneself({ me: wide }, 'me', undefined, to)).not.toThrow();
      expect(() => refuseRaisingOneself({ me }, 'someone', undefined, to)).not.toThrow();
      for (const [j, from] of ladders[noun].entries()) {
        const raising = expect(() => refuseRaisingOneself({ me }, 'me', from, to));
        if (i > j) raising.toThrow('EXT-10');
        else raising.not.toThrow();
      }
    }
  }
});

test('whoever is added gets at once what they had asked for there (REQ-6, WS-2)', async () => {
  const here = await office({
    ...told,
    requests: { plea: { by: 'gus', for: 'plan' } },
    workspaces: { growth: { ada: 'owner' }, finance: { gus: 'viewer', bo: 'viewer', ada: 'viewer' } },
  });
  await ask(here, 'gus', 'plan');
  expect(await sent(here, 'gus')).toMatchObject([{ status: 'pending' }]);
  await set(here, 'ada', { id: here.id('gus'), role: 'viewer', workspace: 'growth' });
  const [row] = await here.sql('select status, decided_by from access_request where organization_id = $1', [
    here.organization,
  ]);
  expect(row).toEqual({ status: 'approved', decided_by: here.uuid('ada') });
});

test('the preview of a role in a workspace says what they would gain there, as far as the caller can open it (EXT-8)', async () => {
  const here = await office({ ...told, people: { ...told.people, dee: 'member' } });
  const wish = { id: here.email('dee'), role: 'creator', workspace: 'growth' };
  const { preview } = await seat(here, 'ada')('set_member_role', wish);
  expect(preview.gains).toMatchObject({
    people: [{ person: 'dee@acme.test', resource: { name: 'plan' }, before: 'none', after: 'editor' }],
  });
});
