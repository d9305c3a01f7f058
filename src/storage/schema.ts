import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Capability, Kind } from '../terms/kinds.ts';
import type { Level, OrganizationRole, Visibility, WorkspaceRole } from '../terms/ladders.ts';
import type { CredentialScope } from '../terms/scopes.ts';
import { Account, Ceremony, Passkey, SignInAttempts, SignInLink } from './identity-entities.ts';
import { OauthClient, OauthItem, TokenKey } from './oauth-entities.ts';

/**
 * The tables on one page; those that people and programs sign in by are on two beside it, and the few without an entity are named in
 * test/storage/entities.test.ts. The organization leads the keys of its rows, so that tables can be distributed by it (adr/0002).
 */
const keyed = {
  organizationId: p.uuid().primary(),
  id: p.uuid().primary(),
};
const described = {
  name: p.text(),
  description: p.text().nullable(),
  avatar: p.text().nullable(),
  createdAt: p.datetime().defaultRaw('now()'),
  deletedAt: p.datetime().nullable(),
};

/** What belongs to the installation and to no organization: the key that seals cursors and confirm tokens. */
export const Installation = defineEntity({
  name: 'Installation',
  properties: {
    id: p.integer().primary(),
    signingKey: p.blob(),
    /** The last entry of the log that was sealed, and its transaction (ACT-3). */
    sealedXid: p.bigint().columnType('xid8').nullable(),
    sealedEntry: p.uuid().nullable(),
  },
});

export const Organization = defineEntity({
  name: 'Organization',
  properties: { id: p.uuid().primary(), ...described, createdBy: p.uuid().nullable() },
});

/** Someone in one organization. The same human in another organization is another row (ORG-11). */
export const Person = defineEntity({
  name: 'Person',
  properties: {
    ...keyed,
    email: p.text(),
    name: p.text(),
    role: p.text().$type<OrganizationRole>(),
    status: p.text().$type<'active' | 'suspended' | 'removed'>().default('active'),
    canInvite: p.boolean().default(false),
    lastLoginAt: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    /** The account that they came in by, where nobody had proven its email. */
    accountId: p.uuid().nullable(),
  },
});

/** An API key, a session in the Studio or a client's connection: who it speaks for, cut down to scopes, workspaces and time (EXT-4). */
export const Credential = defineEntity({
  name: 'Credential',
  properties: {
    ...keyed,
    personId: p.uuid(),
    name: p.text(),
    secretHash: p.blob(),
    scopes: p.array().columnType('text[]').$type<CredentialScope[]>(),
    workspaces: p.array().columnType('uuid[]').$type<string[]>().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    expiresAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    kind: p.text().$type<'key' | 'session' | 'connection'>().default('key'),
    /** Of a connection: the client that it lets in. */
    clientId: p.text().nullable(),
    /** Of a session: whose, and how and when they last proved who they are. */
    accountId: p.uuid().nullable(),
    provenAt: p.datetime().nullable(),
    provenBy: p.text().$type<'password' | 'passkey' | 'provider' | 'link'>().nullable(),
  },
});

export const Workspace = defineEntity({
  name: 'Workspace',
  properties: { ...keyed, ...described, takeBack: p.text().$type<'sharer' | 'any_editor'>().default('sharer') },
});

export const WorkspaceMember = defineEntity({
  name: 'WorkspaceMember',
  properties: {
    organizationId: p.uuid().primary(),
    personId: p.uuid().primary(),
    workspaceId: p.uuid().primary(),
    role: p.text().columnType('workspace_role').$type<WorkspaceRole>(),
  },
});

/** A capability that an admin switched on or off for one member; it outlives a change of role (WS-3). */
export const CapabilitySwitch = defineEntity({
  name: 'CapabilitySwitch',
  properties: {
    organizationId: p.uuid().primary(),
    personId: p.uuid().primary(),
    workspaceId: p.uuid().primary(),
    capability: p.text().$type<Capability>().primary(),
    enabled: p.boolean(),
  },
});

