/** What a call can name. `entity` is anything that the log tells of, `stranger` someone whom an admin does not find either. */
export type Noun =
  | 'workflow'
  | 'assistant'
  | 'entity'
  | 'person'
  | 'stranger'
  | 'group'
  | 'team'
  | 'workspace'
  | 'project'
  | 'request'
  | 'invitation'
  | 'notification'
  | 'domain'
  | 'key';

type Arguments = Record<string, unknown>;
export interface Case {
  readonly tool: string;
  readonly argument: string;
  readonly noun: Noun;
  /** Arguments that would do if what is named were there. */
  readonly args: (named: string) => Arguments;
  /** `fine` where nothing is refused: a list that is empty, something that is said of nothing. */
  readonly answers?: 'not_found' | 'fine';
  /** By id or name alone; by both where left out. */
  readonly by?: 'id' | 'name';
  /** Who calls, where that is not bo. */
  readonly who?: 'root';
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Every argument of a tool, those within others by their path. */
export const leaves = (schema: object, path = ''): string[] =>
  Object.entries((schema as Schema).properties ?? {}).flatMap(([name, it]) => {
    const within = leaves(it.items ?? it, `${path}${name}.`);
    return within.length > 0 ? within : [`${path}${name}`];
  });

/** Arguments that name nothing of anyone's: words, numbers, choices, and what Postern sealed itself. */
// biome-ignore format: a list of words
export const plain = new Set([
  'query', 'limit', 'cursor', 'confirm', 'name', 'description', 'avatar', 'document', 'format', 'include', 'at', 'revision', 'restore',
  'patch', 'merge', 'secret', 'install', 'kind', 'visibility', 'access', 'type', 'box', 'status', 'unread', 'since', 'wait', 'role', 'message',
  'expires_at', 'everyone_role', 'organization_owned', 'keep', 'mode', 'take_back', 'deleted', 'for_good', 'do', 'can_invite', 'days', 'findings',
  'unused_days', 'change', 'outcome', 'entity_type', 'from', 'up_to', 'compare.from', 'compare.to',
  'flows_manager', 'brand_kits_manager', 'audience_viewer', 'set.role', 'workspaces.role', 'teams.role', 'items.do',
  'decisions.decision', 'decisions.role', 'decisions.expires_at', 'decisions.note', 'list_activity.to', 'export_activity.to',
]);

const on = (tool: string, argument: string, noun: Noun, args: Case['args'], more: Partial<Case> = {}): Case => ({
  tool,
  argument,
  noun,
  args,
  ...more,
});
const fine = { answers: 'fine' } as const;

/** Tools that take the id of a resource, with the rest of what they need. */
const ofResource: Record<string, Arguments> = {
  open_workflow: { include: ['document'], at: ['/note'] },
  edit_workflow: { revision: 7, patch: [{ op: 'replace', path: '/nowhere', value: 1 }] },
  delete_workflow: {},
  list_revisions: { compare: { from: 1, to: 99 } },
  restore_revision: { restore: 99, revision: 99 },
  restore_workflow: {},
  get_access: {},
  explain_access: {},
  share_resource: { with: 'person:nobody@nowhere.test', role: 'editor' },
  unshare_resource: { with: 'person:ada@acme.test' },
  set_visibility: { visibility: 'everyone' },
  transfer_ownership: { to: 'nobody@nowhere.test' },
};
const ofOtherResource: Record<string, Arguments> = {
  open_resource: { include: ['document'] },
  edit_resource: { revision: 7, merge: { model: 'x' } },
  delete_resource: {},
  restore_resource: {},
};

const cy = 'cy@acme.test';
const fresh = { name: 'n', document: {} };
const another = { ...fresh, kind: 'assistant' };

/** Each argument of a tool that names something, in every way in which it can; `own` is a workflow of whoever calls. */
const direct = (own: string): Case[] => [
  ...Object.entries(ofResource).map(([tool, more]) => on(tool, 'id', 'workflow', (id) => ({ id, ...more }))),
  ...Object.entries(ofOtherResource).map(([tool, more]) => on(tool, 'id', 'assistant', (id) => ({ id, ...more }))),
  on('delete_workflow', 'id', 'workflow', (id) => ({ id, for_good: true })),
  ...(['list_workflows', 'list_resources'] as const).flatMap((tool) => [
    on(tool, 'workspace', 'workspace', (workspace) => ({ workspace }), fine),
    on(tool, 'project', 'project', (project) => ({ project }), fine),
    on(tool, 'owner', 'person', (owner) => ({ owner }), fine),
  ]),
  on('create_workflow', 'workspace', 'workspace', (workspace) => ({ ...fresh, workspace })),
  on('create_workflow', 'project', 'project', (project) => ({ ...fresh, project })),
  on('create_resource', 'workspace', 'workspace', (workspace) => ({ ...another, workspace })),
  on('create_resource', 'project', 'project', (project) => ({ ...another, project })),
  on('explain_access', 'person', 'person', (person) => ({ id: own, person })),
  ...(['person', 'group', 'team'] as const).flatMap((noun) => [
    on('share_resource', 'with', noun, (it) => ({ id: own, with: `${noun}:${it}`, role: 'viewer' })),
    on('unshare_resource', 'with', noun, (it) => ({ id: own, with: `${noun}:${it}` })),
    on('clean_up_access', 'items.with', noun, (it) => ({ items: [{ id: own, do: 'unshare', with: `${noun}:${it}` }] })),
  ]),
  on('transfer_ownership', 'to', 'person', (to) => ({ id: own, to })),
  on('clean_up_access', 'items.to', 'person', (to) => ({ items: [{ id: own, do: 'transfer', to }] })),
  on('clean_up_access', 'items.id', 'workflow', (id) => ({ items: [{ id, do: 'make_private' }] })),
  on('review_access', 'workspace', 'workspace', (workspace) => ({ workspace }), fine),
  on('get_overview', 'workspace', 'workspace', (workspace) => ({ workspace })),
  on('request_access', 'id', 'workflow', (id) => ({ id }), fine),
  on('cancel_access_request', 'id', 'request', (id) => ({ id })),
  on('decide_access_requests', 'decisions.id', 'request', (id) => ({ decisions: [{ id, decision: 'approve' }] })),
  on('mark_notifications_read', 'ids', 'notification', (id) => ({ ids: [id] }), fine),
  ...(['list_activity', 'export_activity'] as const).flatMap((tool) => {
    const more = tool === 'export_activity' ? { format: 'jsonl' } : {};
    return [
      on(tool, 'email', 'person', (email) => ({ email, ...more }), { ...fine, by: 'name' }),
      on(tool, 'key', 'key', (key) => ({ key, ...more }), fine),
      on(tool, 'workspace', 'workspace', (workspace) => ({ workspace, ...more }), fine),
      on(tool, 'id', 'entity', (id) => ({ id, ...more }), fine),
    ];
  }),
  on('get_group', 'id', 'group', (id) => ({ id })),
  on('update_group', 'id', 'group', (id) => ({ id, name: 'x' })),
  on('update_group_members', 'id', 'group', (id) => ({ id, set: [{ person: cy }] })),
  on('update_group_members', 'id', 'group', (id) => ({ id, remove: ['bo@acme.test'] })),
  on('update_group_members', 'set.person', 'person', (person) => ({ id: 'mine', set: [{ person }] })),
  on('update_group_members', 'remove', 'person', (person) => ({ id: 'mine', remove: [person] })),
  on('delete_group', 'id', 'group', (id) => ({ id })),
  on('list_members', 'workspace', 'workspace', (workspace) => ({ workspace }), fine),
  on('list_members', 'team', 'team', (team) => ({ team }), fine),
  on('get_member', 'id', 'person', (id) => ({ id })),
  on('invite_members', 'emails', 'person', (email) => ({ emails: [email] }), { ...fine, by: 'name' }),
  on('invite_members', 'workspaces.workspace', 'workspace', (workspace) => ({
    emails: ['new@x.test'],
    workspaces: [{ workspace, role: 'viewer' }],
  })),
  on('invite_members', 'teams.team', 'team', (team) => ({ emails: ['new@x.test'], teams: [{ team }] })),
  on('update_invitation', 'id', 'invitation', (id) => ({ id, do: 'revoke' })),
  on('set_member_role', 'id', 'person', (id) => ({ id, role: 'guest' })),
  on('set_member_role', 'id', 'person', (id) => ({ id, role: 'viewer', workspace: 'growth' })),
  on('set_member_role', 'id', 'team', (id) => ({ id: `team:${id}`, role: 'viewer', workspace: 'growth' })),
  on('set_member_role', 'workspace', 'workspace', (workspace) => ({ id: cy, role: 'viewer', workspace })),
  on('set_member_role', 'successor', 'stranger', (successor) => ({ id: cy, role: 'guest', successor }), {
    who: 'root',
  }),
  on('set_member_capabilities', 'id', 'person', (id) => ({ id, workspace: 'growth', flows_manager: 'on' })),
  on('set_member_capabilities', 'workspace', 'workspace', (workspace) => ({ id: cy, workspace, flows_manager: 'on' })),
  on('remove_member', 'id', 'person', (id) => ({ id })),
  on('remove_member', 'id', 'person', (id) => ({ id, workspace: 'growth' })),
  on('remove_member', 'id', 'team', (id) => ({ id: `team:${id}`, workspace: 'growth' })),
  on('remove_member', 'workspace', 'workspace', (workspace) => ({ id: cy, workspace })),
  on('remove_member', 'successor', 'person', (successor) => ({ id: cy, workspace: 'growth', successor })),
  on('set_member_status', 'id', 'person', (id) => ({ id, status: 'suspended' })),
  on('end_connection', 'id', 'key', (id) => ({ id }), { by: 'id' }),
  on('leave_organization', 'successor', 'person', (successor) => ({ successor })),
  on('list_projects', 'workspace', 'workspace', (workspace) => ({ workspace }), fine),
  on('list_projects', 'project', 'project', (project) => ({ project })),
  on('list_teams', 'team', 'team', (team) => ({ team })),
  on('list_audience', 'workspace', 'workspace', (workspace) => ({ workspace })),
  on('export_audience', 'workspace', 'workspace', (workspace) => ({ workspace, format: 'csv' })),
  on('update_workspace', 'id', 'workspace', (id) => ({ id, name: 'x' })),
  on('update_workspace', 'id', 'workspace', (id) => ({ id, take_back: 'any_editor' })),
  on('update_workspace', 'id', 'workspace', (id) => ({ id, restore: true })),
  on('delete_workspace', 'id', 'workspace', (id) => ({ id })),
  on('create_project', 'workspace', 'workspace', (workspace) => ({ name: 'x', workspace })),
  on('update_project', 'id', 'project', (id) => ({ id, mode: 'open' })),
  on('update_project_members', 'id', 'project', (id) => ({ id, set: [{ with: `person:${cy}`, role: 'viewer' }] })),
  ...(['person', 'team'] as const).flatMap((noun) => [
    on('update_project_members', 'set.with', noun, (it) => ({
      id: 'spring',
      set: [{ with: `${noun}:${it}`, role: 'viewer' }],
    })),
    on('update_project_members', 'remove', noun, (it) => ({ id: 'spring', remove: [`${noun}:${it}`] })),
  ]),
  on('update_team', 'id', 'team', (id) => ({ id, visibility: 'public' })),
  on('update_team_members', 'id', 'team', (id) => ({ id, set: [{ person: cy }] })),
  on('update_team_members', 'set.person', 'person', (person) => ({ id: 'crew', set: [{ person }] })),
  on('update_team_members', 'remove', 'person', (person) => ({ id: 'crew', remove: [person] })),
  on('delete_team', 'id', 'team', (id) => ({ id })),
  on('list_domains', 'workspace', 'workspace', (workspace) => ({ workspace })),
  on('claim_domain', 'workspace', 'workspace', (workspace) => ({ name: 'x.example', workspace })),
  on('verify_domain', 'workspace', 'workspace', (workspace) => ({ domain: 'x.example', workspace })),
  on('verify_domain', 'domain', 'domain', (domain) => ({ domain, workspace: 'growth' })),
];

/** Every case, and each that is a change that can be simulated once more, as an argument of simulate_access. */
export function casesOn(own: string, changes: readonly string[]): Case[] {
  const all = direct(own);
  const simulated = all.filter(({ tool }) => changes.includes(tool));
  return [
    ...all,
    ...simulated.map(({ tool, args, ...it }) => ({
      ...it,
      tool: 'simulate_access',
      argument: 'arguments',
      args: (named: string) => ({ change: tool, arguments: args(named) }),
    })),
  ];
}
