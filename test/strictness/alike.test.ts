import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { kindNames } from '../../src/terms/kinds.ts';
import { office, saidOf, wire } from '../support/office.ts';

const here = await office({
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'guest' },
  workspaces: {
    growth: { ada: 'owner', bo: 'creator', cy: 'viewer' },
    finance: { ada: 'owner' },
    closed: { ada: 'owner', bo: 'creator' },
  },
  deletedWorkspaces: ['closed'],
  projects: { vault: { in: 'growth', people: { ada: 'editor' } } },
  workflows: {
    draft: { in: 'growth', owner: 'ada' },
    lent: { in: 'growth', owner: 'ada', grants: { root: 'editor' } },
    over: { in: 'growth', owner: 'ada', grants: { bo: { level: 'editor', until: new Date(Date.now() - 1000) } } },
    ledger: { in: 'finance', owner: 'ada', visibility: 'everyone' },
    gated: { in: 'growth', owner: 'ada', visibility: 'everyone', project: 'vault' },
    trashed: { in: 'growth', owner: 'ada', grants: { bo: 'editor' }, binned: true },
    lost: { in: 'closed', owner: 'bo' },
    mine: { in: 'growth', owner: 'bo' },
  },
  resources: { helper: { kind: 'assistant', in: 'growth', owner: 'ada' } },
  requests: { theirs: { by: 'root', for: 'draft' } },
});
const elsewhere = await office({
  people: { zed: 'admin' },
  workspaces: { there: { zed: 'owner' } },
  workflows: { foreign: { in: 'there', owner: 'zed', visibility: 'everyone' } },
});

const past = outside('workflow', newId());
const hidden: Record<string, string> = {
  'private, of a colleague': here.id('draft'),
  'shared with others': here.id('lent'),
  'whose grant is over': here.id('over'),
  'of another workspace': here.id('ledger'),
  'everyone’s, in a restricted project': here.id('gated'),
  'in another’s bin': here.id('trashed'),
  'one’s own, in a workspace that is closed': here.id('lost'),
  'of another organization': elsewhere.id('foreign'),
};

/** Every tool that takes the id of a resource, with arguments that would do if it were there. */
const calls: Record<string, Record<string, unknown>> = {
  open_workflow: { include: ['document'], at: ['/note'] },
  edit_workflow: { revision: 7, patch: [{ op: 'replace', path: '/nowhere', value: 1 }] },
  delete_workflow: {},
  list_revisions: { compare: { from: 1, to: 99 } },
  restore_revision: { restore: 99, revision: 99 },
  restore_workflow: {},
  get_access: {},
  explain_access: {},
  share_resource: { with: 'person:nobody@nowhere.test', role: 'editor' },
  unshare_resource: { with: 'person:bo@acme.test' },
  set_visibility: { visibility: 'everyone' },
  transfer_ownership: { to: 'nobody@nowhere.test' },
  open_resource: { include: ['document'], at: ['/note'] },
  edit_resource: { revision: 7, patch: [{ op: 'replace', path: '/nowhere', value: 1 }] },
  delete_resource: {},
  restore_resource: {},
};

const query = 'toolsets=workflows,sharing,resources';
const seat = await here.seated(await here.key('bo'), query);
/** What a call is answered, but for the id that it named. */
const saidTo = (it: typeof seat) => async (name: string, args: Record<string, unknown>, id: string) =>
  (await it.said(name, args)).replaceAll(id, 'ID');
const said = saidTo(seat);

test.each(Object.keys(calls))(
  '%s: hidden and missing give the same bytes but for the id, of whatever is hidden (EXT-2, 001-34) (security 21)',
  async (name) => {
    const answer = (id: string) => said(name, { id, ...calls[name] }, id);
    const [missing, seen] = await Promise.all([answer(past), saidOf(hidden, answer)]);
    expect(missing).toContain('not_found');
    for (const [what, it] of seen) expect(it, what).toBe(missing);
  },
);

