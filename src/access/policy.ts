import type { Capability } from '../terms/kinds.ts';
import type { Noun, Rung } from '../terms/ladders.ts';
import type { CredentialScope } from '../terms/scopes.ts';

/** What can stand in the way although rung and capability suffice. */
export type Condition = 'own_request' | 'anothers_request' | 'last_admin' | 'installed' | 'anothers_organization';

export interface Row {
  readonly on: Noun;
  readonly does: 'read' | 'add' | 'change';
  /** What the credential must bear; `none` needs nothing. */
  readonly scope: Exclude<CredentialScope, 'override'> | 'none';
  /** Any one of these is enough; a noun other than `on` is one that `on` stands in or comes with. */
  readonly to: { readonly [N in Noun]?: Rung<N> };
  /** The capability that caps it (DEC-3); `kind` is that of the resource's kind (WS-4). */
  readonly cap?: Capability | 'kind';
  readonly unless?: readonly Condition[];
  /** Previewed first, carried out on the second call (EXT-8). */
  readonly confirm?: true;
  /** To whoever may not, it is not there at all (ORG-7). */
  readonly hidden?: true;
  /** Never over MCP or REST with a key. */
  readonly only?: 'studio';
  readonly rule: string;
}

/**
 * Who may do what. One row an action; what no row allows is refused (DEC-7).
 *
 * `decide` reads it for one thing, `scope` for a list, docs/access.md is printed from it, and scopes,
 * hints and confirmations of the tools are read from here and nowhere else (EXP-9).
 */
