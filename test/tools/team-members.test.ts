import { describe, expect, test } from 'vitest';
import { type Call, confirmed, walked } from '../support/office.ts';
import { premises } from '../support/premises.ts';

const code = (it: string) => ({ error: { code: it } });
const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', gus: 'guest' },
  workspaces: {
    growth: { ada: 'owner', launch: 'creator', gus: 'viewer' },
    finance: { ada: 'owner' },
  },
  teams: {
    launch: { bo: 'manager', cy: 'member' },
    vault: { bo: 'manager', gus: 'member' },
    choir: { cy: 'member' },
  },
  closed: ['vault'],
  projects: { spring: { in: 'growth', people: { launch: 'viewer' } } },
  workflows: {
    plan: { in: 'growth', owner: 'ada', visibility: 'everyone' },
    sketch: { in: 'growth', owner: 'ada', visibility: 'everyone', project: 'spring' },
    lent: { in: 'finance', owner: 'ada', grants: { vault: 'editor' } },
    kept: { in: 'growth', owner: 'ada' },
  },
} as const;
const override = { scopes: ['read', 'write', 'admin', 'override'] } as const;
const people = async (call: Call, team: string) =>
  Object.fromEntries(
    (await walked(call, 'list_teams', { team, limit: 1 }, 'members')).all.map(({ person, role }) => [person, role]),
  );