export const Team = defineEntity({
  name: 'Team',
  properties: { ...keyed, ...described, visibility: p.text().$type<'public' | 'locked'>() },
});

export const Group = defineEntity({
  name: 'Group',
  properties: { ...keyed, ...described, visibility: p.text().$type<'public' | 'private'>() },
});

/** Who is in which group or team. It is flat, since neither holds another, so it is what the lists read, too. */
export const Membership = defineEntity({
  name: 'Membership',
  properties: {
    organizationId: p.uuid().primary(),
    personId: p.uuid().primary(),
    principalId: p.uuid().primary(),
    principal: p.text().$type<'group' | 'team'>(),
    role: p.text().$type<'owner' | 'editor' | 'viewer' | 'manager' | 'member'>(),
  },
});

export const WorkspaceTeam = defineEntity({
  name: 'WorkspaceTeam',
  properties: {
    organizationId: p.uuid().primary(),
    teamId: p.uuid().primary(),
    workspaceId: p.uuid().primary(),
    role: p.text().columnType('workspace_role').$type<WorkspaceRole>(),
  },
});

export const Project = defineEntity({
  name: 'Project',
  properties: { ...keyed, workspaceId: p.uuid(), ...described, mode: p.text().$type<'open' | 'restricted'>() },
});

export const ProjectMember = defineEntity({
  name: 'ProjectMember',
  properties: {
    organizationId: p.uuid().primary(),
    projectId: p.uuid().primary(),
    principalId: p.uuid().primary(),
    principal: p.text().$type<'person' | 'team'>(),
    workspaceId: p.uuid(),
    role: p.text().columnType('level').$type<'viewer' | 'editor'>(),
  },
});

/** Someone who may come in, by a secret that only they were sent (ORG-4). */
export const Invitation = defineEntity({
  name: 'Invitation',
  properties: {
    ...keyed,
    email: p.text(),
    role: p.text().$type<OrganizationRole>(),
    secretHash: p.blob(),
    places: p.json().default('{"workspaces":[],"teams":[]}'),
    invitedBy: p.uuid(),
    status: p.text().$type<'pending' | 'accepted' | 'revoked'>().default('pending'),
    createdAt: p.datetime().defaultRaw('now()'),
    sentAt: p.datetime().defaultRaw('now()'),
    expiresAt: p.datetime(),
    acceptedBy: p.uuid().nullable(),
  },
});

/** A name that an organization, or one of its workspaces, says is its own; it serves nothing until that is proven (WS-6). */
export const Domain = defineEntity({
  name: 'Domain',
  properties: {
    ...keyed,
    workspaceId: p.uuid().nullable(),
    name: p.text(),
    proof: p.text(),
    claimedBy: p.uuid(),
    claimedAt: p.datetime().defaultRaw('now()'),
    provenAt: p.datetime().nullable(),
  },
});

/** How people of the organization sign in elsewhere; its secrets are not here. */
export const Sso = defineEntity({
  name: 'Sso',
  properties: {
    organizationId: p.uuid().primary(),
    protocol: p.text().$type<'oidc' | 'saml'>(),
    issuer: p.text(),
    clientId: p.text().nullable(),
    required: p.boolean().default(false),
  },
});

/** What the organization pays for (ORG-7). */
export const Billing = defineEntity({
  name: 'Billing',
  properties: {
    organizationId: p.uuid().primary(),
    plan: p.text().nullable(),
    seats: p.integer().nullable(),
    email: p.text().nullable(),
    renewsOn: p.date().nullable(),
    changedAt: p.datetime().defaultRaw('now()'),
  },
});

