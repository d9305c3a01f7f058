import { type RawBuilder, sql } from 'kysely';
import { plainness } from '../access/decide.ts';
import type { Kind } from '../terms/kinds.ts';
import { type Level, ladders } from '../terms/ladders.ts';

/** What every statement of a list is run with. */
export interface Area {
  readonly organization: string;
  readonly person: string;
  readonly kind: Kind;
  /** The id that the page before ended with. */
  readonly after: string;
  /** Workspaces where everything opens by override. */
  readonly wide: readonly string[];
  /** Workspaces where owner, everyone and projects count. */
  readonly placed: readonly string[];
  /** Where grants are looked for; all in reach where null. */
  readonly only: readonly string[] | null;
  /** Restricted projects they are in, and as what. */
  readonly gates: readonly string[];
  readonly gateRoles: readonly ('viewer' | 'editor')[];
}

/** The places in a statement that `Area` fills. */
export type In = { readonly [K in keyof Area]: RawBuilder<unknown> };

/** Ids above and below all others. */
export const top = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const bottom = sql`'00000000-0000-0000-0000-000000000000'::uuid`;

/**
 * What a branch gives of a resource: its id and a key, `<level><plainness>:<via>:<through>`, so that the highest key of an id names its
 * highest level and the plainest path that gives it. Levels are 1 to 3, as the ladder counts; `through` is a group or team.
 */
const branch = (level: RawBuilder<unknown>, via: string) =>
  sql`r.id, ${level} || ${sql.lit(`${plainness(via)}:${via}:`)} as key`;
const digit = (level: RawBuilder<unknown>) => sql`case ${level} when 'viewer' then '1' else '2' end`;
const owner = sql`'3'`;

const isListed = ({ organization, kind, after }: In) =>
  sql`r.organization_id = ${organization}::uuid and r.kind = ${kind}::text and r.deleted_at is null and r.id < ${after}::uuid`;

/** Every path but the grants, each read from its own index. */
export const placed = (its: In, limit: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select x.* from unnest(${its.wide}::uuid[]) ws cross join lateral (select ${branch(owner, 'override')} from resource r
    where ${isListed(its)} and r.workspace_id = ws order by r.id desc ${limit}) x
  union all
  select x.* from unnest(${its.placed}::uuid[]) ws cross join lateral (select ${branch(owner, 'owner')} from resource r
    where ${isListed(its)} and r.owner_id = ${its.person}::uuid and r.workspace_id = ws order by r.id desc ${limit}) x
  union all
  select x.* from unnest(${its.placed}::uuid[]) ws cross join lateral (select ${branch(digit(sql`r.everyone_role`), 'everyone')} from resource r
    where ${isListed(its)} and r.workspace_id = ws and r.visibility = 'everyone' and r.restricted_to is null order by r.id desc ${limit}) x
  union all
  select x.* from unnest(${its.gates}::uuid[], ${its.gateRoles}::level[]) gate (id, role) cross join lateral (
    select ${branch(digit(sql`least(r.everyone_role, gate.role)`), 'everyone')} from resource r
    where ${isListed(its)} and r.restricted_to = gate.id and r.visibility = 'everyone' and r.workspace_id = any (${its.placed}::uuid[])
    order by r.id desc ${limit}) x`;

const setting = (name: string) =>
  sql.raw(`(select nullif(current_setting('postern.${name}', true), '')::uuid[])::uuid[]`);

/** The grants, one index scan for each principal and workspace, from `floor` up. */
export const granted = (its: In, limit: RawBuilder<unknown>, floor = bottom): RawBuilder<unknown> => sql`
  select x.* from unnest(${setting('principals')}) whose cross join unnest(coalesce(${its.only}::uuid[], ${setting('reach')})) ws
  cross join lateral (
    select g.resource_id as id, ${digit(sql`g.level`)} || case g.principal when 'person' then ${sql.lit(`${plainness('grant')}:grant:`)}
      else ${sql.lit(plainness('group'))} || ':' || g.principal || ':' || g.principal_id end as key
    from access_grant g
    where g.organization_id = ${its.organization}::uuid and g.principal_id = whose and g.workspace_id = ws and g.kind = ${its.kind}::text and g.live
      and g.resource_id < ${its.after}::uuid and g.resource_id >= ${floor} and (g.expires_at is null or g.expires_at > statement_timestamp())
    order by g.resource_id desc ${limit}) x`;

const pageful = sql.raw('limit 51');

/** What may be among the newest 51: so many of each path, in the order of ids. */
export const newest = (its: In): RawBuilder<unknown> => sql`${placed(its, pageful)} union all ${granted(its, pageful)}`;

/**
 * The same for people in many groups, in two passes: four of each principal find a floor, the 51st best id, and only what is above
 * that can be on the page.
 */
export const newestAboveFloor = (its: In): RawBuilder<unknown> => sql`
  with own as materialized (${placed(its, pageful)}),
  floor_ as materialized (select coalesce((select id from (
    select id from own union select id from (${granted(its, sql.raw('limit 4'))}) few
  ) d order by id desc offset 50 limit 1), ${bottom}) as id)
  select * from own union all ${granted(its, pageful, sql`(select id from floor_)`)}`;

/** One row an id, with its highest key. */
export const best = (branches: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select id, max(key collate "C") as key from (${branches}) u group by id`;

/** The name of the group or team that the key of `it` names; looked up for what is on the page alone. */
export const throughName = sql`case when substr(it.key, 2, 1) = ${sql.lit(plainness('group'))} then coalesce(
  (select g.name from "group" g where g.organization_id = r.organization_id and g.id = split_part(it.key, ':', 3)::uuid),
  (select t.name from team t where t.organization_id = r.organization_id and t.id = split_part(it.key, ':', 3)::uuid)) end`;

/** What a key says, as rows show it. */
export function keyRead(key: string, name: string): { readonly level: Level; readonly via: string } {
  const [head = '', via = ''] = key.split(':');
  return { level: ladders.resource[Number(head[0]) - 1] as Level, via: name ? `${via}:${name}` : via };
}
