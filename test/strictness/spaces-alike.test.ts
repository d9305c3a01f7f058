import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { office, saidOf } from '../support/office.ts';

const here = await office({
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', gus: 'guest', hal: 'guest', zed: 'member' },
  workspaces: {
    growth: { ada: 'owner', bo: 'admin', gus: 'viewer' },
    finance: { ada: 'owner', zed: 'viewer', hal: 'viewer' },
    attic: { ada: 'owner', bo: 'admin' },
  },
  deletedWorkspaces: ['attic'],
  groups: { secret: { ada: 'owner' }, mine: { bo: 'owner' }, gone: { bo: 'owner' } },
  teams: { vault: { ada: 'manager' }, crew: { bo: 'manager' }, past: { bo: 'manager' } },
  closed: ['secret', 'mine', 'vault', 'crew'],
  projects: {
    books: { in: 'finance', people: { zed: 'viewer' } },
    ledger: { in: 'finance' },
    loft: { in: 'attic' },
    spring: { in: 'growth', people: { gus: 'editor' } },
  },
});
await here.sql(`update "group" set deleted_at = now() where id = $1`, [here.uuid('gone')]);
await here.sql(`update team set deleted_at = now() where id = $1`, [here.uuid('past')]);
const elsewhere = await office({
  people: { zed: 'admin' },
  workspaces: { abbey: { zed: 'owner' } },
  groups: { theirs: { zed: 'owner' } },
  teams: { foreign: { zed: 'manager' } },
  projects: { abroad: { in: 'abbey' } },
});

const scopes = ['read', 'write', 'share', 'admin'] as const;
const query = 'toolsets=groups,spaces,sharing';
const seats = {
  bo: await here.seated(await here.key('bo', { scopes }), query),
  gus: await here.seated(await here.key('gus', { scopes }), query),
};
const said = async (who: keyof typeof seats, name: string, args: Record<string, unknown>, named: string) =>
  (await seats[who].said(name, args)).replaceAll(named, 'NAMED');

type Noun = 'group' | 'team' | 'project' | 'workspace';
/** Whatever bo does not find, by id and by name. */
const hidden: Record<Noun, readonly (readonly [what: string, id: string, name: string])[]> = {
  group: [
    ['private, without bo', here.id('secret'), 'secret'],
    ['deleted', here.id('gone'), 'gone'],
    ['of another organization', elsewhere.id('theirs'), 'theirs'],
  ],
  team: [
    ['locked, without bo', here.id('vault'), 'vault'],
    ['deleted', here.id('past'), 'past'],
    ['of another organization', elsewhere.id('foreign'), 'foreign'],
  ],
  project: [
    ['restricted, of another workspace', here.id('books'), 'books'],
    ['open, of another workspace', here.id('ledger'), 'ledger'],
    ['of a deleted workspace', here.id('loft'), 'loft'],
    ['of another organization', elsewhere.id('abroad'), 'abroad'],
  ],
  workspace: [
    ['without bo', here.id('finance'), 'finance'],
    ['deleted', here.id('attic'), 'attic'],
    ['of another organization', elsewhere.id('abbey'), 'abbey'],
  ],
};

/** Every tool that names one of them, with arguments that would do if it were there. */
const calls: [name: string, noun: Noun, args: (named: string) => Record<string, unknown>][] = [
  ['get_group', 'group', (id) => ({ id })],
  ['update_group', 'group', (id) => ({ id, name: 'x' })],
  ['update_group_members', 'group', (id) => ({ id, set: [{ person: 'cy@acme.test' }] })],
  ['update_group_members', 'group', (id) => ({ id, set: [{ person: 'cy@acme.test', role: 'owner' }] })],
  ['update_group_members', 'group', (id) => ({ id, remove: ['bo@acme.test'] })],
  ['update_group_members', 'group', (id) => ({ id, remove: ['nobody@nowhere.test'], confirm: 'x' })],
  ['delete_group', 'group', (id) => ({ id })],
  ['list_teams', 'team', (team) => ({ team })],
  ['update_team', 'team', (id) => ({ id, visibility: 'public' })],
  ['update_team_members', 'team', (id) => ({ id, set: [{ person: 'cy@acme.test' }] })],
  ['update_team_members', 'team', (id) => ({ id, set: [{ person: 'bo@acme.test' }] })],
  ['update_team_members', 'team', (id) => ({ id, remove: ['bo@acme.test'] })],
  ['delete_team', 'team', (id) => ({ id })],
  ['list_projects', 'project', (project) => ({ project })],
  ['update_project', 'project', (id) => ({ id, mode: 'open' })],
  ['update_project_members', 'project', (id) => ({ id, set: [{ with: 'person:ada@acme.test', role: 'viewer' }] })],
  ['update_workspace', 'workspace', (id) => ({ id, name: 'x' })],
  ['update_workspace', 'workspace', (id) => ({ id, take_back: 'any_editor' })],
  ['update_workspace', 'workspace', (id) => ({ id, restore: true })],
  ['delete_workspace', 'workspace', (id) => ({ id })],
  ['create_project', 'workspace', (workspace) => ({ name: 'x', workspace })],
  ['list_projects', 'workspace', (workspace) => ({ workspace })],
];