describe('who is in a team', () => {
  test('a team brings its people its place, its project and its grants; the preview says what they gain (TEAM-5, WS-2, WS-7, 003-1, 003-14)', async () => {
    const here = await premises(told);
    const bo = here.as('bo');
    const args = { id: 'launch', set: [{ person: 'dee@acme.test' }] };
    expect((await here.as('dee')('list_workflows')).items).toEqual([]);
    const { preview, confirm } = await bo('update_team_members', args);
    expect(preview).toMatchObject({ from: {}, to: { 'dee@acme.test': 'member' } });
    for (const what of ['dee@acme.test', here.id('plan'), here.id('sketch')])
      expect(JSON.stringify(preview.gains), what).toContain(what);
    expect(JSON.stringify(preview)).not.toContain(here.id('kept'));
    expect(await bo('update_team_members', { ...args, confirm })).toMatchObject({ changed: 1, members: 3 });
    const rows = (await here.as('dee')('list_workflows')).items;
    expect(rows.map(({ name, access }: Record<string, string>) => [name, access]).sort()).toEqual([
      ['plan', 'editor'],
      ['sketch', 'viewer'],
    ]);
    expect(await here.as('dee')('create_workflow', { name: 'Mine', document: {} })).toMatchObject({ access: 'owner' });
    await confirmed(bo, 'update_team_members', { id: 'vault', set: [{ person: 'dee@acme.test' }] });
    expect(await here.as('dee')('open_workflow', { id: here.id('lent') })).toMatchObject({
      access: 'viewer',
      via: 'team:vault',
    });
  });

  test('managers and admins add, remove and rank people, in locked teams too; members do not (TEAM-1, TEAM-4, 003-11, 004-7)', async () => {
    const here = await premises(told);
    for (const who of ['bo', 'root']) {
      const call = here.as(who);
      const set = [{ person: 'dee@acme.test', role: 'manager' }];
      expect(await confirmed(call, 'update_team_members', { id: 'vault', set })).toMatchObject({ changed: 1 });
      expect(await people(call, 'vault')).toMatchObject({ 'dee@acme.test': 'manager' });
      const remove = ['dee@acme.test'];
      expect(await confirmed(call, 'update_team_members', { id: 'vault', remove })).toMatchObject({ changed: 1 });
    }
    for (const [who, wish] of [
      ['cy', { set: [{ person: 'dee@acme.test' }] }],
      ['cy', { remove: ['bo@acme.test'] }],
      ['cy', { set: [{ person: 'cy@acme.test', role: 'manager' }] }],
      ['dee', { remove: ['bo@acme.test'] }],
      ['gus', { set: [{ person: 'gus@acme.test' }] }],
    ] as const)
      expect(await here.as(who)('update_team_members', { id: here.id('launch'), ...wish })).toMatchObject(
        code(who === 'gus' ? 'not_found' : 'permission_denied'),
      );
    expect(
      await here.as('gus')('update_team_members', { id: 'vault', set: [{ person: 'bo@acme.test', role: 'member' }] }),
    ).toMatchObject(code('permission_denied'));
  });

  test('a guest comes in as member, never as manager (ORG-10)', async () => {
    const here = await premises(told);
    const set = (role: string) => ({ id: 'choir', set: [{ person: 'gus@acme.test', role }] });
    expect(await here.as('root')('update_team_members', set('manager'))).toMatchObject(code('invalid_argument'));
    expect(await confirmed(here.as('root'), 'update_team_members', set('member'))).toMatchObject({ changed: 1 });
  });

  test('any member joins a public team that holds nothing, and leaves it again; a guest joins none (TEAM-2, EXT-10, 003-14, 003-16)', async () => {
    const here = await premises(told);
    const join = (who: string, id = 'choir') => ({ id, set: [{ person: here.email(who) }] });
    const dee = here.as('dee');
    expect(await confirmed(dee, 'update_team_members', join('dee'))).toMatchObject({ role: 'member', members: 2 });
    expect(await confirmed(dee, 'update_team_members', { id: 'choir', remove: [here.id('dee')] })).toMatchObject({
      changed: 1,
    });
    expect(await people(here.as('cy'), 'choir')).toEqual({ 'cy@acme.test': 'member' });
    const gus = here.as('gus');
    expect(await gus('update_team_members', join('gus', here.id('choir')))).toMatchObject(code('not_found'));
    expect(await here.as('dee')('update_team_members', join('dee', here.id('vault'))), 'a locked one').toMatchObject(
      code('not_found'),
    );
  });

  test.each([
    ['a place', {}, 'launch'],
    [
      'a grant, in a workspace out of reach',
      { workflows: { far: { in: 'finance', owner: 'ada', grants: { choir: 'viewer' } } } },
      'choir',
    ],
    ['a project', { projects: { books: { in: 'finance', people: { choir: 'viewer' } } } }, 'choir'],
  ] as const)('without override nobody joins a public team that holds %s (EXT-10, TEAM-2)', async (_what, more, id) => {
    const here = await premises({ ...told, ...more, workflows: { ...('workflows' in more ? more.workflows : {}) } });
    for (const who of ['dee', 'root']) {
      const join = { id, set: [{ person: here.email(who) }] };
      expect(await here.as(who)('update_team_members', join)).toMatchObject(code('permission_denied'));
      expect(await confirmed(here.as(who, override), 'update_team_members', join)).toMatchObject({ role: 'member' });
    }
  });

  test('an admin joins a locked team, or raises themself in any, with override alone (TEAM-3, EXT-10, 003-11)', async () => {
    const here = await premises(told);
    const join = { id: 'vault', set: [{ person: 'root@acme.test' }] };
    const lead = { id: 'vault', set: [{ person: 'root@acme.test', role: 'manager' }] };
    for (const wish of [join, lead])
      expect(await here.as('root')('update_team_members', wish)).toMatchObject(code('permission_denied'));
    expect(await confirmed(here.as('root', override), 'update_team_members', join)).toMatchObject({ role: 'member' });
    expect(await here.as('root')('update_team_members', lead)).toMatchObject(code('permission_denied'));
    expect(await confirmed(here.as('root', override), 'update_team_members', lead)).toMatchObject({ role: 'manager' });
    expect(await confirmed(here.as('root'), 'update_team_members', join), 'one lowers oneself').toMatchObject({
      role: 'member',
    });
  });

  test('into a team that runs a workspace only org admins and that workspace’s owners let people, and never a guest (TEAM-6, ORG-10)', async () => {
    const here = await premises({
      ...told,
      workspaces: { ...told.workspaces, one: { ada: 'owner', crew: 'admin' }, two: { dee: 'owner', crew: 'owner' } },
      teams: { ...told.teams, crew: { bo: 'manager', ada: 'manager' } },
      closed: ['vault', 'crew'],
    });
    const add = (person: string) => ({ id: 'crew', set: [{ person: here.email(person) }] });
    expect(await here.as('bo')('update_team_members', add('cy')), 'by crew an owner of two, not of one').toMatchObject(
      code('permission_denied'),
    );
    expect(await here.as('root')('update_team_members', add('gus'))).toMatchObject(code('invalid_argument'));
    expect(await confirmed(here.as('root'), 'update_team_members', add('dee'))).toMatchObject({ changed: 1 });
    expect(await confirmed(here.as('ada'), 'update_team_members', add('cy')), 'an owner of both').toMatchObject({
      changed: 1,
    });
    expect(
      await confirmed(here.as('bo'), 'update_team_members', { id: 'crew', remove: ['cy@acme.test'] }),
      'a manager takes people out all the same',
    ).toMatchObject({ changed: 1 });
  });

  test('one that was deleted counts as long as it can be brought back (TEAM-6, ORG-9, ORG-10)', async () => {
    const here = await premises({
      ...told,
      workspaces: { ...told.workspaces, gone: { crew: 'owner' } },
      teams: { ...told.teams, crew: { bo: 'manager' } },
      closed: ['vault', 'crew'],
    });
    const add = (person: string) => ({ id: 'crew', set: [{ person: here.email(person) }] });
    const since = (days: number) =>
      here.sql('update workspace set deleted_at = now() - make_interval(days => $1) where id = $2', [
        days,
        here.uuid('gone'),
      ]);
    await since(1);
    expect(await confirmed(here.as('bo'), 'update_team_members', add('cy')), 'its owner by crew').toMatchObject({
      changed: 1,
    });
    expect(await here.as('bo')('update_team_members', add('gus'))).toMatchObject(code('invalid_argument'));
    await since(31);
    expect(await confirmed(here.as('bo'), 'update_team_members', add('gus'))).toMatchObject({ changed: 1 });
  });

  test('a workspace that a team alone owns keeps an owner: the last does not leave, is not taken out, the team not deleted (GRP-5)', async () => {
    const here = await premises({
      ...told,
      workspaces: { ...told.workspaces, solo: { crew: 'owner', cy: 'admin' } },
      teams: { ...told.teams, crew: { bo: 'manager', dee: 'member' } },
      closed: ['vault', 'crew'],
    });
    const out = (person: string) => ({ id: 'crew', remove: [here.email(person)] });
    expect(await confirmed(here.as('dee'), 'update_team_members', out('dee'))).toMatchObject({ changed: 1 });
    for (const [who, name, args] of [
      ['bo', 'update_team_members', out('bo')],
      ['root', 'update_team_members', out('bo')],
      ['root', 'delete_team', { id: 'crew' }],
    ] as const)
      expect(await here.as(who)(name, args), `${name} by ${who}`).toMatchObject(code('conflict'));
    await here.sql(`update workspace_member set role = 'owner' where person_id = $1 and workspace_id = $2`, [
      here.uuid('cy'),
      here.uuid('solo'),
    ]);
    expect(await confirmed(here.as('bo'), 'update_team_members', out('bo'))).toMatchObject({ changed: 1 });
  });

  test('requests that joining makes come true are approved at once, by place as well as by grant (REQ-6)', async () => {
    const here = await premises({
      ...told,
      workspaces: { ...told.workspaces, finance: { ada: 'owner', dee: 'viewer' } },
      teams: { ...told.teams, books: [] },
      workflows: { ...told.workflows, paper: { in: 'finance', owner: 'ada', grants: { launch: 'editor' } } },
      requests: {
        byGrant: { by: 'dee', for: 'paper', level: 'editor' },
        byPlace: { by: 'dee', for: 'plan', level: 'viewer' },
        not: { by: 'dee', for: 'kept', level: 'viewer' },
      },
    });
    await confirmed(here.as('root'), 'update_team_members', { id: 'launch', set: [{ person: 'dee@acme.test' }] });
    const status = await here.sql('select id, status from access_request where organization_id = $1', [
      here.organization,
    ]);
    expect(Object.fromEntries(status.map(({ id, status }) => [id, status]))).toEqual({
      [here.uuid('byGrant')]: 'approved',
      [here.uuid('byPlace')]: 'approved',
      [here.uuid('not')]: 'pending',
    });
  });
});