test('an id of another kind, of a person, or of nothing is missing as well, under any tool (EXT-12, section 14)', async () => {
  const others = {
    'of a person': outside('person', here.uuid('ada')),
    'of a project': here.id('vault'),
    short: 'wf_short',
    'no id': 'nonsense',
    'in capitals': past.toUpperCase(),
  };
  for (const name of Object.keys(calls)) {
    const answer = (id: string) => said(name, { id, ...calls[name] }, id);
    const [missing, seen] = await Promise.all([answer(past), saidOf(others, answer)]);
    for (const [what, it] of seen) expect(it, `${name} ${what}`).toBe(missing);
  }
  const assistant = here.id('helper');
  expect(await said('open_workflow', { id: assistant }, assistant)).toBe(
    await said('open_workflow', { id: past }, past),
  );
});

test.each(kindNames)(
  '%s: hidden and missing give the same bytes but for the id, in another’s hands, workspace, bin and organization (EXT-2, OWN-4)',
  async (kind) => {
    const told = {
      people: { ada: 'member', bo: 'member' },
      workspaces: { growth: { ada: 'owner', bo: 'creator' }, finance: { ada: 'owner' } },
      resources: {
        draft: { kind, in: 'growth', owner: 'ada' },
        ledger: { kind, in: 'finance', owner: 'ada', visibility: 'everyone' },
        trashed: { kind, in: 'growth', owner: 'ada', grants: { bo: 'editor' }, binned: true },
      },
    } as const;
    const [it, other] = [await office(told), await office(told)];
    const bo = saidTo(await it.seated(await it.key('bo'), query));
    const none = outside(kind, newId());
    const unseen = {
      'in another’s hands': it.id('draft'),
      'of another workspace': it.id('ledger'),
      'in another’s bin': it.id('trashed'),
      'of another organization': other.id('draft'),
    };
    for (const name of Object.keys(calls)) {
      const answer = (id: string) => bo(name, { ...calls[name], id }, id);
      const [missing, seen] = await Promise.all([answer(none), saidOf(unseen, answer)]);
      expect(missing).toContain('not_found');
      for (const [what, said] of seen) expect(said, `${name} ${what}`).toBe(missing);
    }
  },
);

test('a resource in a workspace that the key is cut from is missing, one’s own too (EXT-2, EXT-4)', async () => {
  const answer = saidTo(await here.seated(await here.key('bo', { workspaces: ['finance'] }), query));
  const mine = here.id('mine');
  const [cut, none] = await Promise.all(
    [mine, past].map((id) =>
      saidOf(Object.fromEntries(Object.keys(calls).map((name) => [name, name])), (name) =>
        answer(name, { id, ...calls[name] }, id),
      ),
    ),
  );
  expect(cut).toEqual(none);
});

test('what an admin of organization or workspace could open in the Studio is missing here without override (EXT-3, 001-31, 001-33)', async () => {
  const answer = saidTo(await here.seated(await here.key('root')));
  const missing = await answer('open_workflow', { id: past }, past);
  for (const name of ['draft', 'ledger', 'gated']) {
    const id = here.id(name);
    expect(await answer('open_workflow', { id }, id)).toBe(missing);
    expect(await here.as('root', { scopes: ['read', 'override'] })('open_workflow', { id })).toMatchObject({
      id,
      via: 'override',
    });
  }
});

test('as a resource, too, hidden and missing give the same bytes but for the id (EXT-2)', async () => {
  const read = async (id: string) => {
    const asked = () => expect(seat.client.readResource({ uri: `postern://workflow/${id}` })).rejects.toThrow();
    return (await wire(asked)).replaceAll(id, 'ID');
  };
  const [missing, seen] = await Promise.all([read(past), saidOf(hidden, read)]);
  expect(missing).toContain('error');
  for (const [what, it] of seen) expect(it, what).toBe(missing);
});

test('a request of others and one that never was give the same bytes, to decide and to cancel (EXT-2, EXT-12)', async () => {
  const [theirs, none] = [here.id('theirs'), outside('request', newId())];
  for (const [name, args] of [
    ['cancel_access_request', (id: string) => ({ id })],
    ['decide_access_requests', (id: string) => ({ decisions: [{ id, decision: 'approve', note: 'no' }] })],
  ] as const) {
    const missing = await said(name, args(none), none);
    expect(missing).toContain('not_found');
    expect(await said(name, args(theirs), theirs)).toBe(missing);
    const wrong = outside('workflow', here.uuid('mine'));
    expect(await said(name, args(wrong), wrong), 'a wrong prefix').toBe(missing);
  }
});

