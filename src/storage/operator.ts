import { type RawBuilder, sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import type { OrganizationRole, WorkspaceRole } from '../terms/ladders.ts';
import type { CredentialScope } from '../terms/scopes.ts';
import { type Store, storeOf, type Tx } from './database.ts';

/** What the machine's operator does as the owner of the tables, for whom row-level security does not hold. */

export const hasOrganization = async (tx: Tx): Promise<boolean> => (await all<{ one: 1 }>(tx, sql`select 1 as one from organization limit 1`)).length > 0;

export interface PersonFound {
  readonly organization: string;
  readonly organizationName: string;
  readonly id: string;
  readonly email: string;
}

/** Whoever is active under an email, in every organization or in the one named. */
export const peopleWith = (tx: Tx, email: string, organization?: string): Promise<PersonFound[]> =>
  all(tx, sql`select o.id as organization, o.name as "organizationName", p.id, p.email from person p join organization o on o.id = p.organization_id
    where lower(p.email) = lower(${email}) and p.status = 'active' and o.deleted_at is null
      and (${organization ?? null}::text is null or o.name = ${organization ?? null} or o.id::text = ${organization ?? null}) order by o.name`);

export const workspacesOf = (tx: Tx, organization: string): Promise<{ id: string; name: string }[]> =>
  all(tx, sql`select id, name from workspace where organization_id = ${organization} and deleted_at is null order by name`);

export async function addOrganization(tx: Tx, name: string): Promise<string> {
  const id = newId();
  await run(tx, sql`insert into organization (id, name) values (${id}, ${name})`);
  await logOperator(tx, { organization: id, action: 'organization.create', noun: 'organization', entity: id, after: { name } });
  return id;
}

export const organizationNamed = async (tx: Tx, name: string): Promise<string | undefined> =>
  (await all<{ id: string }>(tx, sql`select id from organization where name = ${name} and deleted_at is null`))[0]?.id;

export async function addPerson(tx: Tx, organization: string, { email, name, role }: { email: string; name: string; role: OrganizationRole }): Promise<string> {
  const id = newId();
  await run(tx, sql`insert into person (organization_id, id, email, name, role) values (${organization}, ${id}, ${email}, ${name}, ${role})`);
  await logOperator(tx, { organization, action: 'person.create', noun: 'person', entity: id, after: { email, role } });
  return id;
}

export async function addWorkspace(tx: Tx, organization: string, name: string, members: Readonly<Record<string, WorkspaceRole>>): Promise<string> {
  const id = newId();
  await run(tx, sql`insert into workspace (organization_id, id, name) values (${organization}, ${id}, ${name})`);
  for (const [person, role] of Object.entries(members)) {
    await run(tx, sql`insert into workspace_member (organization_id, person_id, workspace_id, role) values (${organization}, ${person}, ${id}, ${role})`);
  }
  await logOperator(tx, { organization, action: 'workspace.create', noun: 'workspace', entity: id, workspace: id, after: { name, members } });
  return id;
}

export interface NewPrincipal {
  readonly noun: 'group' | 'team';
  readonly name: string;
  readonly visibility: 'public' | 'private' | 'locked';
  /** By person. */
  readonly members: Readonly<Record<string, 'owner' | 'editor' | 'viewer' | 'manager' | 'member'>>;
}

export async function addPrincipal(tx: Tx, organization: string, { noun, name, visibility, members }: NewPrincipal): Promise<string> {
  const id = newId();
  await run(tx, sql`insert into ${sql.table(noun)} (organization_id, id, name, visibility) values (${organization}, ${id}, ${name}, ${visibility})`);
  for (const [person, role] of Object.entries(members)) {
    await run(tx, sql`insert into membership (organization_id, person_id, principal_id, principal, role) values (${organization}, ${person}, ${id}, ${noun}, ${role})`);
  }
  await logOperator(tx, { organization, action: `${noun}.create`, noun, entity: id, after: { name, visibility, members } });
  return id;
}

export interface NewCredential {
  readonly organization: string;
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: readonly CredentialScope[];
  readonly workspaces: readonly string[] | null;
  readonly expiresAt: Date | null;
}

export async function addCredential(tx: Tx, { organization, id, person, name, hash, scopes, workspaces, expiresAt }: NewCredential): Promise<void> {
  await run(tx, sql`insert into credential (organization_id, id, person_id, name, secret_hash, scopes, workspaces, expires_at)
    values (${organization}, ${id}, ${person}, ${name}, ${hash}, ${scopes}, ${workspaces}, ${expiresAt})`);
  await logOperator(tx, { organization, action: 'key.create', noun: 'credential', entity: id, after: { person, name, scopes, workspaces, expires_at: expiresAt } });
}

export interface CredentialFound {
  readonly organization: string;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly scopes: readonly CredentialScope[];
  readonly workspaces: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly state: 'active' | 'expired' | 'revoked';
}

/** Every key, or the one with this id; of workspaces their names. */
export const credentials = (tx: Tx, id?: string): Promise<CredentialFound[]> =>
  all(tx, sql`select c.organization_id as organization, c.id, p.email, c.name, c.scopes, c.created_at as "createdAt", c.expires_at as "expiresAt",
      (select array_agg(w.name order by w.name) from workspace w where w.organization_id = c.organization_id and w.id = any (c.workspaces)) as workspaces,
      case when c.revoked_at is not null then 'revoked' when c.expires_at <= now() then 'expired' else 'active' end as state
    from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
    where ${id ?? null}::uuid is null or c.id = ${id ?? null} order by c.id`);

/** From now on it opens nothing; ending what has ended changes nothing. */
export async function revokeCredential(tx: Tx, { organization, id, name }: CredentialFound): Promise<void> {
  const ended = await all(tx, sql`update credential set revoked_at = now() where organization_id = ${organization} and id = ${id} and revoked_at is null returning id`);
  if (ended.length === 0) return;
  await logOperator(tx, { organization, action: 'key.revoke', noun: 'credential', entity: id, before: { name, revoked: false }, after: { name, revoked: true } });
}

/** A credential of this name, for this person, cut to this workspace, that nobody revoked. */
export const credentialNamed = async (tx: Tx, { organization, person, name, workspace }: { organization: string; person: string; name: string; workspace: string }) =>
  (
    await all<{ id: string }>(
      tx,
      sql`select id from credential where organization_id = ${organization} and person_id = ${person} and name = ${name} and workspaces = ${[workspace]}::uuid[]
        and revoked_at is null order by id desc limit 1 for update`,
    )
  )[0]?.id;

/** Gives a credential a new secret (where there is one) and a new end. */
export async function renewCredential(tx: Tx, { organization, id, hash, expiresAt }: { organization: string; id: string; hash?: Buffer; expiresAt: Date }): Promise<void> {
  await run(tx, sql`update credential set secret_hash = coalesce(${hash ?? null}, secret_hash), expires_at = ${expiresAt} where organization_id = ${organization} and id = ${id}`);
  await logOperator(tx, { organization, action: hash ? 'key.renew' : 'key.end', noun: 'credential', entity: id, after: { expires_at: expiresAt } });
}

interface OperatorEntry {
  readonly organization: string;
  readonly action: string;
  readonly noun: string;
  readonly entity: string;
  readonly workspace?: string;
  readonly before?: unknown;
  readonly after: unknown;
}

/** Adds to the log, as nobody's act but the operator's (EXT-4). */
async function logOperator(tx: Tx, { organization, action, noun, entity, workspace, before, after }: OperatorEntry): Promise<void> {
  await run(tx, sql`insert into activity (organization_id, id, surface, action, outcome, because, noun, entity_id, workspace_id, before, after)
    values (${organization}, ${newId()}, 'operator', ${action}, 'allow', 'The operator of this machine did it.', ${noun}, ${entity}, ${workspace ?? null},
      ${before === undefined ? null : JSON.stringify(before)}::json, ${JSON.stringify(after)}::json)`);
}

const all = async <Row>(tx: Tx, query: RawBuilder<unknown>): Promise<Row[]> => [...(await query.execute(storeOf(tx) satisfies Store)).rows] as Row[];
const run = async (tx: Tx, query: RawBuilder<unknown>): Promise<void> => void (await query.execute(storeOf(tx)));