test.each(calls)(
  '%s: a hidden %s and a missing one give the same bytes but for what was named, by id and by name (EXT-2, EXT-12, DIR-1)',
  async (name, noun, args) => {
    const none = outside(noun, newId());
    const answer = (named: string) => said('bo', name, args(named), named || 'NAMED');
    const [missing, unknown, byId, byName, wrong] = await Promise.all([
      answer(none),
      answer('no such name'),
      saidOf(Object.fromEntries(hidden[noun].map(([what, id]) => [what, id])), answer),
      saidOf(Object.fromEntries(hidden[noun].map(([what, , called]) => [what, called])), answer),
      saidOf({ 'of a person': here.id('bo'), 'no id': 'nonsense', capitals: none.toUpperCase(), nothing: '' }, answer),
    ]);
    if (name !== 'list_projects' || noun === 'project') expect(missing).toContain('not_found');
    for (const [what, it] of byId) expect(it, what).toBe(missing);
    for (const [what, it] of byName) expect(it, `${what}, by name`).toBe(unknown);
    for (const [what, it] of wrong) expect(it.includes('not_found'), what).toBe(missing.includes('not_found'));
  },
);

test.each([
  ['list_groups', {}],
  ['list_teams', {}],
  ['list_projects', {}],
  ['list_workspaces', {}],
  ['list_workspaces', { deleted: true }],
])('%s %o holds nothing of what is hidden, and no count of it (EXT-1)', async (name, args) => {
  for (const who of ['bo', 'gus'] as const) {
    const answer = await said(who, name, args, 'NAMED');
    for (const [, id, called] of Object.values(hidden).flat()) {
      expect(answer).not.toContain(id);
      expect(answer).not.toContain(`"${called}"`);
    }
  }
});

test.each<[string, (named: string) => Record<string, unknown>, string, string]>([
  ['update_group_members', (it) => ({ id: 'mine', set: [{ person: it }] }), 'hal@acme.test', 'no@acme.test'],
  ['update_group_members', (it) => ({ id: 'mine', remove: [it] }), here.id('hal'), outside('person', newId())],
  ['update_team_members', (it) => ({ id: 'crew', set: [{ person: it }] }), here.id('hal'), outside('person', newId())],
  [
    'update_team_members',
    (it) => ({ id: 'crew', set: [{ person: it }] }),
    elsewhere.id('zed'),
    outside('person', newId()),
  ],
  [
    'update_project_members',
    (it) => ({ id: 'spring', set: [{ with: `person:${it}`, role: 'viewer' }] }),
    'hal@acme.test',
    'no@acme.test',
  ],
  [
    'update_project_members',
    (it) => ({ id: 'spring', set: [{ with: `team:${it}`, role: 'viewer' }] }),
    'vault',
    'none',
  ],
  [
    'update_project_members',
    (it) => ({ id: 'spring', remove: [`team:${it}`] }),
    here.id('vault'),
    outside('team', newId()),
  ],
])(
  '%s: whoever the caller does not find answers like nobody (DIR-1, TEAM-3, EXT-12)',
  async (name, args, unseen, unknown) => {
    const [missing, seen] = await Promise.all([unknown, unseen].map((it) => said('bo', name, args(it), it)));
    expect(missing).toContain('not_found');
    expect(seen).toBe(missing);
  },
);

test('a workspace that the key is cut from is missing, one’s own too; what is in it is not listed (EXT-4)', async () => {
  const cut = await here.seated(await here.key('ada', { scopes, workspaces: ['growth'] }), query);
  for (const [name, args, named] of [
    ['update_workspace', { id: here.id('finance'), name: 'x' }, here.id('finance')],
    ['delete_workspace', { id: here.id('finance') }, here.id('finance')],
    ['update_workspace', { id: here.id('attic'), restore: true }, here.id('attic')],
    ['update_project', { id: here.id('ledger'), name: 'x' }, here.id('ledger')],
    ['list_projects', { project: here.id('books') }, here.id('books')],
  ] as const)
    expect(await cut.call(name, args), `${name} ${named}`).toMatchObject({ error: { code: 'not_found' } });
  expect(JSON.stringify(await cut.call('list_projects'))).not.toContain('ledger');
  expect(await cut.call('list_workspaces', { deleted: true })).toMatchObject({ items: [] });
});
