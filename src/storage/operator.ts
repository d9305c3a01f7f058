import { type RawBuilder, sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import type { OrganizationRole, WorkspaceRole } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';

/** What the machine's operator does as the owner of the tables, for whom row-level security does not hold. */

export const hasOrganization = async (tx: Tx): Promise<boolean> =>
  (await all<{ one: 1 }>(tx, sql`select 1 as one from organization limit 1`)).length > 0;

/** Whether there is no organization; whoever asks at the same time waits until this transaction ends, and then sees what it made. */
export async function isEmptyForUs(tx: Tx): Promise<boolean> {
  await run(tx, sql`set local lock_timeout = 0`);
  await run(tx, sql`select pg_advisory_xact_lock(hashtext('the first organization'))`);
  return !(await hasOrganization(tx));
}

export interface PersonFound {
  readonly organization: string;
  readonly organizationName: string;
  readonly id: string;
  readonly email: string;
}

/** Whoever is active under an email, in every organization or in the one named. */
export const peopleWith = (tx: Tx, email: string, organization?: string): Promise<PersonFound[]> =>
  all(
    tx,
    sql`select o.id as organization, o.name as "organizationName", p.id, p.email from person p join organization o on o.id = p.organization_id
    where p.email_key = lower(${email}) and p.status = 'active' and o.deleted_at is null
      and (${organization ?? null}::text is null or o.name = ${organization ?? null} or o.id::text = ${organization ?? null}) order by o.name`,
  );

export const workspacesOf = (tx: Tx, organization: string): Promise<{ id: string; name: string }[]> =>
  all(
    tx,
    sql`select id, name from workspace where organization_id = ${organization} and deleted_at is null order by name`,
  );

export async function addOrganization(tx: Tx, name: string): Promise<string> {
  const id = newId();
  await run(tx, sql`insert into organization (id, name) values (${id}, ${name})`);
  await logOperator(tx, {
    organization: id,
    action: 'organization.create',
    noun: 'organization',
    entity: id,
    after: { name },
  });
  return id;
}

export const organizationNamed = async (tx: Tx, name: string): Promise<string | undefined> =>
  (await all<{ id: string }>(tx, sql`select id from organization where name = ${name} and deleted_at is null`))[0]?.id;

export async function addPerson(
  tx: Tx,
  organization: string,
  { email, name, role }: { email: string; name: string; role: OrganizationRole },
): Promise<string> {
  const id = newId();
  await run(
    tx,
    sql`insert into person (organization_id, id, email, name, role) values (${organization}, ${id}, ${email}, ${name}, ${role})`,
  );
  await logOperator(tx, { organization, action: 'person.create', noun: 'person', entity: id, after: { email, role } });
  return id;
}

export async function addWorkspace(
  tx: Tx,
  organization: string,
  name: string,
  members: Readonly<Record<string, WorkspaceRole>>,
): Promise<string> {
  const id = newId();
  await run(tx, sql`insert into workspace (organization_id, id, name) values (${organization}, ${id}, ${name})`);
  for (const [person, role] of Object.entries(members)) {
    await run(
      tx,
      sql`insert into workspace_member (organization_id, person_id, workspace_id, role) values (${organization}, ${person}, ${id}, ${role})`,
    );
  }
  await logOperator(tx, {
    organization,
    action: 'workspace.create',
    noun: 'workspace',
    entity: id,
    workspace: id,
    after: { name, members },
  });
  return id;
}

export interface NewPrincipal {
  readonly noun: 'group' | 'team';
  readonly name: string;
  readonly visibility: 'public' | 'private' | 'locked';
  /** By person. */
  readonly members: Readonly<Record<string, 'owner' | 'editor' | 'viewer' | 'manager' | 'member'>>;
}

export async function addPrincipal(
  tx: Tx,
  organization: string,
  { noun, name, visibility, members }: NewPrincipal,
): Promise<string> {
  const id = newId();
  await run(
    tx,
    sql`insert into ${sql.table(noun)} (organization_id, id, name, visibility) values (${organization}, ${id}, ${name}, ${visibility})`,
  );
  for (const [person, role] of Object.entries(members)) {
    await run(
      tx,
      sql`insert into membership (organization_id, person_id, principal_id, principal, role) values (${organization}, ${person}, ${id}, ${noun}, ${role})`,
    );
  }
  await logOperator(tx, {
    organization,
    action: `${noun}.create`,
    noun,
    entity: id,
    after: { name, visibility, members },
  });
  return id;
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
export async function logOperator(
  tx: Tx,
  { organization, action, noun, entity, workspace, before, after }: OperatorEntry,
): Promise<void> {
  await run(
    tx,
    sql`insert into activity (organization_id, id, surface, action, outcome, because, noun, entity_id, workspace_id, before, after)
    values (${organization}, ${newId()}, 'operator', ${action}, 'allow', 'The operator of this machine did it.', ${noun}, ${entity}, ${workspace ?? null},
      ${before === undefined ? null : JSON.stringify(before)}::json, ${JSON.stringify(after)}::json)`,
  );
}

export const all = async <Row>(tx: Tx, query: RawBuilder<unknown>): Promise<Row[]> =>
  [...(await query.execute(storeOf(tx))).rows] as Row[];
export const run = async (tx: Tx, query: RawBuilder<unknown>): Promise<void> => void (await query.execute(storeOf(tx)));
