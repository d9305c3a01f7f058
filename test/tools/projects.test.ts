import { describe, expect, test } from 'vitest';
import { confirmed, walked } from '../support/office.ts';
import { premises } from '../support/premises.ts';

const code = (it: string) => ({ error: { code: it } });
const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', gus: 'guest', fin: 'member' },
  workspaces: {
    growth: { ada: 'owner', bo: 'admin', cy: 'creator', dee: 'viewer', gus: 'viewer', night: 'viewer' },
    finance: { ada: 'owner', fin: 'creator' },
  },
  teams: { night: ['fin'], hush: ['cy'] },
  closed: ['hush'],
  projects: {
    spring: { in: 'growth', people: { cy: 'editor', gus: 'viewer' } },
    pool: { in: 'growth' },
    books: { in: 'finance', people: { fin: 'viewer' } },
  },
  workflows: {
    open: { in: 'growth', owner: 'ada', visibility: 'everyone', project: 'spring' },
    shut: { in: 'growth', owner: 'ada', project: 'spring' },
    lent: { in: 'growth', owner: 'ada', project: 'spring', grants: { dee: 'viewer' } },
    free: { in: 'growth', owner: 'ada', visibility: 'everyone', project: 'pool' },
  },
} as const;
const names = ({ items }: Record<string, readonly { name: string }[]>) => (items ?? []).map(({ name }) => name).sort();
const scoped = { scopes: ['read', 'write', 'admin', 'override'] } as const;

describe('who sees a project', () => {
  test('an open one the whole workspace, a restricted one its people and those who run the workspace (WS-7)', async () => {
    const here = await premises(told);
    const seen = async (who: string, how = {}) =>
      (await walked(here.as(who, how), 'list_projects', { limit: 1 })).all.map(({ name }) => name);
    expect(await seen('cy')).toEqual(['pool', 'spring']);
    expect(await seen('gus')).toEqual(['pool', 'spring']);
    expect(await seen('dee'), 'a grant opens what lies in it without naming it').toEqual(['pool']);
    expect(await seen('bo')).toEqual(['pool', 'spring']);
    expect(await seen('fin')).toEqual(['books', 'pool']);
    expect(await seen('root')).toEqual([]);
    expect(await seen('root', scoped)).toEqual(['books', 'pool', 'spring']);
    expect(await seen('ada', { workspaces: ['finance'] })).toEqual(['books']);
    expect(names(await here.as('ada')('list_projects', { workspace: 'Growth' }))).toEqual(['pool', 'spring']);
    expect(await here.as('dee')('open_workflow', { id: here.id('lent') })).not.toHaveProperty('project');
  });

  test('one names it by id or name; who is in it is listed, locked teams without their name (WS-7, TEAM-3, DIR-1)', async () => {
    const here = await premises({
      ...told,
      projects: {
        ...told.projects,
        spring: { in: 'growth', people: { cy: 'editor', night: 'viewer', hush: 'viewer' } },
      },
    });
    const { items, members } = await here.as('bo')('list_projects', { project: 'Spring' });
    expect(items).toEqual([
      { id: here.id('spring'), name: 'spring', workspace: here.id('growth'), mode: 'restricted' },
    ]);
    expect(members).toEqual([
      { id: here.id('cy'), with: 'person:cy@acme.test', role: 'editor' },
      { with: 'a locked team', role: 'viewer' },
      { id: here.id('night'), with: 'team:night', role: 'viewer' },
    ]);
    expect(
      (await walked(here.as('cy'), 'list_projects', { project: here.id('spring'), limit: 1 }, 'members')).all,
    ).toEqual([
      { id: here.id('cy'), with: 'person:cy@acme.test', role: 'editor' },
      { id: here.id('hush'), with: 'team:hush', role: 'viewer' },
      { id: here.id('night'), with: 'team:night', role: 'viewer' },
    ]);
    for (const project of ['spring', here.id('spring')])
      expect(await here.as('dee')('list_projects', { project })).toMatchObject(code('not_found'));
  });
});

describe('what being in a project gives', () => {
  test('by its whole name also among many whose names hold that (section 14)', async () => {
    const here = await premises(told);
    await here.sql(
      `insert into project (organization_id, id, workspace_id, name, mode)
       select $1, gen_random_uuid(), $2, n || ' spring', 'open' from generate_series(1, 60) n`,
      [here.organization, here.uuid('growth')],
    );
    const found = await here.as('ada')('list_projects', { project: 'SPRING' });
    expect(found.items).toMatchObject([{ id: here.id('spring') }]);
    expect(await here.as('cy')('list_projects', { project: '7 spring' })).toMatchObject({ items: [{ mode: 'open' }] });
  });

  test('a creator who is in the project is still locked out of what is private or shared in it; who is not sees nothing by everyone (WS-7, 001-29, 001-30)', async () => {
    const here = await premises(told);
    expect(names(await here.as('cy')('list_workflows'))).toEqual(['free', 'open']);
    for (const name of ['shut', 'lent'])
      expect(await here.as('cy')('open_workflow', { id: here.id(name) }), name).toMatchObject(code('not_found'));
    expect(names(await here.as('dee')('list_workflows'))).toEqual(['free', 'lent']);
    expect(names(await here.as('bo')('list_workflows')), 'nor does running it open anything').toEqual(['free']);
    expect(await here.as('cy')('open_workflow', { id: here.id('open') })).toMatchObject({ access: 'editor' });
    await here.sql(`insert into capability_switch values ($1, $2, $3, 'flows_manager', true)`, [
      here.organization,
      here.uuid('gus'),
      here.uuid('growth'),
    ]);
    expect(await here.as('gus')('open_workflow', { id: here.id('open') }), 'a viewer of it is capped').toMatchObject({
      access: 'viewer',
    });
    expect(await here.as('gus')('open_workflow', { id: here.id('free') })).toMatchObject({ access: 'editor' });
  });

  test('through a team one is in it as through oneself; the higher of the two roles counts (TEAM-5, WS-7)', async () => {
    const here = await premises(told);
    const fin = here.as('fin');
    expect(names(await fin('list_workflows'))).toEqual(['free']);
    const ada = here.as('ada');
    const set = [{ with: 'team:Night', role: 'viewer' }];
    const { preview, confirm } = await ada('update_project_members', { id: 'spring', set });
    expect(preview).toMatchObject({ from: {}, to: { 'team:night': 'viewer' } });
    for (const what of ['fin@acme.test', here.id('open')]) expect(JSON.stringify(preview.gains)).toContain(what);
    expect(await ada('update_project_members', { id: 'spring', set, confirm })).toMatchObject({
      id: here.id('spring'),
      changed: 1,
    });
    expect(names(await fin('list_workflows'))).toEqual(['free', 'open']);
    const raise = { id: 'spring', set: [{ with: 'person:fin@acme.test', role: 'editor' }] };
    expect(await confirmed(ada, 'update_project_members', raise)).toMatchObject({ changed: 1 });
    expect(await fin('list_projects', { project: 'spring' })).toMatchObject({ items: [{ role: 'editor' }] });
    const out = { id: 'spring', remove: ['person:fin@acme.test', `team:${here.id('night')}`] };
    expect(await confirmed(ada, 'update_project_members', out)).toMatchObject({ changed: 2 });
    expect(names(await fin('list_workflows'))).toEqual(['free']);
    expect(await fin('open_workflow', { id: here.id('open') })).toMatchObject(code('not_found'));
  });
});

