import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import { self } from './reach.ts';

export type PrincipalType = 'person' | 'group' | 'team';

/** Someone or something to share with, that the caller may know of (DIR-1). */
export interface Principal {
  readonly type: PrincipalType;
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: string | null;
  /** The name as the list is ordered by it. */
  readonly key: string;
}

/** The place in the list behind this one. */
export const placeAfter = ({ key, id }: Principal): string => JSON.stringify([key, id]);

/** Where `who` is: the ground on which guests find people at all. */
export const company = sql`
  mine as (select m.principal_id as id from who join belonging m on m.organization_id = who.organization_id and m.person_id = who.id),
  grounds as materialized (
    select w.id from (
      select m.organization_id, m.workspace_id from who join workspace_member m on m.organization_id = who.organization_id and m.person_id = who.id
      union select t.organization_id, t.workspace_id from who join workspace_team t on t.organization_id = who.organization_id and t.team_id in (select id from mine)) its
    join workspace w on w.organization_id = its.organization_id and w.id = its.workspace_id and w.deleted_at is null),
  known as materialized (
    select m.person_id as id from who join workspace_member m on m.organization_id = who.organization_id and m.workspace_id in (select id from grounds)
    union select m.person_id from who join belonging m on m.organization_id = who.organization_id
      join workspace_team t on t.organization_id = m.organization_id and t.team_id = m.principal_id and t.workspace_id in (select id from grounds)
    union select m.person_id from who join membership m on m.organization_id = who.organization_id and m.principal_id in (select id from mine))`;

/** The people, groups and teams that `who` finds (DIR-1). */
export const visible = sql`
  select 'person' as type, p.id, p.name, p.email, p.role, p.email_key as called from who join person p on p.organization_id = who.organization_id and p.status = 'active'
    and (who.role = 'admin' or p.id = who.id or who.role <> 'guest' and p.role <> 'guest' or p.id in (select id from known))
  union all
  select 'group', g.id, g.name, null, null, lower(g.name) from who join "group" g on g.organization_id = who.organization_id and g.deleted_at is null
    and (g.id in (select id from mine) or who.role <> 'guest' and g.visibility = 'public')
  union all
  select 'team', t.id, t.name, null, null, lower(t.name) from who join team t on t.organization_id = who.organization_id and t.deleted_at is null
    and (t.id in (select id from mine) or who.role = 'admin' or who.role <> 'guest' and t.visibility = 'public')`;

/** Who asks, and the ground for `visible`. */
export const asked = (me: Actor) => sql`with who as materialized (${self(me)}), ${company}`;

/** One page of whom the caller finds, by name; `text` is a part of a name or an email. */
export async function findPrincipals(
  tx: Tx,
  me: Actor,
  {
    text,
    types,
    limit,
    after,
  }: { text: string; types: readonly PrincipalType[]; limit: number; after?: readonly [string, string] | undefined },
): Promise<Page<Principal>> {
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<Principal>`${asked(me)} select *, lower(name) as key from (${visible}) it
    where type = any (${types}::text[]) and (name ilike ${like} or email ilike ${like})
      and (${after?.[0] ?? null}::text is null or (lower(name), id) > (${after?.[0] ?? null}::text, ${after?.[1] ?? null}::uuid))
    order by lower(name), id limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? placeAfter(items.at(-1) as Principal) : undefined };
}

/** Those that bear exactly this id, email (of people) or name (of groups and teams), in any case; six at most, to tell one from several. */
export async function principalsNamed(
  tx: Tx,
  me: Actor,
  type: PrincipalType,
  named: { id?: string | undefined; text: string },
): Promise<Principal[]> {
  const isCalled = named.id === undefined ? sql`called = lower(${named.text}::text)` : sql`id = ${named.id}::uuid`;
  const { rows } = await sql<Principal>`${asked(me)} select *, lower(name) as key from (${visible}) it
    where type = ${sql.lit(type)} and ${isCalled} 
    order by name, id limit 6`.execute(storeOf(tx));
  return rows;
}
