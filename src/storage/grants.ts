import { sql } from 'kysely';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

export interface Grant {
  readonly principal: 'person' | 'group' | 'team';
  readonly principal_id: string;
  readonly level: 'viewer' | 'editor';
  readonly expires_at: Date | null;
}

type Sharing = Decided<'resource.share'> | Decided<'request.decide'>;
const resourceOf = ({ action, subject }: Sharing) => (action === 'request.decide' ? subject.resource_id : subject.id);

/** The grant that a principal holds now; one that is over is none (DEC-4). */
export async function grantTo(tx: Tx, target: Sharing, principal: string): Promise<Grant | undefined> {
  const { rows } = await sql<Grant>`select principal, principal_id, level, expires_at from access_grant
    where organization_id = ${target.me.organization} and resource_id = ${resourceOf(target)} and principal_id = ${principal}
      and (expires_at is null or expires_at > statement_timestamp())`.execute(storeOf(tx));
  return rows[0];
}

/** Gives or replaces a grant. A private resource becomes shared by it (VIS-3). */
export async function grant(
  tx: Tx,
  target: Sharing,
  { principal, principal_id, level, expires_at }: Grant,
): Promise<void> {
  const { me } = target;
  const store = storeOf(tx);
  const resource = resourceOf(target);
  await sql`
    insert into access_grant (organization_id, resource_id, principal_id, principal, workspace_id, kind, level, live, expires_at, granted_by)
    select r.organization_id, r.id, ${principal_id}, ${principal}, r.workspace_id, r.kind, ${level}::level, true, ${expires_at}, ${me.person}
    from resource r where r.organization_id = ${me.organization} and r.id = ${resource}
    on conflict (organization_id, resource_id, principal_id) do update
      set level = excluded.level, expires_at = excluded.expires_at, granted_by = excluded.granted_by, granted_at = now()`.execute(
    store,
  );
  await sql`update resource set visibility = 'shared' where organization_id = ${me.organization} and id = ${resource} and visibility = 'private'`.execute(
    store,
  );
}

/** The person with this id or email whom it is shared with, found or not by the caller: what one gave one can take back. */
export async function personGranted(
  tx: Tx,
  { me, subject }: Decided<'resource.unshare' | 'resource.drop'>,
  named: { id: string | undefined; text: string },
): Promise<{ id: string; email: string } | undefined> {
  const { rows } = await sql<{ id: string; email: string }>`select p.id, p.email from access_grant g
    join person p on p.organization_id = g.organization_id and p.id = g.principal_id
    where g.organization_id = ${me.organization} and g.resource_id = ${subject.id} and g.principal = 'person'
      and (p.id = ${named.id ?? null}::uuid or lower(p.email) = lower(${named.text}::text))`.execute(storeOf(tx));
  return rows[0];
}

/** Takes a grant back; answers what it was, or nothing where there was none. */
export async function ungrant(
  tx: Tx,
  { me, subject }: Decided<'resource.unshare' | 'resource.drop'>,
  principal: string,
): Promise<Grant | undefined> {
  const { rows } =
    await sql<Grant>`delete from access_grant where organization_id = ${me.organization} and resource_id = ${subject.id}
    and principal_id = ${principal} returning principal, principal_id, level, expires_at`.execute(storeOf(tx));
  return rows[0];
}

/** What the old owner of something transferred keeps: a grant of this level, or nothing, not even one from before (OWN-3). */
export async function keepGrant(
  tx: Tx,
  { me, subject }: Decided<'resource.transfer'>,
  person: string,
  level: 'viewer' | 'editor' | undefined,
): Promise<void> {
  if (!level) {
    await sql`delete from access_grant where organization_id = ${me.organization} and resource_id = ${subject.id} and principal_id = ${person}`.execute(
      storeOf(tx),
    );
    return;
  }
  await sql`
    insert into access_grant (organization_id, resource_id, principal_id, principal, workspace_id, kind, level, live, granted_by)
    values (${me.organization}, ${subject.id}, ${person}, 'person', ${subject.workspace_id}, ${subject.kind}, ${level}::level, true, ${me.person})
    on conflict (organization_id, resource_id, principal_id) do update set level = excluded.level, expires_at = null`.execute(
    storeOf(tx),
  );
  await sql`update resource set visibility = 'shared' where organization_id = ${me.organization} and id = ${subject.id} and visibility = 'private'`.execute(
    storeOf(tx),
  );
}

export interface NamedGrant extends Grant {
  readonly name: string;
  /** Whether the caller may know which group it is (GRP-7). */
  readonly hidden: boolean;
  readonly given_by: string | null;
  readonly granted_at: Date;
  /** How many there are in all, of which the first 200 are read. */
  readonly of: number;
}

/** All grants of a resource that hold, by name; a private group that the caller is not in has no name here, and comes first, so that its place tells none (GRP-7). */
export async function grantsOn(tx: Tx, { me, subject }: Decided<'resource.audience'>): Promise<NamedGrant[]> {
  const { rows } = await sql<NamedGrant>`
    select * from (select g.principal, g.principal_id, g.level, g.expires_at, g.granted_at, count(*) over ()::int as of, by.email as given_by, coalesce(p.email, t.name, gr.name) as name,
      coalesce(gr.visibility = 'private' or t.visibility = 'locked' and ${me.role} <> 'admin', false) and not exists (
        select from membership m where m.organization_id = g.organization_id and m.principal_id = g.principal_id and m.person_id = ${me.person}) as hidden
    from access_grant g
    left join person p on g.principal = 'person' and p.organization_id = g.organization_id and p.id = g.principal_id
    left join team t on g.principal = 'team' and t.organization_id = g.organization_id and t.id = g.principal_id and t.deleted_at is null
    left join "group" gr on g.principal = 'group' and gr.organization_id = g.organization_id and gr.id = g.principal_id and gr.deleted_at is null
    left join person by on by.organization_id = g.organization_id and by.id = g.granted_by
    where g.organization_id = ${me.organization} and g.resource_id = ${subject.id} and (g.expires_at is null or g.expires_at > statement_timestamp())
      and coalesce(p.id, t.id, gr.id) is not null) g
    order by hidden desc, case when hidden then principal_id::text else name end limit 200`.execute(storeOf(tx));
  return rows;
}

/** The groups and teams with a grant that the caller may not know by name: private ones, and locked ones, that they are not in (GRP-7, TEAM-3). */
export async function hiddenPrincipals(
  tx: Tx,
  { me, subject }: Decided<'resource.audience'>,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select g.principal_id as id from access_grant g
    left join "group" gr on gr.organization_id = g.organization_id and gr.id = g.principal_id
    left join team t on t.organization_id = g.organization_id and t.id = g.principal_id
    where g.organization_id = ${me.organization} and g.resource_id = ${subject.id}
      and (gr.visibility = 'private' or t.visibility = 'locked' and ${me.role} <> 'admin')
      and not exists (select from membership m where m.organization_id = g.organization_id and m.principal_id = g.principal_id and m.person_id = ${me.person})`.execute(
    storeOf(tx),
  );
  return new Set(rows.map(({ id }) => id));
}
