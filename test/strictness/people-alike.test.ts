import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { office } from '../support/office.ts';

const here = await office({
  people: {
    root: 'admin',
    ada: 'member',
    bo: 'member',
    cy: 'member',
    sue: { status: 'suspended' },
    rex: { status: 'removed' },
    gil: 'guest',
  },
  workspaces: {
    growth: { bo: 'admin', cy: 'viewer' },
    finance: { ada: 'owner', gil: 'viewer' },
    attic: { bo: 'owner' },
  },
  deletedWorkspaces: ['attic'],
  teams: { vault: ['ada'], crew: ['bo'] },
  closed: ['vault'],
  invitations: { letter: { by: 'ada', email: 'new@x.test' } },
  domains: { 'acme.example': { by: 'root', proof: 'told' } },
});
const elsewhere = await office({
  people: { zed: 'admin' },
  workspaces: { abbey: { zed: 'owner' } },
  teams: { foreign: ['zed'] },
  invitations: { theirs: { by: 'zed', email: 'out@x.test' } },
});
await here.sql('update person set can_invite = true where id = $1', [here.uuid('bo')]);
const query = 'toolsets=people,organization';
const bo = await here.seated(await here.key('bo'), query);
const root = await here.seated(await here.key('root'), query);

/** Whom bo does not find, by id and by email; the last never was. */
const people = [
  here.id('sue'),
  here.email('sue'),
  here.id('rex'),
  here.email('rex'),
  here.id('gil'),
  here.email('gil'),
  elsewhere.id('zed'),
  elsewhere.email('zed'),
  here.id('crew'),
  'nonsense',
];
const workspaces = [here.id('finance'), 'finance', here.id('attic'), 'attic', elsewhere.id('abbey'), 'abbey'];
const teams = [here.id('vault'), 'vault', elsewhere.id('foreign'), 'foreign'];
const invitations = [here.id('letter'), elsewhere.id('theirs'), outside('person', here.uuid('bo')), 'inv_short'];

test.each<[string, string, (named: string) => Record<string, unknown>, readonly string[]]>([
  ['get_member', 'a person', (id) => ({ id }), people],
  ['set_member_role', 'a person', (id) => ({ id, workspace: 'growth', role: 'viewer' }), people],
  ['set_member_capabilities', 'a person', (id) => ({ id, workspace: 'growth', flows_manager: 'on' }), people],
  ['remove_member', 'a person', (id) => ({ id, workspace: 'growth' }), people],
  ['remove_member', 'one of the organization', (id) => ({ id }), people],
  ['remove_member', 'a successor', (successor) => ({ id: 'cy@acme.test', workspace: 'growth', successor }), people],
  ['set_member_status', 'a person', (id) => ({ id, status: 'suspended' }), people],
  ['leave_organization', 'a successor', (successor) => ({ successor }), people],
  ['set_member_role', 'a workspace', (workspace) => ({ id: 'cy@acme.test', workspace, role: 'viewer' }), workspaces],
  [
    'set_member_capabilities',
    'a workspace',
    (workspace) => ({ id: 'cy@acme.test', workspace, flows_manager: 'on' }),
    workspaces,
  ],
  ['remove_member', 'a workspace', (workspace) => ({ id: 'cy@acme.test', workspace }), workspaces],
  ['remove_member', 'a workspace, oneself', (workspace) => ({ id: 'bo@acme.test', workspace }), workspaces],
  [
    'invite_members',
    'a workspace',
    (workspace) => ({ emails: ['x@x.test'], workspaces: [{ workspace, role: 'viewer' }] }),
    workspaces,
  ],
  ['list_domains', 'a workspace', (workspace) => ({ workspace }), workspaces],
  ['claim_domain', 'a workspace', (workspace) => ({ name: 'x.example', workspace }), workspaces],
  ['verify_domain', 'a workspace', (workspace) => ({ domain: 'x.example', workspace }), workspaces],
  ['list_members', 'a workspace', (workspace) => ({ workspace }), workspaces],
  ['list_members', 'a team', (team) => ({ team }), teams],
  ['set_member_role', 'a team', (team) => ({ id: `team:${team}`, workspace: 'growth', role: 'viewer' }), teams],
  ['remove_member', 'a team', (team) => ({ id: `team:${team}`, workspace: 'growth' }), teams],
  ['invite_members', 'a team', (team) => ({ emails: ['x@x.test'], teams: [{ team }] }), teams],
  ['update_invitation', 'an invitation', (id) => ({ id, do: 'revoke' }), invitations],
  ['update_invitation', 'an invitation', (id) => ({ id, do: 'resend' }), invitations],
])(
  '%s: %s that is out of sight and one that never was give the same bytes (EXT-2, EXT-12, DIR-1)',
  async (name, what, args, named) => {
    const said = async (it: string) => (await bo.said(name, args(it))).replaceAll(it, 'NAMED');
    const noun = what.includes('workspace')
      ? 'workspace'
      : what.includes('team')
        ? 'team'
        : what.includes('invitation')
          ? 'invitation'
          : 'person';
    const [missing = '', ...seen] = await Promise.all([outside(noun, newId()), ...named].map(said));
    if (name !== 'list_members') expect(missing).toMatch(/not_found|permission_denied/);
    else expect(missing).toContain('"items":[]');
    expect(seen).toEqual(named.map(() => missing));
  },
);

test('a domain of another organization, of a workspace and one that never was give the same bytes (EXT-12)', async () => {
  const said = async (domain: string) => (await root.said('verify_domain', { domain })).replaceAll(domain, 'NAMED');
  const there = await office({ people: { zed: 'admin' }, domains: { 'abbey.example': { by: 'zed', proof: 'told' } } });
  const unseen = [there.id('abbey.example'), outside('domain', newId()), here.id('bo'), 'dom_x'];
  const [missing, ...seen] = await Promise.all(['none.example', ...unseen].map(said));
  expect(missing).toContain('not_found');
  expect(seen).toEqual(unseen.map(() => missing));
});

test('what one’s invitation comes to does not tell whether the invited are there already, where one does not find them (DIR-1)', async () => {
  const one = async (email: string) => {
    const { outcomes } = await bo.call('invite_members', { emails: [email] });
    const { id: _, link, expires_at, ...rest } = outcomes[0];
    return { ...rest, email: '', link: typeof link, end: typeof expires_at };
  };
  const unknown = await one('nobody@acme.test');
  for (const email of [here.email('gil'), here.email('sue'), here.email('rex')])
    expect(await one(email), email).toEqual(unknown);
});