test('people, groups and teams that the caller does not find answer like unknown ones, wherever they are named (EXT-12, DIR-1)', async () => {
  const it = await office({
    people: { ada: 'admin', gus: 'guest', bo: 'member', cy: 'member' },
    workspaces: { growth: { gus: 'creator' } },
    groups: { secret: ['cy'] },
    teams: { locked: ['cy'] },
    closed: ['secret', 'locked'],
    workflows: { own: { in: 'growth', owner: 'gus' }, bos: { in: 'growth', owner: 'gus' } },
  });
  const guest = await it.seated(await it.key('gus'));
  const answer = async (name: string, args: Record<string, unknown>, named: string) =>
    (await guest.said(name, { id: it.id('own'), ...args })).replaceAll(named, 'NAME');
  const pairs: [string, (named: string) => Record<string, unknown>, string, string][] = [
    ['share_resource', (it) => ({ with: `person:${it}`, role: 'viewer' }), 'bo@acme.test', 'nobody@acme.test'],
    ['share_resource', (it) => ({ with: `group:${it}`, role: 'viewer' }), 'secret', 'none'],
    ['share_resource', (it) => ({ with: `group:${it}`, role: 'viewer' }), it.id('secret'), outside('group', newId())],
    ['share_resource', (it) => ({ with: `team:${it}`, role: 'viewer' }), 'locked', 'none'],
    ['unshare_resource', (it) => ({ with: `team:${it}` }), it.id('locked'), outside('team', newId())],
    ['explain_access', (it) => ({ person: it }), 'bo@acme.test', 'nobody@acme.test'],
    ['transfer_ownership', (it) => ({ to: it }), it.id('bo'), outside('person', newId())],
  ];
  for (const [name, args, unseen, unknown] of pairs) {
    const [missing, seen] = await Promise.all([unknown, unseen].map((named) => answer(name, args(named), named)));
    expect(missing).toContain('not_found');
    expect(seen, `${name} ${unseen}`).toBe(missing);
  }
});

test('workspaces and projects out of sight answer like those that never were, in create_workflow and list_workflows (EXT-12, WS-7)', async () => {
  const it = await office({
    people: { ada: 'admin', bo: 'member' },
    workspaces: { growth: { ada: 'owner', bo: 'creator' }, finance: { ada: 'owner' } },
    projects: { vault: { in: 'growth', people: { ada: 'editor' } }, books: { in: 'finance' }, pool: { in: 'growth' } },
    workflows: { lent: { in: 'growth', owner: 'ada', project: 'vault', grants: { bo: 'viewer' } } },
  });
  const bo = await it.seated(await it.key('bo'));
  const answer = saidTo(bo);
  const fresh = { name: 'n', document: {} };
  for (const [noun, unseen] of [
    ['workspace', ['finance']],
    ['project', ['vault', 'books']],
  ] as const) {
    const none = outside(noun, newId());
    const [created, listed] = [
      await answer('create_workflow', { ...fresh, [noun]: none }, none),
      await answer('list_workflows', { [noun]: none }, none),
    ];
    expect(created).toContain('not_found');
    for (const id of unseen.map(it.id)) {
      expect(await answer('create_workflow', { ...fresh, [noun]: id }, id)).toBe(created);
      expect(await answer('list_workflows', { [noun]: id }, id)).toBe(listed);
    }
  }
  expect(
    await bo.call('open_workflow', { id: it.id('lent') }),
    'a grant opens it without naming the project',
  ).not.toHaveProperty('project');
  expect(await bo.call('create_workflow', { ...fresh, project: it.id('pool') })).toMatchObject({
    project: it.id('pool'),
  });
  expect(await it.as('ada')('open_workflow', { id: it.id('lent') })).toMatchObject({ project: it.id('vault') });
});
