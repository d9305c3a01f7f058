import { expect, test } from 'vitest';
import { policy } from '../../src/access/policy.ts';
import type { CredentialScope } from '../../src/terms/scopes.ts';
import { operations } from '../../src/workspace/operations.ts';
import { catalogue } from '../../tools/index.ts';
import { office } from '../support/office.ts';

const here = await office({
  people: { root: 'admin', ada: 'member', bo: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator' }, finance: { ada: 'owner', bo: 'creator' } },
  workflows: {
    plan: { in: 'growth', owner: 'bo' },
    books: { in: 'finance', owner: 'bo' },
    others: { in: 'growth', owner: 'ada' },
  },
});

/** As EXT-4 has them: the scopes are the rule here, and the policy must agree. */
const needs: Record<keyof typeof operations, CredentialScope | undefined> = {
  list_workflows: 'read',
  open_workflow: 'read',
  list_revisions: 'read',
  get_access: 'read',
  explain_access: 'read',
  list_access_requests: 'read',
  list_notifications: 'read',
  search_directory: 'read',
  create_workflow: 'write',
  edit_workflow: 'write',
  delete_workflow: 'write',
  restore_workflow: 'write',
  restore_revision: 'write',
  share_resource: 'share',
  unshare_resource: 'share',
  set_visibility: 'share',
  transfer_ownership: 'share',
  request_access: 'request',
  cancel_access_request: 'request',
  decide_access_requests: 'review',
  mark_notifications_read: undefined,
  list_resources: 'read',
  open_resource: 'read',
  create_resource: 'write',
  edit_resource: 'write',
  delete_resource: 'write',
  restore_resource: 'write',
  list_audience: 'audience',
  export_audience: 'audience',
  list_activity: 'audit',
  export_activity: 'audit',
  get_overview: 'audit',
  review_access: 'audit',
  simulate_access: 'audit',
  clean_up_access: 'audit',
  list_groups: 'read',
  get_group: 'read',
  list_workspaces: 'read',
  list_projects: 'read',
  list_teams: 'read',
  create_group: 'admin',
  update_group: 'admin',
  update_group_members: 'admin',
  delete_group: 'admin',
  create_workspace: 'admin',
  update_workspace: 'admin',
  delete_workspace: 'admin',
  create_project: 'admin',
  update_project: 'admin',
  update_project_members: 'admin',
  create_team: 'admin',
  update_team: 'admin',
  update_team_members: 'admin',
  delete_team: 'admin',
  list_members: 'read',
  get_member: 'read',
  list_connections: 'read',
  end_connection: 'write',
  list_invitations: 'read',
  invite_members: 'admin',
  update_invitation: 'admin',
  set_member_role: 'admin',
  set_member_capabilities: 'admin',
  remove_member: 'admin',
  get_organization: 'read',
  list_domains: 'read',
  update_organization: 'admin',
  claim_domain: 'admin',
  verify_domain: 'admin',
  set_member_status: 'admin',
  leave_organization: 'admin',
  whoami: undefined,
};
const everyToolset = `toolsets=${Object.keys(catalogue).join(',')}`;
const scopes = ['read', 'write', 'share', 'request', 'review', 'admin', 'audience', 'audit', 'override'] as const;

test.each(scopes)(
  'a key with the scope %s alone lists just the tools that it can ever use, whatever its person’s role (EXT-4, EXT-5)',
  async (scope) => {
    const expected = Object.entries(needs)
      .filter(([, needed]) => needed === undefined || needed === scope)
      .map(([name]) => name)
      .sort();
    for (const who of ['root', 'bo']) {
      const { client } = await here.seated(await here.key(who, { scopes: [scope] }), everyToolset);
      expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual(expected);
    }
  },
);

test.each(Object.entries(needs))(
  '%s takes its scope and no other does, not all the others together (EXT-4)',
  async (name, needed) => {
    const input: Record<string, unknown> = {
      decide_access_requests: { decisions: [{ id: 'x', decision: 'deny' }] },
      list_access_requests: { box: 'sent' },
      create_workflow: { name: 'n', document: {}, workspace: 'growth' },
      request_access: { id: here.id('others') },
      create_resource: { kind: 'assistant', name: 'n', document: { instructions: 'x' }, workspace: 'growth' },
      list_resources: {},
      list_audience: { workspace: 'growth' },
      export_audience: { workspace: 'growth', format: 'csv' },
      list_workflows: {},
      list_activity: {},
      export_activity: {},
      get_overview: {},
      list_notifications: {},
      mark_notifications_read: { ids: ['ntf_nothing'] },
      review_access: {},
      simulate_access: { change: 'delete_group', arguments: { id: 'nothing' } },
      clean_up_access: { items: [{ id: here.id('others'), do: 'make_private' }] },
      list_groups: {},
      list_workspaces: {},
      list_projects: {},
      list_teams: {},
      list_members: {},
      list_connections: {},
      list_invitations: {},
      invite_members: { emails: ['x@x.test'] },
      get_organization: {},
      list_domains: {},
      update_organization: { name: 'n' },
      claim_domain: { name: 'x.example' },
      verify_domain: { domain: 'x.example' },
      leave_organization: {},
      create_group: { name: 'n' },
      create_workspace: { name: 'n' },
      create_project: { name: 'n', workspace: 'growth' },
      create_team: { name: 'n' },
      whoami: {},
      search_directory: {},
    };
    const id = here.id('others');
    const args = input[name] ?? {
      id,
      ...(
        {
          edit_workflow: { revision: 1, name: 'x' },
          edit_resource: { revision: 1, name: 'x' },
          restore_revision: { restore: 1, revision: 1 },
          share_resource: { with: 'person:bo@acme.test', role: 'viewer' },
          unshare_resource: { with: 'person:ada@acme.test' },
          set_visibility: { visibility: 'everyone' },
          transfer_ownership: { to: 'ada@acme.test' },
          update_invitation: { do: 'revoke' },
          set_member_role: { role: 'guest' },
          set_member_capabilities: { workspace: 'growth', flows_manager: 'on' },
          set_member_status: { status: 'active' },
          update_group_members: { remove: ['ada@acme.test'] },
          update_team_members: { remove: ['ada@acme.test'] },
          update_project_members: { remove: ['person:ada@acme.test'] },
        } as Record<string, object>
      )[name],
    };
    const operation = operations[name as keyof typeof operations];
    const answer = async (those: readonly CredentialScope[]) =>
      (await here.session('bo', { scopes: those })).perform(operation, args).then(
        () => 'done',
        (refused) => refused.code,
      );
    if (needed) expect(await answer(scopes.filter((it) => it !== needed))).toBe('insufficient_scope');
    expect(await answer(needed ? [needed] : [])).not.toMatch(/insufficient_scope|invalid_argument|internal/);
  },
);

test('a key can do what its person can, cut down to its workspaces, and nothing more (EXT-4)', async () => {
  const cut = here.as('bo', { workspaces: ['finance'] });
  expect(await cut('list_workflows')).toMatchObject({ total: 1, items: [{ name: 'books' }] });
  expect(await cut('create_workflow', { name: 'n', document: {}, workspace: 'growth' })).toMatchObject({
    error: { code: 'not_found' },
  });
  expect(await cut('whoami')).toMatchObject({ workspaces: [{ name: 'finance' }] });
  const wide = here.as('ada', { workspaces: ['finance'], scopes: ['read', 'override'] });
  expect(await wide('list_workflows')).toMatchObject({ total: 1, items: [{ name: 'books', via: 'override' }] });
  expect(await wide('open_workflow', { id: here.id('plan') })).toMatchObject({ error: { code: 'not_found' } });
});

test('the override opens nothing to who has no such role (EXT-3, EXT-4)', async () => {
  expect(await here.as('bo', { scopes: [...scopes] })('open_workflow', { id: here.id('others') })).toMatchObject({
    error: { code: 'not_found' },
  });
  const { items } = await here.as('root', { scopes: [...scopes] })('list_workflows');
  expect(items.map((it: { name: string }) => it.name)).toEqual(expect.arrayContaining(['plan', 'books', 'others']));
  expect(await here.as('root')('list_workflows')).toMatchObject({ total: 0 });
});

/** What section 14 marks as reading. */
const isLook = (name: string) => /^(list|get|open|export|explain|search|review|simulate)_|^whoami$/.test(name);

test('a connection that only reads lists only what reads (section 14)', async () => {
  const { client } = await here.seated(await here.key('bo'), `${everyToolset}&read_only=true`);
  const names = (await client.listTools()).tools.map(({ name }) => name).sort();
  expect(names).toEqual(
    Object.keys(needs)
      .filter((name) => isLook(name))
      .sort(),
  );
});

test('no row of the policy that a tool stands on is the Studio’s alone (section 14)', () => {
  for (const operation of Object.values(operations)) {
    const actions = typeof operation.action === 'function' ? (operation.actions ?? []) : [operation.action];
    for (const action of actions) expect(policy[action]).not.toHaveProperty('only');
  }
});
