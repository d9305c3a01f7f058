import { describe, expect, test } from 'vitest';
import { type Call, walked } from '../support/office.ts';
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

describe('who sees a team', () => {
  test('members see public teams and their own, admins all, guests only those they are in (TEAM-2, TEAM-3, DIR-1, 003-14, 003-17)', async () => {
    const here = await premises(told);
    const names = async (who: string) =>
      (await walked(here.as(who), 'list_teams', { limit: 1 })).all.map(({ name }) => name);
    expect(await names('dee')).toEqual(['choir', 'launch']);
    expect(await names('bo')).toEqual(['choir', 'launch', 'vault']);
    expect(await names('root')).toEqual(['choir', 'launch', 'vault']);
    expect(await names('gus'), 'one of a workspace of theirs is none of theirs').toEqual(['vault']);
    expect(await here.as('gus')('search_directory', { type: 'team' })).toMatchObject({ items: [{ name: 'vault' }] });
    for (const named of ['vault', here.id('vault')])
      expect(await here.as('dee')('list_teams', { team: named })).toMatchObject(code('not_found'));
  });

  test('who is in it, and as what, is for its people and admins; of a public one others see whom they find (TEAM-1, TEAM-4, DIR-1)', async () => {
    const here = await premises({ ...told, teams: { ...told.teams, choir: ['cy', 'gus'] } });
    expect(await people(here.as('cy'), 'launch')).toEqual({ 'bo@acme.test': 'manager', 'cy@acme.test': 'member' });
    expect(await people(here.as('root'), 'vault')).toEqual({ 'bo@acme.test': 'manager', 'gus@acme.test': 'member' });
    expect(await people(here.as('dee'), 'choir'), 'members do not find guests').toEqual({ 'cy@acme.test': 'member' });
    const { items, total } = await here.as('dee')('list_teams', { team: 'choir' });
    expect(items).toEqual([{ id: here.id('choir'), name: 'choir', visibility: 'public' }]);
    expect(total, 'nor how many there are').toBeUndefined();
    expect((await here.as('cy')('list_teams', { team: 'launch' })).items).toEqual([
      { id: here.id('launch'), name: 'launch', visibility: 'public', role: 'member', members: 2 },
    ]);
  });
});

describe('making, changing and deleting a team', () => {
  test('admins make teams and change their name, description, avatar and visibility; nobody else does (TEAM-1, 003-16, 004-7, 004-8)', async () => {
    const here = await premises(told);
    const root = here.as('root');
    const made = await root('create_team', { name: 'Design', description: 'Pixels' });
    expect(made).toEqual({
      id: expect.stringMatching(/^team_/),
      name: 'Design',
      description: 'Pixels',
      visibility: 'locked',
      members: 0,
    });
    const changed = { id: 'Design', name: 'Looks', description: null, avatar: 'https://acme.test/l.png' };
    expect(await root('update_team', changed)).toEqual({
      id: made.id,
      name: 'Looks',
      avatar: 'https://acme.test/l.png',
      visibility: 'locked',
      members: 0,
    });
    expect(await root('update_team', { id: made.id, visibility: 'public' })).toMatchObject({ visibility: 'public' });
    for (const who of ['ada', 'bo', 'gus']) {
      expect(await here.as(who)('create_team', { name: 'x' }), who).toMatchObject(code('permission_denied'));
      expect(await here.as(who)('update_team', { id: here.id('vault'), name: 'x' }), who).toMatchObject(
        code(who === 'ada' ? 'not_found' : 'permission_denied'),
      );
    }
    expect(await here.as('bo')('delete_team', { id: 'launch' })).toMatchObject(code('permission_denied'));
    expect(await root('update_team', { id: made.id, avatar: 'javascript:alert(1)' })).toMatchObject(
      code('invalid_argument'),
    );
  });

  test('a deleted team gives nothing any more: no place, no project, no grant; its preview shows what its people lose (TEAM-1, TEAM-5, DEC-5, 004-7)', async () => {
    const here = await premises(told);
    const cy = here.as('cy');
    const opened = async () => (await cy('list_workflows')).items.map(({ name }: { name: string }) => name).sort();
    expect(await opened()).toEqual(['plan', 'sketch']);
    const root = here.as('root', override);
    const { preview, confirm } = await root('delete_team', { id: 'launch' });
    expect(preview).toMatchObject({ from: { name: 'launch', members: 2 } });
    for (const what of ['bo@acme.test', 'cy@acme.test', here.id('plan'), here.id('sketch')])
      expect(JSON.stringify(preview.loses), what).toContain(what);
    const blind = await here.as('root')('delete_team', { id: 'launch' });
    expect(JSON.stringify(blind.preview), 'without override its admin sees nothing of it').not.toContain(
      here.id('plan'),
    );
    expect(await root('delete_team', { id: 'launch', confirm })).toEqual({ id: here.id('launch'), deleted: true });
    expect(await opened()).toEqual([]);
    expect(await cy('whoami')).toMatchObject({ workspaces: [] });
    expect(await root('list_teams', { team: here.id('launch') })).toMatchObject(code('not_found'));
  });

  test('a team that is owner or admin of a workspace stays locked (TEAM-6)', async () => {
    for (const role of ['owner', 'admin', 'creator'] as const) {
      const here = await premises({
        ...told,
        workspaces: { ...told.workspaces, secret: { ada: 'owner', vault: role } },
      });
      const answer = await here.as('root')('update_team', { id: 'vault', visibility: 'public' });
      expect(answer, role).toMatchObject(role === 'creator' ? { visibility: 'public' } : code('conflict'));
    }
  });
});
