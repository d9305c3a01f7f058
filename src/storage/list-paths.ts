import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Kind } from '../terms/kinds.ts';

/** Where to look: everything in `wide`, by paths in `placed`, by grants in `reach`. */
export interface Area {
  readonly organization: string;
  readonly wide: readonly string[];
  readonly placed: readonly string[];
  readonly only: readonly string[] | null;
}

/** Ids above all others: where a first page starts from. */
export const top = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
export const principals = (me: Actor) => sql`
  principals as materialized (
    select ${me.person}::uuid as id, 'grant' as via
    union all
    select m.principal_id, m.principal || ':' || coalesce(team.name, "group".name) from membership m
    left join team on team.organization_id = m.organization_id and team.id = m.principal_id
    left join "group" on "group".organization_id = m.organization_id and "group".id = m.principal_id
    where m.organization_id = ${me.organization} and m.person_id = ${me.person}
  ),
  reach as materialized (
    select w.id from workspace w where w.organization_id = ${me.organization} and w.deleted_at is null
      and w.id = any ((select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[])
  ),
  gates as materialized (
    select m.project_id as id, max(m.role) as role from project_member m
    where m.organization_id = ${me.organization} and (m.principal_id = ${me.person} or m.principal_id in (select id from principals))
    group by m.project_id
  )`;

type Limit = RawBuilder<unknown>;

/** Every path but the grants, each read from its own index. */
export const placed = ({ organization, wide, placed }: Area, me: Actor, kind: Kind, limit: Limit, after: string) => sql`
  select x.* from unnest(${wide}::uuid[]) ws cross join lateral (select r.id, 'owner'::level as level, 'override' as via, 0 as rank from resource r
    where r.organization_id = ${organization} and r.workspace_id = ws and r.kind = ${kind} and r.deleted_at is null and r.id < ${after}::uuid
    order by r.id desc ${limit}) x
  union all
  select x.* from unnest(${placed}::uuid[]) ws cross join lateral (select r.id, 'owner'::level, 'owner', 9 from resource r
    where r.organization_id = ${organization} and r.owner_id = ${me.person} and r.workspace_id = ws and r.kind = ${kind} and r.deleted_at is null
      and r.id < ${after}::uuid order by r.id desc ${limit}) x
  union all
  select x.* from unnest(${placed}::uuid[]) ws cross join lateral (select r.id, r.everyone_role, 'everyone', 5 from resource r
    where r.organization_id = ${organization} and r.workspace_id = ws and r.kind = ${kind} and r.visibility = 'everyone' and r.restricted_to is null
      and r.deleted_at is null and r.id < ${after}::uuid order by r.id desc ${limit}) x
  union all
  select x.* from gates cross join lateral (select r.id, least(r.everyone_role, gates.role), 'everyone', 5 from resource r
    where r.organization_id = ${organization} and r.restricted_to = gates.id and r.kind = ${kind} and r.visibility = 'everyone'
      and r.deleted_at is null and r.workspace_id = any (${placed}::uuid[]) and r.id < ${after}::uuid order by r.id desc ${limit}) x`;

/** The grants, one index scan for each principal and workspace, from `floor` up. */
export const granted = (
  { organization, only }: Area,
  kind: Kind,
  limit: Limit,
  after: string,
  floor: RawBuilder<unknown>,
) => sql`
  select x.* from principals cross join reach cross join lateral (select g.resource_id as id, g.level, principals.via,
      case principals.via when 'grant' then 8 else 7 end as rank from access_grant g
    where g.organization_id = ${organization} and g.principal_id = principals.id and g.workspace_id = reach.id and g.kind = ${kind} and g.live
      and g.resource_id < ${after}::uuid and g.resource_id >= ${floor} and (g.expires_at is null or g.expires_at > statement_timestamp())
    order by g.resource_id desc ${limit}) x
  where ${only}::uuid[] is null or reach.id = any (${only}::uuid[])`;

export const lowest = sql`'00000000-0000-0000-0000-000000000000'::uuid`;

export const union = (area: Area, me: Actor, kind: Kind, limit: Limit, perGrant: Limit, after: string) =>
  sql`${placed(area, me, kind, limit, after)} union all ${granted(area, kind, perGrant, after, lowest)}`;

/** The highest level of each id and the path that gave it; of equal ones, the plainest. */
export const best = sql`max(level) as level, (array_agg(via order by level desc, rank desc, via))[1] as via`;
