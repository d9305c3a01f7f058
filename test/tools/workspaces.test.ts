import { describe, expect, test } from 'vitest';
import { confirmed, walked } from '../support/office.ts';
import { premises } from '../support/premises.ts';

const code = (it: string) => ({ error: { code: it } });
const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', gus: 'guest' },
  workspaces: {
    growth: { ada: 'owner', bo: 'admin', cy: 'creator', dee: 'viewer', crew: 'viewer' },
    finance: { ada: 'owner' },
    attic: { bo: 'owner', dee: 'admin' },
  },
  teams: { crew: ['gus'] },
  deletedWorkspaces: ['attic'],
  projects: { pool: { in: 'growth' } },
  workflows: {
    plan: { in: 'growth', owner: 'cy', visibility: 'everyone' },
    draft: { in: 'growth', owner: 'cy' },
    old: { in: 'attic', owner: 'bo', grants: { cy: 'editor' } },
  },
} as const;
const scoped = { scopes: ['read', 'write', 'share', 'request', 'admin', 'override'] } as const;

describe('who sees a workspace', () => {
  test('those who have a place in it see it, with their role and how they came by it (DIR-1, WS-2, 004-1, 004-20)', async () => {
    const here = await premises(told);
    const listed = async (who: string, how = {}) =>
      (await walked(here.as(who, how), 'list_workspaces', { limit: 1 })).all.map(({ name, role, via }) => [
        name,
        role,
        via,
      ]);
    expect(await listed('ada')).toEqual([
      ['finance', 'owner', 'member'],
      ['growth', 'owner', 'member'],
    ]);
    expect(await listed('cy'), 'of a workspace one is not in there is nothing').toEqual([
      ['growth', 'creator', 'member'],
    ]);
    expect(await listed('gus')).toEqual([['growth', 'viewer', 'team:crew']]);
    expect(await listed('root')).toEqual([]);
    expect(await listed('ada', { workspaces: ['finance'] })).toEqual([['finance', 'owner', 'member']]);
    expect(await here.as('dee')('list_workspaces')).toEqual({
      items: [{ id: here.id('growth'), name: 'growth', take_back: 'sharer', role: 'viewer', via: 'member' }],
      total: 1,
    });
  });

  test('an admin of the organization sees and enters every one with override, and uses it as its admin (ORG-6, EXT-3, 004-3, 004-5)', async () => {
    const here = await premises(told);
    const root = here.as('root', scoped);
    expect((await root('list_workspaces')).items).toMatchObject([
      { name: 'finance', role: 'admin', via: 'organization admin' },
      { name: 'growth', role: 'admin', via: 'organization admin' },
    ]);
    expect(await root('open_workflow', { id: here.id('draft') })).toMatchObject({ access: 'owner', via: 'override' });
    expect(await root('update_workspace', { id: 'finance', description: 'Money' })).toMatchObject({
      description: 'Money',
    });
  });
});

describe('making a workspace', () => {
  test('an admin of the organization makes it and owns it; nobody else does (ORG-6, GRP-5, 004-5)', async () => {
    const here = await premises(told);
    const made = await here.as('root')('create_workspace', { name: 'Lab', description: 'Trials' });
    expect(made).toEqual({
      id: expect.stringMatching(/^ws_/),
      name: 'Lab',
      description: 'Trials',
      take_back: 'sharer',
      role: 'owner',
      via: 'member',
    });
    expect(await here.as('root')('create_workflow', { name: 'First', document: {} })).toMatchObject({ name: 'First' });
    for (const who of ['ada', 'gus'])
      expect(await here.as(who)('create_workspace', { name: 'x' })).toMatchObject(code('permission_denied'));
  });

  test('a key that is cut to some workspaces makes no other (EXT-4)', async () => {
    const here = await premises(told);
    const cut = here.as('root', { scopes: ['read', 'admin', 'override'], workspaces: ['growth'] });
    expect(await cut('create_workspace', { name: 'x' })).toMatchObject(code('permission_denied'));
    expect((await here.as('root', scoped)('list_workspaces')).total).toBe(2);
  });
});