describe('making and changing a project', () => {
  test('those who run the workspace make it, in the one named or the only one, and are in it (WS-7, 003-1)', async () => {
    const here = await premises(told);
    expect(await here.as('bo')('create_project', { name: 'Autumn', mode: 'restricted', description: 'Falls' })).toEqual(
      {
        id: expect.stringMatching(/^prj_/),
        name: 'Autumn',
        description: 'Falls',
        workspace: here.id('growth'),
        mode: 'restricted',
        role: 'editor',
      },
    );
    const { error } = await here.as('ada')('create_project', { name: 'x' });
    expect(error).toMatchObject({ code: 'invalid_argument' });
    expect(error.candidates).toHaveLength(2);
    expect(await here.as('ada')('create_project', { name: 'Open', workspace: 'finance' })).toMatchObject({
      workspace: here.id('finance'),
      mode: 'open',
    });
    for (const who of ['cy', 'dee', 'gus'])
      expect(await here.as(who)('create_project', { name: 'x', workspace: 'growth' }), who).toMatchObject(
        code('permission_denied'),
      );
    expect(await here.as('fin')('create_project', { name: 'x', workspace: here.id('growth') })).toMatchObject(
      code('permission_denied'),
    );
    expect(await here.as('root')('create_project', { name: 'x', workspace: here.id('growth') })).toMatchObject(
      code('not_found'),
    );
    expect(await here.as('root', scoped)('create_project', { name: 'x', workspace: here.id('growth') })).toMatchObject({
      name: 'x',
    });
  });

  test('restricting it shuts out who is not in it at once, opening it lets the workspace in, requests included (WS-7, REQ-6)', async () => {
    const here = await premises({ ...told, requests: { ask: { by: 'dee', for: 'open', level: 'viewer' } } });
    const ada = here.as('ada');
    expect(await ada('update_project', { id: 'pool', mode: 'restricted', name: 'Deep end' })).toMatchObject({
      name: 'Deep end',
      mode: 'restricted',
    });
    expect(names(await here.as('dee')('list_workflows'))).toEqual(['lent']);
    expect(await here.as('dee')('open_workflow', { id: here.id('free') })).toMatchObject(code('not_found'));
    expect(await ada('update_project', { id: here.id('spring'), mode: 'open' })).toMatchObject({ mode: 'open' });
    expect(names(await here.as('dee')('list_workflows'))).toEqual(['lent', 'open']);
    expect(await here.sql('select status from access_request where id = $1', [here.uuid('ask')])).toEqual([
      { status: 'approved' },
    ]);
    for (const who of ['cy', 'gus', 'dee'])
      expect(await here.as(who)('update_project', { id: 'spring', mode: 'restricted' }), who).toMatchObject(
        code('permission_denied'),
      );
    expect(await here.as('dee')('update_project', { id: here.id('pool'), name: 'x' })).toMatchObject(code('not_found'));
  });

  test('what is made in it while it is being restricted is restricted, too (WS-7)', async () => {
    const here = await premises(told);
    const sessions = { ada: await here.session('ada'), cy: await here.session('cy') };
    const { operations } = await import('../../src/workspace/operations.ts');
    for (const mode of ['restricted', 'open', 'restricted', 'open'] as const) {
      await Promise.allSettled([
        ...[1, 2, 3].map((i) =>
          sessions.cy.perform(operations.create_workflow, {
            name: `${mode} ${i}`,
            document: {},
            workspace: here.id('growth'),
            project: here.id('pool'),
          }),
        ),
        sessions.ada.perform(operations.update_project, { id: here.id('pool'), mode }),
      ]);
      const wrong = await here.sql(
        `select from resource r join project p on p.id = r.project_id where p.id = $1
         and r.restricted_to is distinct from case p.mode when 'restricted' then p.id end`,
        [here.uuid('pool')],
      );
      expect(wrong).toHaveLength(0);
    }
    const [made] = await here.sql(`select count(*)::int from resource where project_id = $1`, [here.uuid('pool')]);
    expect(made?.count).toBeGreaterThan(1);
  });
});
