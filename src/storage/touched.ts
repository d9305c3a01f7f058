import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { rungOf } from '../access/decide.ts';
import type { Scope } from '../access/scope.ts';
import { storeOf, type Tx } from './database.ts';
import { groundsOf } from './grounds.ts';
import { top } from './list-paths.ts';
import { pageOfResources } from './lists.ts';

/** What a change may bear on: these resources, else those shared with the principals or lying in the workspaces; of these people, else of all whom it may concern. */
export interface Bearing {
  readonly resources: readonly string[];
  readonly people?: readonly string[] | undefined;
  readonly principals: readonly string[];
  readonly workspaces: readonly string[];
}

/** Where among all pairs of resource and person to go on: behind this one, resources newest first, people by id. */
export interface PairPlace {
  readonly resource: string;
  readonly person?: string | undefined;
}

/** People and resources of which every pair is to be looked at. */
export interface Block {
  readonly people: readonly string[];
  readonly resources: readonly string[];
}

/** The next pairs, about `most` of them, in blocks, and where to go on if there are more. */
export async function pairsTouched(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  bearing: Bearing,
  { most, from }: { most: number; from?: PairPlace | undefined },
): Promise<{ readonly blocks: readonly Block[]; readonly next?: PairPlace | undefined }> {
  const blocks: Block[] = [];
  let place = from;
  for (let left = most; left > 0; ) {
    const begun = place?.person ? place : undefined;
    const people = await peopleOf(tx, me, bearing, begun?.resource, { limit: left + 1, after: begun?.person });
    const isSplit = begun !== undefined || people.length > left;
    const wanted = isSplit ? 1 : Math.max(1, Math.floor(left / Math.max(1, people.length)));
    const resources = begun
      ? { ids: [begun.resource], more: true }
      : await resourcesOf(tx, scope, me, bearing, { limit: wanted, after: place?.resource });
    const [first] = resources.ids;
    if (first === undefined || (people.length === 0 && !begun)) return { blocks };
    const those = people.slice(0, left);
    blocks.push({ people: those, resources: resources.ids });
    left -= Math.max(1, those.length * resources.ids.length);
    place =
      people.length > those.length
        ? { resource: first, person: those.at(-1) as string }
        : { resource: resources.ids.at(-1) as string };
    if (!resources.more && !place.person) return { blocks };
  }
  return { blocks, next: place };
}

interface Window {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** The resources in question, newest first; none that the caller can't open (EXT-8). */
async function resourcesOf(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  { resources, principals, workspaces }: Bearing,
  { limit, after = top }: Window,
): Promise<{ readonly ids: readonly string[]; readonly more: boolean }> {
  const named = resources.filter((id) => id < after);
  const found = resources.length
    ? named
    : [
        ...(await sharedWith(tx, scope, me, principals, { limit: limit + 1, after })),
        ...(await lyingIn(tx, scope, me, workspaces, { limit: limit + 1, after })),
      ];
  const ids = [...new Set(found)].sort().reverse();
  return { ids: ids.slice(0, limit), more: ids.length > limit };
}

/** How many grants one statement reads at most; the first reads no more than are wanted, since most of them are open to whoever may ask. */
const longest = 500;

/** What is shared with any of the principals and open to the caller. */
async function sharedWith(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  principals: readonly string[],
  { limit, after }: { limit: number; after: string },
): Promise<readonly string[]> {
  const open: string[] = [];
  let stride = Math.min(limit, longest);
  for (let place = after; principals.length > 0 && open.length < limit; stride = Math.min(2 * stride, longest)) {
    const { rows } = await sql<{ id: string }>`
      select distinct g.resource_id as id from access_grant g where g.organization_id = ${me.organization} and g.principal_id = any (${principals}::uuid[])
        and g.live and g.resource_id < ${place}::uuid order by 1 desc limit ${sql.raw(String(stride))}`.execute(
      storeOf(tx),
    );
    const { people, resources, facts } = await groundsOf(
      tx,
      me,
      [me.person],
      rows.map(({ id }) => id),
    );
    const opens = (it: (typeof resources)[number]) =>
      people.some((who) => rungOf({ ...facts(who, it), override: scope.override }));
    open.push(...resources.filter(opens).map(({ id }) => id));
    if (rows.length < stride) break;
    place = rows.at(-1)?.id ?? place;
  }
  return open.slice(0, limit);
}

/** What lies in any of the workspaces and is open to the caller. */
async function lyingIn(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  workspaces: readonly string[],
  window: { limit: number; after: string },
): Promise<readonly string[]> {
  if (workspaces.length === 0) return [];
  const { items } = await pageOfResources(tx, scope, me, { workspaces, ...window });
  return items.map(({ id }) => id);
}

/**
 * The people in question, by id: those named; where principals are named beside a resource, who is in them; else all whom it may concern.
 * Each part gives its first, so that no more is read than is wanted.
 */
async function peopleOf(
  tx: Tx,
  { organization }: Actor,
  { people, resources, principals, workspaces }: Bearing,
  resource: string | undefined,
  { limit, after = bottom }: Window,
): Promise<readonly string[]> {
  if (people)
    return people
      .filter((id) => id > after)
      .toSorted()
      .slice(0, limit);
  const those = resources.length === 0 || principals.length ? [] : resource ? [resource] : resources;
  const most = sql`order by 1 limit ${limit}`;
  const members = (principal: RawBuilder<unknown>) => sql`(select m.person_id as id from membership m
    where m.organization_id = ${organization} and m.principal_id = ${principal} and m.person_id > ${after}::uuid ${most})`;
  const { rows } = await sql<{ id: string }>`
    with r as materialized (select r.owner_id, r.workspace_id, r.id from resource r where r.organization_id = ${organization} and r.id = any (${those}::uuid[])),
    w as materialized (select workspace_id as id from r union select unnest(${workspaces}::uuid[])),
    whom as materialized (select g.principal_id as id from r join access_grant g on g.organization_id = ${organization} and g.resource_id = r.id
      union select unnest(${principals}::uuid[]))
    select distinct id from (
      select owner_id as id from r
      union all select id from whom
      union all select m.id from whom cross join lateral ${members(sql`whom.id`)} m
      union all select m.id from w cross join lateral (select m.person_id as id from workspace_member m
        where m.organization_id = ${organization} and m.workspace_id = w.id and m.person_id > ${after}::uuid ${most}) m
      union all select m.id from w join workspace_team t on t.organization_id = ${organization} and t.workspace_id = w.id
        cross join lateral ${members(sql`t.team_id`)} m
      union all (select p.id from person p where p.organization_id = ${organization} and p.role = 'admin' and p.status = 'active'
        and p.id > ${after}::uuid and exists (select from w) ${most})
    ) every where id > ${after}::uuid ${most}`.execute(storeOf(tx));
  return rows.map(({ id }) => id);
}

const bottom = '00000000-0000-0000-0000-000000000000';