describe('changing a workspace', () => {
  test('its admins set name, description and avatar; creators and viewers do not (WS-1, WS-6, 004-6, 004-27, 004-28, 004-29)', async () => {
    const here = await premises(told);
    const wish = { id: 'growth', name: 'Growth Lab', description: 'Up', avatar: 'https://acme.test/g.png' };
    for (const who of ['cy', 'dee', 'gus'])
      expect(await here.as(who)('update_workspace', wish), who).toMatchObject(code('permission_denied'));
    expect(await here.as('bo')('update_workspace', wish)).toMatchObject({
      name: 'Growth Lab',
      description: 'Up',
      avatar: 'https://acme.test/g.png',
      role: 'admin',
    });
    expect(await here.as('bo')('update_workspace', { id: 'growth lab', description: null })).not.toHaveProperty(
      'description',
    );
    const [log] = await here.sql(
      `select before, after, workspace_id from activity where action = 'workspace.edit' and outcome = 'allow' and organization_id = $1 order by id`,
      [here.organization],
    );
    expect(log).toMatchObject({
      before: { name: 'growth', description: null },
      after: { name: 'Growth Lab', description: 'Up' },
      workspace_id: here.uuid('growth'),
    });
  });

  test('who takes back what was given to the organization is its owners’ to say (OWN-2)', async () => {
    const here = await premises(told);
    const wish = { id: 'growth', take_back: 'any_editor' };
    expect(await here.as('bo')('update_workspace', wish)).toMatchObject(code('permission_denied'));
    expect(await here.as('bo')('update_workspace', { ...wish, name: 'x' })).toMatchObject(code('permission_denied'));
    expect(await here.as('ada')('update_workspace', wish)).toMatchObject({ take_back: 'any_editor', name: 'growth' });
  });

  test('a role gives what it says: creators make and delete, viewers read and download, neither touches people or settings (WS-1, 001-28, 004-28, 004-29)', async () => {
    const here = await premises(told);
    const cy = here.as('cy');
    const made = await cy('create_workflow', { name: 'Mine', document: { a: 1 } });
    expect(await cy('edit_workflow', { id: made.id, revision: 1, merge: { a: 2 } })).toMatchObject({ revision: 2 });
    expect(await confirmed(cy, 'delete_workflow', { id: made.id })).toMatchObject({ deleted: true });
    const dee = here.as('dee');
    expect(await dee('create_workflow', { name: 'x', document: {}, workspace: 'growth' })).toMatchObject(
      code('permission_denied'),
    );
    expect(await dee('open_workflow', { id: here.id('plan'), include: ['document', 'source'] })).toMatchObject({
      document: { note: 'plan' },
      access: 'viewer',
    });
    expect(await dee('edit_workflow', { id: here.id('plan'), revision: 1, name: 'x' })).toMatchObject(
      code('permission_denied'),
    );
    for (const call of [cy, dee])
      for (const [name, args] of [
        ['update_workspace', { name: 'x' }],
        ['delete_workspace', {}],
      ] as const)
        expect(await call(name, { id: 'growth', ...args })).toMatchObject(code('permission_denied'));
  });
});

describe('capabilities beside the role', () => {
  test('a role is customised for one member of one workspace, and stays what it is elsewhere (WS-3, WS-4, 004-2)', async () => {
    const here = await premises({
      ...told,
      workspaces: { ...told.workspaces, finance: { ada: 'owner', dee: 'viewer', cy: 'creator' } },
      switches: { growth: { dee: { flows_manager: true }, cy: { flows_manager: false } } },
    });
    const make = async (who: string, workspace: string) =>
      (await here.as(who)('create_workflow', { name: 'n', document: {}, workspace })).error?.code ?? 'made';
    expect(await make('dee', 'growth')).toBe('made');
    expect(await make('dee', 'finance')).toBe('permission_denied');
    expect(await make('cy', 'growth')).toBe('permission_denied');
    expect(await make('cy', 'finance')).toBe('made');
    expect((await here.as('dee')('list_workspaces')).items.map(({ role }: { role: string }) => role)).toEqual([
      'viewer',
      'viewer',
    ]);
  });
});