/** Anything of any kind that access is decided on (OWN-4). No owner means that the organization owns it. */
export const Resource = defineEntity({
  name: 'Resource',
  properties: {
    ...keyed,
    workspaceId: p.uuid(),
    projectId: p.uuid().nullable(),
    /** The project, where it is a restricted one: kept so that a list needs no join. */
    restrictedTo: p.uuid().nullable(),
    kind: p.text().$type<Kind>(),
    name: p.text(),
    description: p.text().nullable(),
    ownerId: p.uuid().nullable(),
    /** Kept by the database, so that a list need not look at each owner. */
    ownerEmail: p.text().nullable(),
    /** Who shared it with the organization (OWN-1); empty where its owner left (OWN-3). */
    givenBy: p.uuid().nullable(),
    visibility: p.text().$type<Visibility>().default('private'),
    everyoneRole: p.text().columnType('level').$type<'viewer' | 'editor'>().default('editor'),
    /** Its live grants, `level|principal|id|end`, kept by the database with every change of them, so that a check reads one row. */
    sharedWith: p.array().columnType('text[]'),
    revision: p.integer().default(1),
    /** Of an integration: whom it is installed for (WS-4, ORG-2). */
    installed: p.text().$type<'workspace' | 'organization'>().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    createdBy: p.uuid().nullable(),
    updatedAt: p.datetime().defaultRaw('now()'),
    deletedAt: p.datetime().nullable(),
  },
});

