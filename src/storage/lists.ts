import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Scope } from '../access/scope.ts';
import { type Kind, kindNames, kinds } from '../terms/kinds.ts';
import { type Level, ladders, reaches, type Visibility } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { callerOf, type Tx } from './database.ts';
import {
  type Area,
  best,
  branches,
  branchesFor,
  everyBranch,
  type Has,
  newestOfFew,
  newestOfMany,
  newestOfOne,
  newestRowsOf,
  top,
} from './list-paths.ts';
import { type ListedRow, listed, rowsFitting, rowsRead } from './list-rows.ts';
import { gatesOf, reachOf, type Standing, standings } from './standing.ts';
import { statement, texts } from './statement.ts';

export interface Wanted {
  /** Of this kind; of all where left out. */
  readonly kind?: Kind | undefined;
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
  const area = await listedArea(tx, standing, me, wanted);
  if (isPlain(scope, wanted)) return pageFrom(await newestRows(tx, area), standing, wanted.limit);

  const found = await gather(tx, area);
  if (!found) return walk(tx, scope, area, standing, wanted);
  return pageFrom(await fitting(tx, scope, area, standing, wanted, found), standing, wanted.limit);
}

/** How many resources are in scope: exact up to 1,000, `many` above; nothing where only walking all of them would tell. */
export async function countOfResources(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  wanted: Wanted,
): Promise<number | 'many' | undefined> {
  const standing = await standings(tx, me, scope.override);
  const area = await listedArea(tx, standing, me, { ...wanted, after: undefined });
  if (isPlain(scope, wanted)) {
    const [row] = await counted(tx, area);
    return !row || row.n > countedTo ? 'many' : row.n;
  }
  const found = await gather(tx, area);
  if (!found) return undefined;
  const all = await fitting(tx, scope, area, standing, { ...wanted, after: undefined }, found);
  return all.length > countedTo ? 'many' : all.length;
}

/** Where a list looks, and by which paths. */
export async function listedArea(
  tx: Tx,
  standing: readonly Standing[],
  me: Actor,
  { kind, workspaces, after = top }: Wanted,
): Promise<Area> {
  const isAsked = (workspace: string) => !workspaces || workspaces.includes(workspace);
  const named = (those: readonly Standing[]) => those.map(({ workspace }) => workspace).filter(isAsked);
  const wide = named(standing.filter((it) => it.wide));
  const gates = await gatesOf(tx, me);
  return {
    organization: me.organization,
    person: me.person,
    kinds: kind ? [kind] : kindNames,
    after,
    wide,
    placed: named(standing.filter((it) => it.placed)),
    open: named(standing.filter((it) => it.placed && !it.wide)),
    granted: (await reachOf(tx)).filter((workspace) => isAsked(workspace) && !wide.includes(workspace)),
    gates: Object.keys(gates),
    gateRoles: Object.values(gates),
  };
}

/** Nothing to filter by, so that a page can be read from the indexes alone. */
const isPlain = (scope: Scope<'resource'>, { query, visibility, owner, access, project }: Wanted) =>
  scope.from === 'viewer' && !query && !visibility && owner === undefined && !access && !project;

/** How the newest 51 are read: of one or two scans of grants at once, of a few above a floor, of many in two passes. */
const newestIn = { one: newestOfOne, few: newestOfFew, many: newestOfMany };

const pageOf = (has: Has, way: keyof typeof newestIn) =>
  texts<Area>((its) => sql`select ${listed} from (${newestRowsOf(newestIn[way](its, has))}) it`);

/** Up to so many scans of grants, a pass to find a floor costs more than it saves. */
const few = 16;
const pages = new Map<string, ReturnType<typeof pageOf>>();

async function newestRows(tx: Tx, area: Area): Promise<ListedRow[]> {
  const caller = callerOf(tx);
  const principals = caller ? 1 + Object.keys(caller.names ?? {}).length : few;
  const has = branchesFor(area, principals);
  const scans = principals * area.granted.length * area.kinds.length;
  const way = scans > few ? 'many' : scans > 2 ? 'few' : 'one';
  const name = JSON.stringify([has, way]);
  const page = pages.get(name) ?? pageOf(has, way);
  pages.set(name, page);
  return rowsRead(tx, area.organization, await page(tx, area));
}

const toCount = sql.raw(`limit ${countedTo + 1}`);

const counted = statement<Area, { n: number }>(
  (its) => sql`select count(*)::int as n from (
    select distinct id from (${branches(its, everyBranch, toCount)}) every ${toCount}) it`,
);

/** An id in scope, before its row is read. */
interface Gathered {
  readonly id: string;
  readonly key: string;
}

const mostGathered = sql.raw(`limit ${gathered}`);

/** Where there are more than can be gathered, only that: nobody reads the rest. */
const gatherUp = statement<Area, Gathered & { readonly n: number }>(
  (
    its,
  ) => sql`with ids as materialized (select * from (${branches(its, everyBranch, mostGathered)}) every ${mostGathered}),
    counted as materialized (select count(*)::int as n from ids)
    select it.*, n from counted left join lateral (${best(sql`select * from ids where n < ${sql.raw(String(gathered))}`)}) it on true where n > 0`,
);

/** All ids in scope with their levels, or nothing where there are more than can be gathered. */
async function gather(tx: Tx, area: Area): Promise<readonly Gathered[] | undefined> {
  const rows = await gatherUp(tx, { ...area, after: top });
  return (rows[0]?.n ?? 0) >= gathered ? undefined : rows;
}

/** Those of the found that fit the filters, newest first. */
async function fitting(
  tx: Tx,
  scope: Scope<'resource'>,
  { organization }: Area,
  standing: readonly Standing[],
  wanted: Wanted,
  found: readonly Gathered[],
): Promise<ListedRow[]> {
  const rows = await rowsFitting(tx, {
    organization,
    ids: found.map(({ id }) => id),
    keys: found.map(({ key }) => key),
    after: wanted.after ?? top,
    part: wanted.query?.replace(/[\\%_]/g, '\\$&') ?? null,
    visibility: wanted.visibility ?? null,
    owner: wanted.owner === undefined ? null : (wanted.owner ?? ''),
    project: wanted.project ?? null,
  });
  const read = await rowsRead(tx, organization, rows);
  return read.filter((row) => isEnough(scope, wanted, cappedOf(row, standing)));
}

/**
 * Walks what is in scope by id and keeps what fits, until the page is full or nothing is left. It reads no row that the caller can't
 * open, so that its time tells nothing of those.
 */
async function walk(
  tx: Tx,
  scope: Scope<'resource'>,
  area: Area,
  standing: readonly Standing[],
  wanted: Wanted,
): Promise<Page<ListedRow>> {
  const kept: ListedRow[] = [];
  for (let after = wanted.after ?? top; ; ) {
    const found = await stretchOf(tx, { ...area, after });
    kept.push(...(await fitting(tx, scope, area, standing, { ...wanted, after }, found)));
    if (kept.length > wanted.limit || found.length < stride) return pageFrom(kept, standing, wanted.limit);
    after = found.at(-1)?.id ?? top;
  }
}

const oneStride = sql.raw(`limit ${stride}`);

/** The next in scope, by id. */
const stretchOf = statement<Area, Gathered>(
  (its) => sql`select id, key from (${best(branches(its, everyBranch, oneStride))}) it order by id desc ${oneStride}`,
);

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
