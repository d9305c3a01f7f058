import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Scope } from '../access/scope.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Visibility } from '../terms/ladders.ts';
import type { Tx } from './database.ts';
import { type Area, branches, everyBranch } from './list-paths.ts';
import { listedArea } from './lists.ts';
import { standings } from './standing.ts';
import { statement } from './statement.ts';

/** How far resources are counted where each is looked for by its paths, and how many entries of the log a workspace gives. */
export const counted = { opened: 10_000, overseen: 200_000, entries: 50_000 };

/** So many resources of one kind and level in a workspace. */
export interface ResourceFigure {
  readonly workspace: string;
  readonly kind: Kind;
  readonly visibility: Visibility;
  readonly n: number;
}

/** How often something in a workspace was opened and edited within a period. */
export interface ActivityFigure {
  readonly workspace: string;
  /** Its first day, of UTC. */
  readonly period: string;
  readonly opens: number;
  readonly edits: number;
}

export interface Figures {
  readonly resources: readonly ResourceFigure[];
  readonly activity: readonly ActivityFigure[];
  /** Whether all was counted that there is to count. */
  readonly complete: boolean;
}

export const opening = ['resource.open'];
export const editing = ['resource.edit', 'resource.revert'];

interface Asked extends Area {
  readonly since: string;
  readonly period: 'day' | 'week';
  readonly workspaces: readonly string[];
  readonly opening: readonly string[];
  readonly editing: readonly string[];
}

/** Counts what the caller can open in these workspaces, and what became of just that since then (WS-8). */
export async function figuresOf(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  { workspaces, since, period }: { workspaces: readonly string[]; since: Date; period: 'day' | 'week' },
): Promise<Figures> {
  const standing = await standings(tx, me, scope.override);
  const area = await listedArea(tx, standing, me, { workspaces, limit: 1 });
  const [row] = await count(tx, { ...area, since: since.toISOString(), period, workspaces, opening, editing });
  if (!row) throw new Error('figures are one row');
  return { resources: row.resources ?? [], activity: row.activity ?? [], complete: row.complete };
}

interface Row {
  readonly resources: ResourceFigure[] | null;
  readonly activity: ActivityFigure[] | null;
  readonly complete: boolean;
}

const upTo = (n: number) => sql.raw(`limit ${n + 1}`);

/** Where everything opens by override nothing is looked for by its paths: its rows are counted as they are. */
const count = statement<Asked, Row>((its) => {
  const org = sql`${its.organization}::uuid`;
  return sql`
    with ids as materialized (select distinct id from (${branches(its, { ...everyBranch, wide: 'none' }, upTo(counted.opened))}) each ${upTo(counted.opened)}),
    open as materialized (
      select r.workspace_id, r.kind, r.visibility from ids join resource r on r.organization_id = ${org} and r.id = ids.id
        where r.workspace_id = any (${its.workspaces}::uuid[]) and not r.workspace_id = any (${its.wide}::uuid[])),
    overseen as materialized (
      select r.workspace_id, r.kind, r.visibility from resource r
        where r.organization_id = ${org} and r.workspace_id = any (${its.wide}::uuid[]) and r.deleted_at is null ${upTo(counted.overseen)}),
    done as materialized (
      select a.workspace_id, date_trunc(${its.period}::text, a.at at time zone 'UTC') as period, count(*) as n,
        count(*) filter (where a.shown and a.action = any (${its.opening}::text[])) as opens,
        count(*) filter (where a.shown and a.action = any (${its.editing}::text[])) as edits
      from unnest(${its.workspaces}::uuid[]) ws cross join lateral (
        select a.workspace_id, a.at, a.action, a.workspace_id = any (${its.wide}::uuid[]) or a.entity_id in (select id from ids) as shown from activity a
        where a.organization_id = ${org} and a.workspace_id = ws and a.at >= ${its.since}::timestamptz and a.outcome = 'allow'
          and a.action = any (${its.opening}::text[] || ${its.editing}::text[]) order by a.at desc, a.id desc ${upTo(counted.entries)}) a group by 1, 2)
    select (select json_agg(it) from (select workspace_id as workspace, kind, visibility, count(*) as n
        from (select * from open union all select * from overseen) every group by 1, 2, 3) it) as resources,
      (select json_agg(it) from (select workspace_id as workspace, to_char(period, 'YYYY-MM-DD') as period, opens, edits from done
        where opens > 0 or edits > 0 order by period) it) as activity,
      (select count(*) from ids) <= ${sql.lit(counted.opened)} and (select count(*) from overseen) <= ${sql.lit(counted.overseen)}
        and not exists (select from done group by workspace_id having sum(n) > ${sql.lit(counted.entries)}) as complete`;
});
