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
  /** Workspaces where what they own counts. */
  readonly placed: readonly string[];
  /** Of those, the ones that are not wide anyway: there everyone and projects count. */
  readonly open: readonly string[];
  /** Where grants are looked for. */
  readonly granted: readonly string[];
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

/** Whether a statement needs a branch at all; one that finds nothing still takes time to set up. */
export type Has = { readonly [K in 'wide' | 'placed' | 'open' | 'gates' | 'granted']: boolean };

export const everyBranch: Has = { wide: true, placed: true, open: true, gates: true, granted: true };

export const branchesFor = ({ wide, placed, open, gates, granted }: Area): Has => ({
  wide: wide.length > 0,
  placed: placed.length > 0,
  open: open.length > 0,
  gates: gates.length > 0 && open.length > 0,
  granted: granted.length > 0,
});

/** Every path but the grants, each read from its own index. */
const standing = (its: In, has: Has, limit: RawBuilder<unknown>): RawBuilder<unknown>[] => [
  ...(has.wide
    ? [
        sql`select x.* from unnest(${its.wide}::uuid[]) ws cross join lateral (select ${branch(owner, 'override')} from resource r
    where ${isListed(its)} and r.workspace_id = ws order by r.id desc ${limit}) x`,
      ]
    : []),
  ...(has.placed
    ? [
        sql`select x.* from unnest(${its.placed}::uuid[]) ws cross join lateral (select ${branch(owner, 'owner')} from resource r
    where ${isListed(its)} and r.owner_id = ${its.person}::uuid and r.workspace_id = ws order by r.id desc ${limit}) x`,
      ]
    : []),
  ...(has.open
    ? [
        sql`select x.* from unnest(${its.open}::uuid[]) ws cross join lateral (select ${branch(digit(sql`r.everyone_role`), 'everyone')} from resource r
    where ${isListed(its)} and r.workspace_id = ws and r.visibility = 'everyone' and r.restricted_to is null order by r.id desc ${limit}) x`,
      ]
    : []),
  ...(has.gates
    ? [
        sql`select x.* from unnest(${its.gates}::uuid[], ${its.gateRoles}::level[]) gate (id, role) cross join lateral (
    select ${branch(digit(sql`least(r.everyone_role, gate.role)`), 'everyone')} from resource r
    where ${isListed(its)} and r.restricted_to = gate.id and r.visibility = 'everyone' and r.workspace_id = any (${its.open}::uuid[])
    order by r.id desc ${limit}) x`,
      ]
    : []),
];

const principals = sql.raw(`(select nullif(current_setting('postern.principals', true), '')::uuid[])::uuid[]`);

const everyPair = (its: In) => sql`unnest(${principals}) whose cross join unnest(${its.granted}::uuid[]) ws`;

/** The grants, one index scan for each pair of principal and workspace, from `floor` up. */
const grants = (
  its: In,
  pairs: RawBuilder<unknown>,
  limit: RawBuilder<unknown>,
  floor?: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  ${pairs} cross join lateral (
    select g.resource_id as id, ${digit(sql`g.level`)} || case g.principal when 'person' then ${sql.lit(`${plainness('grant')}:grant:`)}
      else ${sql.lit(plainness('group'))} || ':' || g.principal || ':' || g.principal_id end as key
    from access_grant g
    where g.organization_id = ${its.organization}::uuid and g.principal_id = whose and g.workspace_id = ws and g.kind = ${its.kind}::text and g.live
      and g.resource_id < ${its.after}::uuid ${floor ? sql`and g.resource_id >= ${floor}` : sql``} and (g.expires_at is null or g.expires_at > statement_timestamp())
    order by g.resource_id desc ${limit}) x`;

const nothing = sql`select null::uuid as id, null::text as key where false`;
const together = (branches: readonly RawBuilder<unknown>[]) =>
  branches.length ? sql.join(branches, sql` union all `) : nothing;

/** What is in scope: so many of each path, in the order of ids. */
export const branches = (its: In, has: Has, limit: RawBuilder<unknown>): RawBuilder<unknown> =>
  together([
    ...standing(its, has, limit),
    ...(has.granted ? [sql`select x.* from ${grants(its, everyPair(its), limit)}`] : []),
  ]);

const pageful = sql.raw('limit 51');

const floored = (ids: RawBuilder<unknown>) =>
  sql`floor_ as materialized (select coalesce((select id from (${ids}) d order by id desc offset 50 limit 1), ${bottom}) as id)`;
const floor = sql`(select id from floor_)`;

/** What may be among the newest 51. Grants are read only above a floor: the 51st best id of the other paths. */
export const newest = (its: In, has: Has): RawBuilder<unknown> => {
  const own = together(standing(its, has, pageful));
  if (!has.granted) return own;
  return sql`
    with own as materialized (${own}), ${floored(sql`select distinct id from own`)}
    select * from own union all select x.* from ${grants(its, everyPair(its), pageful, floor)}`;
};

/**
 * The same for people in many groups, in two passes: four of each principal find the floor, and only those of whom all four are above
 * it may have more to give.
 */
export const newestOfMany = (its: In, has: Has): RawBuilder<unknown> => sql`
  with own as materialized (${together(standing(its, has, pageful))}),
  few as materialized (select x.*, whose, ws from ${grants(its, everyPair(its), sql.raw('limit 4'))}),
  ${floored(sql`select id from own union select id from few`)},
  deep as materialized (select whose, ws from few group by whose, ws having count(*) = 4 and bool_and(id >= ${floor}))
  select * from own union all select id, key from few where id >= ${floor}
  union all select x.* from ${grants(its, sql`deep`, pageful, floor)}`;

/** One row an id, with its highest key. */
export const best = (branches: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select id, max(key collate "C") as key from (${branches}) u group by id`;

/** What a key says; `through` is the group or team, if it names one. */
export function keyRead(key: string): {
  readonly level: Level;
  readonly via: string;
  readonly through: string | undefined;
} {
  const [head = '', via = '', through] = key.split(':');
  return { level: ladders.resource[Number(head[0]) - 1] as Level, via, through: through || undefined };
}
