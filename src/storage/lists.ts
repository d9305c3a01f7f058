import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Scope } from '../access/scope.ts';
import { type Kind, kinds } from '../terms/kinds.ts';
import { type Level, ladders, reaches, type Visibility } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import { type Area, best, granted, lowest, placed, principals, top, union } from './list-paths.ts';
import { paths, person, places, resources } from './reach.ts';
import { type Standing, standings } from './standing.ts';

export interface Wanted {
  readonly kind: Kind;
  /** Workspaces to look in; all in reach where left out. */
  readonly workspaces?: readonly string[] | undefined;
  readonly limit: number;
  /** The id that the page before ended with. */
  readonly after?: string | undefined;
  /** A part of the name, in any case. */
  readonly query?: string | undefined;
  readonly visibility?: Visibility | undefined;
  /** A person's id, or null for what the organization owns. */
  readonly owner?: string | null | undefined;
  /** At least this, after the cap. */
  readonly access?: Level | undefined;
  readonly project?: string | undefined;
}

/** A resource as lists show it; `level` is after the cap. */
export interface ListedRow {
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  readonly workspace_id: string;
  readonly visibility: Visibility;
  readonly owner_id: string | null;
  readonly owner_email: string | null;
  readonly level: Level;
  readonly via: string;
  readonly updated_at: Date;
}

/** How many ids are gathered at most before a list is walked instead (QUERIES.md). */
const gathered = 5001;
/** How many rows one page of a walk looks at. */
const stride = 2000;
/** How far a list is counted. */
export const countedTo = 1000;

/** One page of the resources in scope, newest first, exactly those that `decide` allows one by one. */
export async function pageOfResources(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  wanted: Wanted,
): Promise<Page<ListedRow>> {
  const standing = await standings(tx, me, scope.override);
  const area = areaOf(standing, me, wanted);
  if (isPlain(scope, wanted)) return pageFrom(await rowsOf(tx, area, newest(area, me, wanted)), standing, wanted.limit);

  const found = await gather(tx, area, me, wanted);
  if (found) return filtered(tx, scope, area, standing, wanted, found);
  return walk(tx, scope, area, me, standing, wanted);
}

/** How many resources are in scope: exact up to 1,000, nothing above. */
export async function countOfResources(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  wanted: Wanted,
): Promise<number | undefined> {
  const standing = await standings(tx, me, scope.override);
  const area = areaOf(standing, me, wanted);
  if (isPlain(scope, wanted)) {
    const { rows } = await sql<{
      n: number;
    }>`with ${principals(me)}, ids as (${union(area, me, wanted.kind, sql`limit ${countedTo + 1}`, sql`limit ${countedTo + 1}`, top)})
      select count(*)::int as n from (select distinct id from ids limit ${countedTo + 1}) it`.execute(storeOf(tx));
    const n = rows[0]?.n ?? 0;
    return n > countedTo ? undefined : n;
  }
  const found = await gather(tx, area, me, wanted);
  if (!found) return undefined;
  const page = await filtered(tx, scope, area, standing, { ...wanted, after: undefined, limit: countedTo + 1 }, found);
  return page.items.length > countedTo ? undefined : page.items.length;
}

const areaOf = (standing: readonly Standing[], me: Actor, { workspaces }: Wanted): Area => {
  const asked = standing.filter(({ workspace }) => !workspaces || workspaces.includes(workspace));
  const named = (those: readonly Standing[]) => those.map(({ workspace }) => workspace);
  const only =
    workspaces && me.workspaces
      ? workspaces.filter((it) => me.workspaces?.includes(it))
      : (workspaces ?? me.workspaces);
  return {
    organization: me.organization,
    wide: named(asked.filter(({ wide }) => wide)),
    placed: named(asked.filter(({ placed }) => placed)),
    only,
  };
};

/** Nothing to filter by, so that a page can be read from the indexes alone. */
const isPlain = (scope: Scope<'resource'>, { query, visibility, owner, access, project }: Wanted) =>
  scope.from === 'viewer' && !query && !visibility && owner === undefined && !access && !project;

/**
 * The newest 51: each path in the order of ids, merged. Two passes, for people in hundreds of groups: four of each principal
 * find a floor, and only what is above it can be on the page.
 */
function newest(area: Area, me: Actor, { kind, after = top }: Wanted): RawBuilder<unknown> {
  const page = sql.raw('limit 51');
  return sql`
    with ${principals(me)},
    own as materialized (${placed(area, me, kind, page, after)}),
    floor_ as materialized (select coalesce((select id from (
      select id from own union select id from (${granted(area, kind, sql.raw('limit 4'), after, lowest)}) few
    ) d order by id desc offset 50 limit 1), ${lowest}) as id),
    page as materialized (select id, ${best} from (
      select * from own union all ${granted(area, kind, page, after, sql`(select id from floor_)`)}
    ) u group by id order by id desc limit 51)
    select page.id, page.level, page.via from page`;
}

const listed = sql`r.id, r.name, r.kind, r.workspace_id, r.visibility, r.owner_id, owner.email as owner_email, r.updated_at`;
const withOwner = sql`left join person owner on owner.organization_id = r.organization_id and owner.id = r.owner_id`;

