import { sql } from 'kysely';
import type { OrganizationRole } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { type CircleRole, placeIn } from './circles.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { asked, visible } from './directory.ts';

export interface CircleMember {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: CircleRole;
  readonly status: 'active' | 'suspended';
  readonly key: string;
  /** How many there are in all. */
  readonly of: number;
}

/** One page of who is in a group or team, by email; not `whole`, only those whom the caller finds (DIR-1). */
export async function membersIn(
  tx: Tx,
  { me, subject }: Decided<'group.people' | 'team.see'>,
  { limit, after, whole }: { limit: number; after?: readonly [string, string] | undefined; readonly whole: boolean },
): Promise<Page<CircleMember>> {
  const found = whole ? sql`true` : sql`p.id in (select id from (${visible}) it where it.type = 'person')`;
  const { rows } = await sql<CircleMember>`${asked(me)},
    every as materialized (select p.id, p.email, p.name, m.role, p.status, p.email_key as key from membership m
      join person p on p.organization_id = m.organization_id and p.id = m.person_id and p.status <> 'removed'
      where m.organization_id = ${me.organization} and m.principal_id = ${subject.id} and ${found})
    select *, (select count(*)::int from every) as of from every
    where ${after?.[0] ?? null}::text is null or (key, id) > (${after?.[0] ?? null}::text, ${after?.[1] ?? null}::uuid)
    order by key, id limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? placeIn(last) : undefined };
}

/** How many are in it. */
export async function countMembers(
  tx: Tx,
  { me, subject }: Decided<'group.see' | 'group.delete' | 'team.see' | 'team.delete'>,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from membership
    where organization_id = ${me.organization} and principal_id = ${subject.id}`.execute(storeOf(tx));
  return rows[0]?.count ?? 0;
}

/** Someone who may be put into a group or team, or taken out of it. */
export interface Candidate {
  readonly id: string;
  readonly email: string;
  /** The email as names are compared. */
  readonly key: string;
  /** In it already, and as what. */
  readonly was: CircleRole | null;
}

export type Staffing = Decided<
  'group.staff' | 'group.rank' | 'group.leave' | 'team.staff' | 'team.join' | 'team.leave'
>;

/** Those of these ids and emails who are in it, whatever became of them, or whom the caller finds; in one statement, however many. */
export async function candidatesFor(
  tx: Tx,
  { me, subject }: Staffing,
  { ids, emails }: { ids: readonly string[]; emails: readonly string[] },
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`${asked(me)},
    named as materialized (select p.id from person p where p.organization_id = ${me.organization} and p.id = any (${ids}::uuid[]) and p.status <> 'removed'
      union select p.id from person p where p.organization_id = ${me.organization} and p.email_key = any (${emails}::text[]) and p.status <> 'removed')
    select p.id, p.email, p.email_key as key, m.role as was from named join person p on p.organization_id = ${me.organization} and p.id = named.id
    left join membership m on m.organization_id = p.organization_id and m.person_id = p.id and m.principal_id = ${subject.id}
    left join lateral (select true as found from (${visible}) it where it.type = 'person' and it.id = p.id limit 1) seen on true
    where m.role is not null or seen.found`.execute(storeOf(tx));
  return rows;
}

/** What these people are in the organization; it stays so until the change is through, and whoever is not active is left out. */
export async function heldRoles(
  tx: Tx,
  { me }: Staffing,
  people: readonly string[],
): Promise<ReadonlyMap<string, OrganizationRole>> {
  if (people.length === 0) return new Map();
  const { rows } = await sql<{ id: string; role: OrganizationRole; status: string }>`select id, role, status from person
    where organization_id = ${me.organization} and id = any (${people}::uuid[]) order by id for share`.execute(
    storeOf(tx),
  );
  return new Map(rows.filter(({ status }) => status === 'active').map(({ id, role }) => [id, role]));
}

/** Puts people in with a role, changes it, or takes them out (no role): any number in two statements. */
export async function setMembers(
  tx: Tx,
  { action, me, subject }: Staffing,
  people: readonly { readonly id: string; readonly role: CircleRole | null }[],
): Promise<void> {
  const out = people.flatMap(({ id, role }) => (role ? [] : [id]));
  const into = people.filter(({ role }) => role);
  if (out.length)
    await sql`delete from membership where organization_id = ${me.organization} and principal_id = ${subject.id}
      and person_id = any (${out}::uuid[])`.execute(storeOf(tx));
  if (into.length)
    await sql`insert into membership (organization_id, person_id, principal_id, principal, role)
      select ${me.organization}, person, ${subject.id}, ${action.split('.')[0]}, role
      from unnest(${into.map(({ id }) => id)}::uuid[], ${into.map(({ role }) => role)}::text[]) it (person, role)
      on conflict (organization_id, person_id, principal_id) do update set role = excluded.role`.execute(storeOf(tx));
}

/** Whether a group has an owner who is active (GRP-5). */
export async function hasOwner(tx: Tx, { me, subject }: Staffing): Promise<boolean> {
  const { rows } =
    await sql`select from membership m join person p on p.organization_id = m.organization_id and p.id = m.person_id
    where m.organization_id = ${me.organization} and m.principal_id = ${subject.id} and m.role = 'owner' and p.status = 'active' limit 1`.execute(
      storeOf(tx),
    );
  return rows.length > 0;
}
