import { Client, type QueryResultRow } from 'pg';
import { afterAll } from 'vitest';
import { openDatabase } from '../../src/storage/database.ts';
import { newId, outside } from '../../src/terms/ids.ts';
import type { Capability, Kind } from '../../src/terms/kinds.ts';
import type { OrganizationRole, Visibility, WorkspaceRole } from '../../src/terms/ladders.ts';
import { type CredentialScope, credentialScopes } from '../../src/terms/scopes.ts';
import { newSecret, readSecret } from '../../src/terms/secret.ts';
import { read, revisionFrom } from '../../src/workspace/documents.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import type { Narrowing } from '../../src/workspace/session.ts';
import { emptyDatabase } from './postgres.ts';
import { insertRows } from './rows.ts';

type Lent = 'viewer' | 'editor';

interface ToldPerson {
  readonly role?: OrganizationRole;
  readonly status?: 'active' | 'suspended' | 'removed';
  readonly email?: string;
}

export interface ToldResource {
  readonly in: string;
  readonly kind?: Kind;
  /** A person; null where the organization owns it; the first admin where left out. */
  readonly owner?: string | null;
  readonly givenBy?: string;
  readonly visibility?: Visibility;
  /** What everyone is, where it is everyone's. */
  readonly everyone?: Lent;
  readonly project?: string;
  /** A person, group or team → a level, and an end if there is one. */
  readonly grants?: Readonly<Record<string, Lent | { readonly level: Lent; readonly until: Date }>>;
  readonly document?: unknown;
  readonly binned?: boolean;
}

/** An organization in ten words. Whatever has a name in it is spoken of by that name; no two things share one. */
export interface Told {
  readonly people: Readonly<Record<string, OrganizationRole | ToldPerson>>;
  /** Workspace → a person or team → the role. */
  readonly workspaces?: Readonly<Record<string, Readonly<Record<string, WorkspaceRole>>>>;
  /** Viewers of it, or each person's role in it. */
  readonly groups?: Readonly<Record<string, readonly string[] | Readonly<Record<string, 'owner' | 'editor' | 'viewer'>>>>;
  readonly teams?: Readonly<Record<string, readonly string[] | Readonly<Record<string, 'manager' | 'member'>>>>;
  /** Groups that are private and teams that are locked; the others are public. */
  readonly closed?: readonly string[];
  /** Restricted to its people and teams where it names any, else open. */
  readonly projects?: Readonly<Record<string, { readonly in: string; readonly people?: Readonly<Record<string, Lent>> }>>;
  readonly workflows?: Readonly<Record<string, ToldResource>>;
  /** Resources of other kinds. */
  readonly resources?: Readonly<Record<string, ToldResource & { readonly kind: Kind }>>;
  /** Workspace → person → capabilities switched on or off. */
  readonly switches?: Readonly<Record<string, Readonly<Record<string, Partial<Record<Capability, boolean>>>>>>;
  /** Workspaces where any editor takes back (OWN-2). */
  readonly anyEditorTakesBack?: readonly string[];
  readonly deletedWorkspaces?: readonly string[];
  /** Pending requests by name. */
  readonly requests?: Readonly<Record<string, { readonly by: string; readonly for: string; readonly level?: Lent; readonly message?: string }>>;
}

export interface KeyTold {
  /** All but `override` where left out. */
  readonly scopes?: readonly CredentialScope[];
  /** Names of workspaces. */
  readonly workspaces?: readonly string[];
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
  readonly name?: string;
}

export const allButOverride = credentialScopes.filter((it) => it !== 'override');

const connection = await emptyDatabase();

/** The superuser's own way into the test file's database, which row-level security does not hold. */
export const superuser = new Client(connection);
await superuser.connect();

/** How the product enters it: as the role that serves. */
export const served = { ...connection, user: 'postern_app' };

let stored: ReturnType<typeof openDatabase> | undefined;
let opened: ReturnType<typeof openPostern> | undefined;

/** Storage as the product opens it. One a test file. */
export const storage = () => (stored ??= openDatabase(served));

/** The whole product on the test file's database. */
export const postern = () => (opened ??= openPostern({ app: served }));