async function rowsOf(tx: Tx, { organization }: Area, page: RawBuilder<unknown>): Promise<ListedRow[]> {
  const { rows } = await sql<ListedRow>`select ${listed}, it.level, it.via from (${page}) it
    join resource r on r.organization_id = ${organization} and r.id = it.id ${withOwner} order by r.id desc`.execute(
    storeOf(tx),
  );
  return rows;
}

/** All ids in scope with their levels, or nothing where there are more than can be gathered. */
async function gather(
  tx: Tx,
  area: Area,
  me: Actor,
  { kind }: Wanted,
): Promise<{ id: string; level: Level; via: string }[] | undefined> {
  const all = sql.raw(`limit ${gathered}`);
  const { rows } = await sql<{ id: string; level: Level; via: string; n: number }>`
    with ${principals(me)}, ids as materialized (select * from (${union(area, me, kind, all, all, top)}) u limit ${sql.raw(String(gathered))})
    select id, ${best}, (select count(*)::int from ids) as n from ids group by id`.execute(storeOf(tx));
  return (rows[0]?.n ?? 0) >= gathered ? undefined : rows;
}

const conditions = ({ query, visibility, owner, project }: Wanted) => sql`
  ${query ?? null}::text is null or r.name ilike '%' || ${query?.replace(/[\\%_]/g, '\\$&') ?? null} || '%')
  and (${visibility ?? null}::text is null or r.visibility = ${visibility ?? null})
  and (${owner === undefined} or r.owner_id is not distinct from ${owner ?? null}::uuid)
  and (${project ?? null}::uuid is null or r.project_id = ${project ?? null}::uuid`;

/** Filters what was gathered: fast for whoever sees little. */
async function filtered(
  tx: Tx,
  scope: Scope<'resource'>,
  { organization }: Area,
  standing: readonly Standing[],
  wanted: Wanted,
  found: { id: string; level: Level; via: string }[],
): Promise<Page<ListedRow>> {
  const { rows } = await sql<ListedRow>`
    select ${listed}, it.level, it.via from unnest(${found.map(({ id }) => id)}::uuid[], ${found.map(({ level }) => level)}::level[], ${found.map(({ via }) => via)}::text[]) it (id, level, via)
    join resource r on r.organization_id = ${organization} and r.id = it.id ${withOwner}
    where r.id < ${wanted.after ?? top}::uuid and (${conditions(wanted)}) order by r.id desc`.execute(storeOf(tx));
  return pageFrom(
    rows.filter((row) => isEnough(scope, wanted, cappedOf(row, standing))),
    standing,
    wanted.limit,
  );
}

/** Walks all resources by id and keeps what fits: fast for whoever sees much. A page may end early, with the place to go on from. */
async function walk(
  tx: Tx,
  scope: Scope<'resource'>,
  area: Area,
  me: Actor,
  standing: readonly Standing[],
  wanted: Wanted,
): Promise<Page<ListedRow>> {
  const { rows } = await sql<ListedRow & { matches: boolean }>`
    with who as materialized (${person(me, me.person)}),
    stretch as materialized (select x.id from workspace w cross join lateral (select r.id from resource r
        where r.organization_id = ${me.organization} and r.workspace_id = w.id and r.kind = ${wanted.kind} and r.deleted_at is null
          and r.id < ${wanted.after ?? top}::uuid order by r.id desc limit ${sql.raw(String(stride))}) x
      where w.organization_id = ${me.organization} and w.deleted_at is null and (${area.only}::uuid[] is null or w.id = any (${area.only}::uuid[]))
        and w.id = any ((select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[])
      order by x.id desc limit ${sql.raw(String(stride))}),
    r as materialized (${resources(sql`r.organization_id = ${me.organization} and r.id in (select id from stretch)`)}),
    ws as (select distinct r.workspace_id as workspace from r), ${places}, ${paths},
    ranked as (select resource as id, rung::level as level, via, case via when 'owner' then 9 when 'grant' then 8 when 'everyone' then 5 when 'override' then 0 else 7 end as rank
      from path where noun = 'resource' and (${scope.override} or not override)),
    it as (select id, ${best} from ranked group by id)
    select ${listed}, it.level, it.via, (${conditions(wanted)}) and it.id is not null as matches
    from r left join it on it.id = r.id ${withOwner} order by r.id desc`.execute(storeOf(tx));
  const kept = rows.filter((row) => row.matches && isEnough(scope, wanted, cappedOf(row, standing)));
  const page = pageFrom(kept, standing, wanted.limit);
  if (page.next || rows.length < stride) return page;
  return { items: page.items, next: rows.at(-1)?.id };
}

const isEnough = (scope: Scope<'resource'>, { access }: Wanted, level: Level) =>
  reaches('resource', level, scope.from) && (!access || reaches('resource', level, access));

/** An editor without the capability of the kind reads (DEC-3). */
function cappedOf({ level, kind, workspace_id }: ListedRow, standing: readonly Standing[]): Level {
  const able = standing.find(({ workspace }) => workspace === workspace_id)?.capabilities.includes(kinds[kind]);
  return level === 'editor' && !able ? (ladders.resource[0] as Level) : level;
}

function pageFrom(rows: readonly ListedRow[], standing: readonly Standing[], limit: number): Page<ListedRow> {
  const items = rows.slice(0, limit).map((row) => ({ ...row, level: cappedOf(row, standing) }));
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}
