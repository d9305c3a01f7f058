import type { Capability } from '../terms/kinds.ts';
import type { Noun, Rung } from '../terms/ladders.ts';
import type { CredentialScope } from '../terms/scopes.ts';

/** What can stand in the way although rung and capability suffice. */
export type Condition = 'own_request' | 'anothers_request';

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
  'resource.edit':      { on: 'resource',     does: 'change', scope: 'write',   to: { resource: 'editor' },     cap: 'kind',                 rule: 'DEC-9' },
  'resource.revert':    { on: 'resource',     does: 'change', scope: 'write',   to: { resource: 'editor' },     cap: 'kind',                 rule: 'DEC-9' },
  'resource.delete':    { on: 'resource',     does: 'change', scope: 'write',   to: { resource: 'owner' },      cap: 'kind', confirm: true,  rule: 'DEC-9' },
  'resource.bin':       { on: 'bin',          does: 'read',   scope: 'read',    to: { bin: 'owner' },                                        rule: 'VER-3' },
  'resource.restore':   { on: 'bin',          does: 'change', scope: 'write',   to: { bin: 'owner' },           cap: 'kind',                 rule: 'VER-3' },
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
  'self.see':           { on: 'organization', does: 'read',   scope: 'none',    to: { organization: 'guest' },                               rule: 'EXT-4' },
} as const satisfies Record<string, Row>;

export type Action = keyof typeof policy;
export type NounOf<A extends Action> = (typeof policy)[A]['on'];

/** The row of an action, with the columns it leaves empty. */
export const rowFor = (action: Action): Row => policy[action];