/** A document as it was at one edit (VER-1). `source` is the text it came as, where that says more than its JSON. */
export const Revision = defineEntity({
  name: 'Revision',
  properties: {
    organizationId: p.uuid().primary(),
    resourceId: p.uuid().primary(),
    number: p.integer().primary(),
    workspaceId: p.uuid(),
    format: p.text(),
    media: p.text().$type<'json' | 'yaml'>(),
    document: p.text(),
    source: p.text().nullable(),
    bytes: p.integer(),
    digest: p.text(),
    outline: p.json(),
    name: p.text(),
    restoredFrom: p.integer().nullable(),
    personId: p.uuid(),
    credentialId: p.uuid().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

/** A resource shared with a person, group or team. `live` is false while the resource is private or in the bin. */
export const AccessGrant = defineEntity({
  name: 'AccessGrant',
  properties: {
    organizationId: p.uuid().primary(),
    resourceId: p.uuid().primary(),
    principalId: p.uuid().primary(),
    principal: p.text().$type<'person' | 'group' | 'team'>(),
    workspaceId: p.uuid(),
    kind: p.text().$type<Kind>(),
    level: p.text().columnType('level').$type<'viewer' | 'editor'>(),
    live: p.boolean(),
    expiresAt: p.datetime().nullable(),
    grantedBy: p.uuid(),
    grantedAt: p.datetime().defaultRaw('now()'),
  },
});

/** Someone asks for a resource. The id is data: it may name nothing. The workspace is set only where it can be delivered (EXT-6). */
export const AccessRequest = defineEntity({
  name: 'AccessRequest',
  properties: {
    ...keyed,
    requesterId: p.uuid(),
    credentialId: p.uuid().nullable(),
    resourceId: p.uuid(),
    kind: p.text().$type<Kind>(),
    workspaceId: p.uuid().nullable(),
    level: p.text().columnType('level').$type<Level>(),
    message: p.text().nullable(),
    status: p.text().$type<'pending' | 'approved' | 'denied' | 'cancelled' | 'expired'>().default('pending'),
    note: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    decidedAt: p.datetime().nullable(),
    decidedBy: p.uuid().nullable(),
  },
});

/** What happened: every change, opening and refusal (ACT-1). The server may add to it, never change it (ACT-3). */
export const Activity = defineEntity({
  name: 'Activity',
  properties: {
    ...keyed,
    at: p.datetime().defaultRaw('clock_timestamp()'),
    /** The transaction that wrote it, so that readers can stay below what is still being written. */
    xid: p.bigint().columnType('xid8').defaultRaw('pg_current_xact_id()'),
    personId: p.uuid().nullable(),
    credentialId: p.uuid().nullable(),
    surface: p.text().$type<'studio' | 'external' | 'operator'>(),
    action: p.text(),
    outcome: p.text().$type<'allow' | 'deny' | 'hide'>(),
    because: p.text().nullable(),
    via: p.text().nullable(),
    overridden: p.boolean().default(false),
    noun: p.text(),
    /** Of a resource, as it was called by, so that a wrong one tells nothing (EXT-2). */
    kind: p.text().$type<Kind>().nullable(),
    entityId: p.uuid().nullable(),
    workspaceId: p.uuid().nullable(),
    before: p.json().nullable(),
    after: p.json().nullable(),
  },
});

/** One link of an organization's chain of entries (ACT-3): the digest of an entry, and that hashed together with the link before. */
export const Seal = defineEntity({
  name: 'Seal',
  properties: {
    organizationId: p.uuid().primary(),
    number: p.bigint().primary(),
    activityId: p.uuid(),
    entry: p.blob(),
    digest: p.blob(),
    sealedAt: p.datetime().defaultRaw('clock_timestamp()'),
  },
});

/** What someone is told (NOT-2). What it is about is an id, and rendered by the decision of now (NOT-3). */
export const Notification = defineEntity({
  name: 'Notification',
  properties: {
    ...keyed,
    personId: p.uuid(),
    /** The transaction that wrote it: whoever reads in its order, below what is still being written, misses nothing. */
    xid: p.bigint().columnType('xid8').defaultRaw('pg_current_xact_id()'),
    event: p.text(),
    kind: p.text().$type<Kind>().nullable(),
    resourceId: p.uuid().nullable(),
    requestId: p.uuid().nullable(),
    at: p.datetime().defaultRaw('clock_timestamp()'),
    readAt: p.datetime().nullable(),
  },
});

/** What the secret of an integration was sealed to: the role that serves writes it and can't read it back. */
export const IntegrationSecret = defineEntity({
  name: 'IntegrationSecret',
  properties: {
    organizationId: p.uuid().primary(),
    resourceId: p.uuid().primary(),
    workspaceId: p.uuid(),
    /** The name of the key that it is sealed under. */
    keyId: p.text(),
    sealed: p.text(),
    setAt: p.datetime().defaultRaw('statement_timestamp()'),
    setBy: p.uuid(),
  },
});

/** Someone of a workspace's audience (WS-5): an email stands once in it. */
export const Contact = defineEntity({
  name: 'Contact',
  properties: {
    ...keyed,
    workspaceId: p.uuid(),
    email: p.text(),
    name: p.text().nullable(),
    attributes: p.json(),
    /** The resource that collected it. */
    sourceId: p.uuid().nullable(),
    collectedAt: p.datetime().defaultRaw('now()'),
  },
});

/** A confirm token that has served; it serves once (EXT-8). */
export const Confirmation = defineEntity({
  name: 'Confirmation',
  properties: { ...keyed, credentialId: p.uuid(), usedAt: p.datetime().defaultRaw('now()') },
});

/** The outcome of a write that carried an idempotency key (EXT-9). */
export const Idempotency = defineEntity({
  name: 'Idempotency',
  properties: {
    organizationId: p.uuid().primary(),
    credentialId: p.uuid().primary(),
    key: p.text().primary(),
    operation: p.text(),
    digest: p.text(),
    outcome: p.json().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

export const entities = [
  Installation,
  Organization,
  Person,
  Credential,
  Workspace,
  WorkspaceMember,
  CapabilitySwitch,
  Team,
  Group,
  Membership,
  WorkspaceTeam,
  Project,
  ProjectMember,
  Resource,
  Revision,
  AccessGrant,
  AccessRequest,
  Activity,
  Seal,
  Invitation,
  Domain,
  Sso,
  Billing,
  Notification,
  IntegrationSecret,
  Contact,
  Confirmation,
  Idempotency,
  Account,
  Passkey,
  SignInLink,
  Ceremony,
  SignInAttempts,
  OauthClient,
  OauthItem,
  TokenKey,
] as const;