// biome-ignore format: a table is read down its columns
export const policy = {
  'resource.list':      { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'EXT-1' },
  'resource.open':      { on: 'resource',     does: 'read',   scope: 'read',    to: { resource: 'viewer' },                                  rule: 'DEC-9' },
  'resource.revisions': { on: 'resource',     does: 'read',   scope: 'read',    to: { resource: 'viewer' },                                  rule: 'VER-2' },
  'resource.explain':   { on: 'resource',     does: 'read',   scope: 'read',    to: { resource: 'viewer' },                                  rule: 'EXP-1' },
  'resource.audience':  { on: 'resource',     does: 'read',   scope: 'read',    to: { resource: 'owner' },                                   rule: 'EXP-2' },
  'resource.create':    { on: 'workspace',    does: 'add',    scope: 'write',   to: { workspace: 'viewer' },    cap: 'kind',                 rule: 'WS-4' },
  'resource.edit':      { on: 'resource',     does: 'change', scope: 'write',   to: { resource: 'editor' },     cap: 'kind', unless: ['installed'], rule: 'DEC-9' },
  'resource.revert':    { on: 'resource',     does: 'change', scope: 'write',   to: { resource: 'editor' },     cap: 'kind', unless: ['installed'], rule: 'DEC-9' },
  'resource.delete':    { on: 'resource',     does: 'change', scope: 'write',   to: { resource: 'owner' },      cap: 'kind', unless: ['installed'], confirm: true, rule: 'DEC-9' },
  'resource.bin':       { on: 'bin',          does: 'read',   scope: 'read',    to: { bin: 'owner' },                                        rule: 'VER-3' },
  'resource.restore':   { on: 'bin',          does: 'change', scope: 'write',   to: { bin: 'owner' },           cap: 'kind', unless: ['installed'], rule: 'VER-3' },
  'resource.purge':     { on: 'bin',          does: 'change', scope: 'write',   to: { bin: 'owner' },           cap: 'kind', unless: ['installed'], confirm: true, rule: 'VER-3' },
  'integration.install': { on: 'workspace',   does: 'add',    scope: 'write',   to: { workspace: 'admin' },     cap: 'kind',                 rule: 'WS-4' },
  'integration.provide': { on: 'organization', does: 'add',   scope: 'write',   to: { organization: 'admin' },                               rule: 'ORG-2' },
  'resource.share':     { on: 'resource',     does: 'add',    scope: 'share',   to: { resource: 'owner' },      cap: 'kind',                 rule: 'DEC-9' },
  'resource.unshare':   { on: 'resource',     does: 'change', scope: 'share',   to: { resource: 'owner' },                                   rule: 'DEC-3' },
  'resource.drop':      { on: 'resource',     does: 'change', scope: 'share',   to: { resource: 'viewer' },                                  rule: 'DEC-9' },
  'resource.publish':   { on: 'resource',     does: 'change', scope: 'share',   to: { resource: 'owner' },      cap: 'kind', confirm: true,  rule: 'VIS-2' },
  'resource.withdraw':  { on: 'resource',     does: 'change', scope: 'share',   to: { resource: 'owner', taking: 'taker' },   confirm: true, rule: 'OWN-2' },
  'resource.transfer':  { on: 'resource',     does: 'change', scope: 'share',   to: { resource: 'owner' },                    confirm: true, rule: 'OWN-3' },
  'request.make':       { on: 'organization', does: 'add',    scope: 'request', to: { organization: 'guest' },                               rule: 'EXT-6' },
  'request.list':       { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'REQ-5' },
  'request.cancel':     { on: 'request',      does: 'change', scope: 'request', to: { request: 'requester' },   unless: ['anothers_request'], rule: 'REQ-5' },
  'request.approve':    { on: 'request',      does: 'change', scope: 'review',  to: { request: 'reviewer' },    cap: 'kind', unless: ['own_request'], rule: 'REQ-3' },
  'request.decide':     { on: 'request',      does: 'change', scope: 'review',  to: { request: 'reviewer' },    unless: ['own_request'],     rule: 'REQ-2' },
  'directory.search':   { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'DIR-1' },
  'group.list':         { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'GRP-3' },
  'group.see':          { on: 'group',        does: 'read',   scope: 'read',    to: { group: 'aware' },                                      rule: 'GRP-3' },
  'group.people':       { on: 'group',        does: 'read',   scope: 'read',    to: { group: 'viewer' },                                     rule: 'GRP-1' },
  'group.create':       { on: 'organization', does: 'add',    scope: 'admin',   to: { organization: 'member' },                              rule: 'GRP-2' },
  'group.edit':         { on: 'group',        does: 'change', scope: 'admin',   to: { group: 'owner' },                                      rule: 'GRP-1' },
  'group.staff':        { on: 'group',        does: 'change', scope: 'admin',   to: { group: 'editor' },                      confirm: true, rule: 'GRP-1' },
  'group.rank':         { on: 'group',        does: 'change', scope: 'admin',   to: { group: 'owner' },                       confirm: true, rule: 'GRP-1' },
  'group.leave':        { on: 'group',        does: 'change', scope: 'admin',   to: { group: 'viewer' },                      confirm: true, rule: 'GRP-1' },
  'group.delete':       { on: 'group',        does: 'change', scope: 'admin',   to: { group: 'owner' },                       confirm: true, rule: 'GRP-1' },
  'member.list':        { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'DIR-1' },
  'member.see':         { on: 'person',       does: 'read',   scope: 'read',    to: { person: 'seen' },                                      rule: 'DIR-1' },
  'member.details':     { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'admin' },                               rule: 'ORG-5' },
  'member.invite':      { on: 'organization', does: 'add',    scope: 'admin',   to: { organization: 'admin', inviting: 'inviter' },          rule: 'ORG-3' },
  'member.invite_admin': { on: 'organization', does: 'add',   scope: 'admin',   to: { organization: 'admin' },                confirm: true, rule: 'ORG-3' },
  'member.invite_owner': { on: 'organization', does: 'add',   scope: 'admin',   to: { organization: 'admin', inviting: 'inviter' }, confirm: true, rule: 'ORG-3' },
  'member.role':        { on: 'person',       does: 'change', scope: 'admin',   to: { organization: 'admin' }, unless: ['last_admin'], confirm: true, rule: 'ORG-2' },
  'member.status':      { on: 'person',       does: 'change', scope: 'admin',   to: { organization: 'admin' }, unless: ['last_admin'], confirm: true, rule: 'ORG-12' },
  'member.remove':      { on: 'person',       does: 'change', scope: 'admin',   to: { organization: 'admin' }, unless: ['last_admin'], confirm: true, rule: 'ORG-8' },
  'invitation.list':    { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'ORG-4' },
  'invitation.change':  { on: 'invitation',   does: 'change', scope: 'admin',   to: { invitation: 'sender', organization: 'admin' },         rule: 'ORG-3' },
  'workspace.list':     { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'DIR-1' },
  'workspace.see':      { on: 'workspace',    does: 'read',   scope: 'read',    to: { workspace: 'viewer' },                                 rule: 'DIR-1' },
  'workspace.create':   { on: 'organization', does: 'add',    scope: 'admin',   to: { organization: 'admin' },                               rule: 'ORG-6' },
  'workspace.edit':     { on: 'workspace',    does: 'change', scope: 'admin',   to: { workspace: 'admin' },                                  rule: 'WS-1' },
  'workspace.policy':   { on: 'workspace',    does: 'change', scope: 'admin',   to: { workspace: 'owner' },                                  rule: 'OWN-2' },
  'workspace.staff':    { on: 'workspace',    does: 'change', scope: 'admin',   to: { workspace: 'admin' },                   confirm: true, rule: 'WS-1' },
  'workspace.own':      { on: 'workspace',    does: 'change', scope: 'admin',   to: { workspace: 'owner', organization: 'admin' }, confirm: true, rule: 'WS-1' },
  'workspace.enable':   { on: 'workspace',    does: 'change', scope: 'admin',   to: { workspace: 'admin' },                                  rule: 'WS-3' },
  'workspace.leave':    { on: 'workspace',    does: 'change', scope: 'admin',   to: { workspace: 'viewer' },                  confirm: true, rule: 'WS-9' },
  'workspace.delete':   { on: 'workspace',    does: 'change', scope: 'admin',   to: { workspace: 'owner', organization: 'admin' }, confirm: true, rule: 'WS-1' },
  'workspace.restore':  { on: 'closed',       does: 'change', scope: 'admin',   to: { closed: 'owner' },                                     rule: 'ORG-9' },
  'audience.list':      { on: 'workspace',    does: 'read',   scope: 'audience', to: { workspace: 'viewer' },   cap: 'audience_viewer',     rule: 'WS-5' },
  'project.list':       { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'WS-7' },
  'project.see':        { on: 'project',      does: 'read',   scope: 'read',    to: { project: 'viewer' },                                   rule: 'WS-7' },
  'project.create':     { on: 'workspace',    does: 'add',    scope: 'admin',   to: { workspace: 'admin' },                                  rule: 'WS-7' },
  'project.edit':       { on: 'project',      does: 'change', scope: 'admin',   to: { workspace: 'admin' },                                  rule: 'WS-7' },
  'project.staff':      { on: 'project',      does: 'change', scope: 'admin',   to: { workspace: 'admin' },                   confirm: true, rule: 'WS-7' },
  'team.list':          { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'TEAM-2' },
  'team.see':           { on: 'team',         does: 'read',   scope: 'read',    to: { team: 'aware' },                                       rule: 'TEAM-2' },
  'team.create':        { on: 'organization', does: 'add',    scope: 'admin',   to: { organization: 'admin' },                               rule: 'TEAM-1' },
  'team.edit':          { on: 'team',         does: 'change', scope: 'admin',   to: { organization: 'admin' },                               rule: 'TEAM-1' },
  'team.staff':         { on: 'team',         does: 'change', scope: 'admin',   to: { team: 'manager', organization: 'admin' }, confirm: true, rule: 'TEAM-4' },
  'team.join':          { on: 'team',         does: 'change', scope: 'admin',   to: { organization: 'member' },               confirm: true, rule: 'TEAM-2' },
  'team.leave':         { on: 'team',         does: 'change', scope: 'admin',   to: { team: 'member' },                       confirm: true, rule: 'TEAM-2' },
  'team.delete':        { on: 'team',         does: 'change', scope: 'admin',   to: { organization: 'admin' },                confirm: true, rule: 'TEAM-1' },
  'organization.see':   { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'ORG-1' },
  'organization.sso':   { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'admin' },                               rule: 'ORG-2' },
  'organization.edit':  { on: 'organization', does: 'change', scope: 'admin',   to: { organization: 'admin' },                               rule: 'ORG-2' },
  'organization.leave': { on: 'organization', does: 'change', scope: 'admin',   to: { organization: 'guest' }, unless: ['last_admin'], confirm: true, rule: 'ORG-9' },
  'organization.delete': { on: 'organization', does: 'change', scope: 'admin',  to: { organization: 'admin' }, unless: ['anothers_organization'], confirm: true, only: 'studio', rule: 'ORG-9' },
  'domain.list':        { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'admin' },                               rule: 'ORG-2' },
  'domain.change':      { on: 'organization', does: 'change', scope: 'admin',   to: { organization: 'admin' },                               rule: 'ORG-2' },
  'domain.claim':       { on: 'organization', does: 'add',    scope: 'admin',   to: { organization: 'admin' },                               rule: 'ORG-2' },
  'site.list':          { on: 'workspace',    does: 'read',   scope: 'read',    to: { workspace: 'admin' },                                  rule: 'WS-6' },
  'site.claim':         { on: 'workspace',    does: 'add',    scope: 'admin',   to: { workspace: 'admin' },                                  rule: 'WS-6' },
  'site.change':        { on: 'workspace',    does: 'change', scope: 'admin',   to: { workspace: 'admin' },                                  rule: 'WS-6' },
  'billing.see':        { on: 'organization', does: 'read',   scope: 'admin',   to: { organization: 'admin' }, hidden: true, only: 'studio', rule: 'ORG-7' },
  'billing.change':     { on: 'organization', does: 'change', scope: 'admin',   to: { organization: 'admin' }, hidden: true, only: 'studio', rule: 'ORG-7' },
  'connection.list':    { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'EXT-4' },
  'connection.end':     { on: 'organization', does: 'change', scope: 'write',   to: { organization: 'guest' },                               rule: 'EXT-4' },
  'connection.create':  { on: 'organization', does: 'add',    scope: 'none',    to: { organization: 'guest' }, only: 'studio',               rule: 'EXT-4' },
  'key.create':         { on: 'organization', does: 'add',    scope: 'none',    to: { organization: 'guest' }, only: 'studio',               rule: 'EXT-4' },
  'notification.list':  { on: 'organization', does: 'read',   scope: 'read',    to: { organization: 'guest' },                               rule: 'NOT-2' },
  'notification.mark':  { on: 'organization', does: 'add',    scope: 'none',    to: { organization: 'guest' },                               rule: 'EXT-4' },
  'activity.list':      { on: 'organization', does: 'read',   scope: 'audit',   to: { organization: 'guest' },                               rule: 'ACT-2' },
  'activity.oversee':   { on: 'workspace',    does: 'read',   scope: 'audit',   to: { workspace: 'admin' },                                  rule: 'ACT-2' },
  'activity.audit':     { on: 'organization', does: 'read',   scope: 'audit',   to: { organization: 'admin' },                               rule: 'ACT-2' },
  'overview.see':       { on: 'organization', does: 'read',   scope: 'audit',   to: { organization: 'guest' },                               rule: 'WS-8' },
  'review.see':         { on: 'organization', does: 'read',   scope: 'audit',   to: { organization: 'guest' },                               rule: 'EXP-4' },
  'review.clean':       { on: 'resource',     does: 'change', scope: 'audit',   to: { resource: 'owner' },                    confirm: true, rule: 'EXP-4' },
  'access.simulate':    { on: 'organization', does: 'read',   scope: 'audit',   to: { organization: 'guest' },                               rule: 'EXP-3' },
  'self.see':           { on: 'organization', does: 'read',   scope: 'none',    to: { organization: 'guest' },                               rule: 'EXT-4' },
} as const satisfies Record<string, Row>;

export type Action = keyof typeof policy;
export type NounOf<A extends Action> = (typeof policy)[A]['on'];

/** The row of an action, with the columns it leaves empty. */
export const rowFor = (action: Action): Row => policy[action];