describe('deleting a workspace', () => {
  test('its owners delete it, and org admins by override; what lies in it is gone at once, for everyone, and its log stays (ORG-9, WS-1, DEC-5, 004-5)', async () => {
    const here = await premises(told);
    for (const who of ['bo', 'cy', 'gus'])
      expect(await here.as(who)('delete_workspace', { id: 'growth' }), who).toMatchObject(code('permission_denied'));
    expect(await here.as('root')('delete_workspace', { id: here.id('growth') })).toMatchObject(code('not_found'));
    const ada = here.as('ada');
    const { preview, confirm } = await ada('delete_workspace', { id: 'growth' });
    expect(preview).toMatchObject({ from: { name: 'growth', deleted: false }, to: { deleted: true } });
    expect(JSON.stringify(preview.loses)).toContain(here.id('plan'));
    expect(JSON.stringify(preview), 'of what the caller can open').not.toContain(here.id('draft'));
    expect(await here.as('cy')('open_workflow', { id: here.id('draft') })).toMatchObject({ access: 'owner' });
    const done = await ada('delete_workspace', { id: 'growth', confirm });
    expect(done).toEqual({ id: here.id('growth'), deleted: true, restorable_until: expect.stringMatching(/Z$/) });
    const days = (Date.parse(done.restorable_until) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);

    for (const [who, how] of [
      ['cy', {}],
      ['root', scoped],
    ] as const) {
      const call = here.as(who, how);
      expect(await call('open_workflow', { id: here.id('draft') }), who).toMatchObject(code('not_found'));
      expect((await call('list_workflows')).items).toEqual([]);
      expect(JSON.stringify(await call('list_workspaces'))).not.toContain('growth');
      expect(await call('list_projects', { project: here.id('pool') })).toMatchObject(code('not_found'));
      expect(await call('update_workspace', { id: here.id('growth'), name: 'x' })).toMatchObject(code('not_found'));
      expect(await call('create_workflow', { name: 'n', document: {}, workspace: 'growth' })).toMatchObject(
        code('not_found'),
      );
    }
    const log = await here.sql(`select action from activity where workspace_id = $1 and action = 'workspace.delete'`, [
      here.uuid('growth'),
    ]);
    expect(log.length).toBeGreaterThan(0);
  });

  test('for 30 days whoever may delete it brings it back, as it was (ORG-9)', async () => {
    const here = await premises(told);
    const bo = here.as('bo');
    expect(await bo('list_workspaces', { deleted: true })).toMatchObject({
      items: [{ id: here.id('attic'), name: 'attic', restorable_until: expect.any(String) }],
      total: 1,
    });
    for (const who of ['dee', 'cy', 'root'])
      for (const id of ['attic', here.id('attic')]) {
        expect(await here.as(who)('list_workspaces', { deleted: true })).toMatchObject({ items: [] });
        expect(await here.as(who)('update_workspace', { id, restore: true }), who).toMatchObject(code('not_found'));
      }
    expect(await bo('update_workspace', { id: 'attic', restore: true, name: 'x' })).toMatchObject(
      code('invalid_argument'),
    );
    expect(await bo('update_workspace', { id: 'growth', restore: true }), 'nor what is not deleted').toMatchObject(
      code('not_found'),
    );
    expect(await bo('update_workspace', { id: 'Attic', restore: true })).toEqual({
      id: here.id('attic'),
      name: 'attic',
      take_back: 'sharer',
      role: 'owner',
      via: 'member',
    });
    expect(await here.as('cy')('open_workflow', { id: here.id('old') })).toMatchObject({ via: 'grant' });
    expect(await here.as('dee')('list_workspaces')).toMatchObject({ total: 2 });
  });

  test('after 30 days it does not come back; with override an org admin brings back any until then (ORG-6, ORG-9)', async () => {
    const here = await premises(told);
    const root = here.as('root', scoped);
    const age = (time: string) =>
      here.sql(`update workspace set deleted_at = now() - $1::interval where id = $2`, [time, here.uuid('attic')]);
    await age('30 days 1 second');
    for (const call of [root, here.as('bo')]) {
      expect(await call('update_workspace', { id: here.id('attic'), restore: true })).toMatchObject(code('not_found'));
      expect(await call('list_workspaces', { deleted: true })).toMatchObject({ items: [], total: 0 });
    }
    await age('29 days 23 hours');
    expect(await root('update_workspace', { id: 'attic', restore: true })).toMatchObject({ name: 'attic' });
  });
});