afterAll(async () => {
  await (await opened)?.close();
  await (await stored)?.close();
  await superuser.end();
});

export type World = Awaited<ReturnType<typeof world>>;

/** A new organization that is as told, beside those already in the test file's database. */
export async function world(told: Told) {
  const product = await postern();
  const organization = newId();
  const { rows, named } = rowsOf(told, organization);
  await insertRows(superuser, rows);

  const find = (name: string) => {
    const found = named.get(name);
    if (!found) throw new Error(`nothing in this world is called ${name}`);
    return found;
  };
  const uuid = (name: string) => find(name).id;

  /** A credential of theirs; its secret is ready for a Bearer header. */
  const credential = async (who: string, { scopes = allButOverride, workspaces, expiresAt, revokedAt, name = `${who}'s key` }: KeyTold = {}) => {
    const id = newId();
    const secret = newSecret(organization, id);
    await superuser.query(
      `insert into credential (organization_id, id, person_id, name, secret_hash, scopes, workspaces, expires_at, revoked_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [organization, id, uuid(who), name, readSecret(secret)?.hash, scopes, workspaces?.map(uuid) ?? null, expiresAt ?? null, revokedAt ?? null],
    );
    return { id, secret, entrance: { organization, credential: id } };
  };

  return {
    organization,
    connection,
    postern: product,
    uuid,
    /** The id as callers see it, like `wf_…`. */
    id: (name: string) => outside(find(name).named, uuid(name)),
    email: (name: string) => find(name).email ?? `${name}@acme.test`,
    credential,
    key: async (who: string, how?: KeyTold) => (await credential(who, how)).secret,
    entrance: async (who: string, how?: KeyTold) => (await credential(who, how)).entrance,
    /** Lets them in with a new key. */
    session: async (who: string, how?: KeyTold, narrowing?: Narrowing) => product.admit((await credential(who, how)).secret, narrowing),
    /** Changes the world behind the product's back, as superuser. */
    sql: async <R extends QueryResultRow>(text: string, values: unknown[] = []) => (await superuser.query<R>(text, values)).rows,
  };
}

interface Thing {
  readonly id: string;
  readonly named: Parameters<typeof outside>[0];
  readonly email?: string;
}

function rowsOf(told: Told, organization: string) {
  const named = new Map<string, Thing>();
  const name = (kind: Thing['named'], text: string, more: { email?: string } = {}): string => {
    if (named.has(text)) throw new Error(`two things are called ${text}`);
    const id = newId();
    named.set(text, { id, named: kind, ...more });
    return id;
  };
  const id = (text: string) => {
    const found = named.get(text);
    if (!found) throw new Error(`nothing in this world is called ${text}`);
    return found.id;
  };
  const sortOf = (text: string) => named.get(text)?.named;
  const key = { organization_id: organization };
  const each = <T, R>(record: Readonly<Record<string, T>> | undefined, make: (text: string, it: T) => R): R[] =>
    Object.entries(record ?? {}).map(([text, it]) => make(text, it));
  const peopleIn = <R extends string>(it: readonly string[] | Readonly<Record<string, R>>, plain: R): [string, R][] =>
    Array.isArray(it) ? it.map((who) => [who, plain]) : (Object.entries(it) as [string, R][]);
  const isClosed = (text: string) => told.closed?.includes(text);

  const person = each(told.people, (text, it) => {
    const { role = 'member', status = 'active', email = `${text}@acme.test` } = typeof it === 'string' ? { role: it } : it;
    return { ...key, id: name('person', text, { email }), email, name: text, role, status };
  });
  const team = each(told.teams, (text) => ({ ...key, id: name('team', text), name: text, visibility: isClosed(text) ? 'locked' : 'public' }));
  const group = each(told.groups, (text) => ({ ...key, id: name('group', text), name: text, visibility: isClosed(text) ? 'private' : 'public' }));
  const membership = [
    ...each(told.groups, (text, it) => peopleIn(it, 'viewer').map(([who, role]) => ({ ...key, person_id: id(who), principal_id: id(text), principal: 'group', role }))),
    ...each(told.teams, (text, it) => peopleIn(it, 'member').map(([who, role]) => ({ ...key, person_id: id(who), principal_id: id(text), principal: 'team', role }))),
  ].flat();
  const workspace = each(told.workspaces, (text) => ({
    ...key,
    id: name('workspace', text),
    name: text,
    take_back: told.anyEditorTakesBack?.includes(text) ? 'any_editor' : 'sharer',
    deleted_at: told.deletedWorkspaces?.includes(text) ? new Date() : null,
  }));
  const places = each(told.workspaces, (text, people) => each(people, (who, role) => ({ who, workspace_id: id(text), role }))).flat();
  const switches = each(told.switches, (text, people) =>
    each(people, (who, them) =>
      each(them as Record<string, boolean>, (capability, enabled) => ({ ...key, person_id: id(who), workspace_id: id(text), capability, enabled })),
    ),
  );
  const project = each(told.projects, (text, { in: workspaceName, people }) => ({
    ...key,
    id: name('project', text),
    workspace_id: id(workspaceName),
    name: text,
    mode: people ? 'restricted' : 'open',
  }));
  const projectMember = each(told.projects, (text, { in: workspaceName, people }) =>
    each(people, (who, role) => ({ ...key, project_id: id(text), principal_id: id(who), principal: sortOf(who), workspace_id: id(workspaceName), role })),
  );

  const somebody = person.find(({ role }) => role === 'admin') ?? person[0];
  const things = { ...told.workflows, ...told.resources };
  const resource = each(things, (text, it) => {
    const kind = it.kind ?? 'workflow';
    const owner = it.owner === undefined ? somebody?.id : it.owner && id(it.owner);
    return {
      ...key,
      id: name(kind, text),
      workspace_id: id(it.in),
      project_id: it.project ? id(it.project) : null,
      restricted_to: it.project && told.projects?.[it.project]?.people ? id(it.project) : null,
      kind,
      name: text,
      owner_id: owner ?? null,
      given_by: it.givenBy ? id(it.givenBy) : null,
      visibility: it.visibility ?? (it.grants ? 'shared' : 'private'),
      everyone_role: it.everyone ?? 'editor',
      created_by: owner ?? somebody?.id,
      deleted_at: it.binned ? new Date() : null,
    };
  });
  const revision = resource.map(({ id: resourceId, workspace_id, name: called, created_by }) => {
    const it = revisionFrom(read(things[called]?.document ?? { note: called }, undefined, ''), { resource: resourceId, workspace: workspace_id, number: 1, name: called });
    const { format, media, document, source, bytes, digest, outline } = it;
    return { ...key, resource_id: resourceId, number: 1, workspace_id, format, media, document, source, bytes, digest, outline, name: called, person_id: created_by };
  });
  const grant = resource.flatMap((of) =>
    each(things[of.name]?.grants, (who, it) => ({
      ...key,
      resource_id: of.id,
      principal_id: id(who),
      principal: sortOf(who),
      workspace_id: of.workspace_id,
      kind: of.kind,
      level: typeof it === 'string' ? it : it.level,
      live: of.visibility !== 'private' && !of.deleted_at,
      expires_at: typeof it === 'string' ? null : it.until,
      granted_by: of.created_by,
    })),
  );
  const request = each(told.requests, (text, it) => ({
    ...key,
    id: name('request', text),
    requester_id: id(it.by),
    resource_id: id(it.for),
    kind: things[it.for]?.kind ?? 'workflow',
    workspace_id: id(things[it.for]?.in ?? ''),
    level: it.level ?? 'editor',
    message: it.message ?? null,
  }));
  return {
    named,
    rows: {
      organization: [{ id: organization, name: 'Acme' }],
      person,
      team,
      group,
      membership,
      workspace,
      workspace_member: places.filter(({ who }) => sortOf(who) === 'person').map(({ who, ...rest }) => ({ ...key, person_id: id(who), ...rest })),
      workspace_team: places.filter(({ who }) => sortOf(who) === 'team').map(({ who, ...rest }) => ({ ...key, team_id: id(who), ...rest })),
      capability_switch: switches.flat(2),
      project,
      project_member: projectMember.flat(),
      resource,
      revision,
      access_grant: grant,
      access_request: request,
    },
  };
}
