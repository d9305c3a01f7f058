import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { rungOf } from '../access/decide.ts';
import type { Ground } from '../access/paths.ts';
import type { Scope } from '../access/scope.ts';
import { newId } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import { reaches } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { factsFrom, reviewing } from './facts.ts';
import { ground, people, reached, self, uncut } from './reach.ts';
import type { RequestRow } from './rows.ts';
import { standings } from './standing.ts';

/** A pending request is over after this (REQ-6), whether or not anything has marked it. */
const lasts = sql.raw(`interval '30 days'`);

const isOver = sql`q.created_at + ${lasts} <= statement_timestamp()`;

/** The status as of now, whether or not anything has marked it: what has run out is over, and of `met` what they ask for has come true. */
const statusNow = (met: readonly string[]) =>
  sql`case when q.status <> 'pending' then q.status when ${isOver} then 'expired' when q.id = any (${met}::uuid[]) then 'approved' else 'pending' end`;

const columns = (met: readonly string[]) =>
  sql`q.id, q.requester_id, q.resource_id, q.kind, q.workspace_id, q.level, q.message, q.note, q.created_at, q.decided_at, q.decided_by,
  ${statusNow(met)} as status`;

/** What stands in the way of asking, from the caller's own requests alone (REQ-8, REQ-4). */
export interface Asked {
  readonly pending: RequestRow | undefined;
  readonly pendingCount: number;
  readonly today: number;
  /** Seconds until the oldest of today's makes room. */
  readonly roomIn: number;
  /** Seconds until a resource that was denied may be asked for again. */
  readonly deniedFor: number;
  /** Those that had come true, and are marked so now. */
  readonly settled: readonly Settled[];
}

/** A request that something else than a decision has approved. */
export type Settled = Pick<RequestRow, 'id' | 'requester_id' | 'resource_id' | 'kind' | 'level'>;
const settling = sql`q.id, q.requester_id, q.resource_id, q.kind, q.level`;

export async function askedSoFar(tx: Tx, { me }: Decided<'request.make'>, resource: string): Promise<Asked> {
  const store = storeOf(tx);
  const met = await cameTrue(tx, me);
  const { rows: marked } = await sql<Settled & { status: string }>`
    update access_request q set status = ${statusNow(met)}, decided_at = case when not ${isOver} then statement_timestamp() end
    where q.organization_id = ${me.organization} and q.requester_id = ${me.person} and q.status = 'pending' and (${isOver} or q.id = any (${met}::uuid[]))
    returning ${settling}, q.status`.execute(store);
  const { rows } = await sql<{ pending: number; today: number; room_in: number | null; denied_for: number | null }>`
    select count(*) filter (where status = 'pending')::int as pending,
      count(*) filter (where created_at > statement_timestamp() - interval '1 day')::int as today,
      ceil(extract(epoch from min(created_at) filter (where created_at > statement_timestamp() - interval '1 day') + interval '1 day' - statement_timestamp()))::int as room_in,
      ceil(extract(epoch from max(decided_at) filter (where status = 'denied' and resource_id = ${resource}) + interval '1 day' - statement_timestamp()))::int as denied_for
    from access_request where organization_id = ${me.organization} and requester_id = ${me.person}`.execute(store);
  const { rows: same } =
    await sql<RequestRow>`select ${columns([])} from access_request q where q.organization_id = ${me.organization}
    and q.requester_id = ${me.person} and q.resource_id = ${resource} and q.status = 'pending'`.execute(store);
  const row = rows[0];
  return {
    pending: same[0],
    pendingCount: row?.pending ?? 0,
    today: row?.today ?? 0,
    roomIn: row?.room_in ?? 0,
    deniedFor: Math.max(0, row?.denied_for ?? 0),
    settled: marked.filter(({ status }) => status === 'approved'),
  };
}

/**
 * Of the caller's own pending requests, those for what they can open now at the level asked, whether or not it was delivered (REQ-6).
 * It tells nothing that opening would not; an override is no way of getting in (EXT-3).
 */
export async function cameTrue(tx: Tx, me: Actor): Promise<readonly string[]> {
  const { rows } = await sql<Settled & { ground: Ground | null }>`
    with who as materialized (${self(me)}),
    q as materialized (select q.* from access_request q where q.organization_id = ${me.organization} and q.requester_id = ${me.person}
      and q.status = 'pending' and not ${isOver})
    select ${settling}, ${ground} from q cross join who join (${reached}) on ${uncut} and r.id = q.resource_id and r.kind = q.kind`.execute(
    storeOf(tx),
  );
  return rows.filter(isMet).map(({ id }) => id);
}

/** Whether whoever asked now has that level, before the cap (REQ-9). */
function isMet({ ground: it, kind, level }: Settled & { readonly ground: Ground | null }): boolean {
  const rung = it && rungOf(factsFrom(it, kind, false));
  return rung ? reaches('resource', rung, level) : false;
}

/**
 * Files a request. It is delivered only where the resource is there, live, and in a workspace where the requester has a place in
 * the credential's reach; nothing that comes back tells (EXT-6).
 */
export async function deliverRequest(
  tx: Tx,
  { me, facts }: Decided<'request.make'>,
  asked: { resource: string; kind: Kind; level: 'viewer' | 'editor'; message: string | null },
): Promise<string> {
  const id = newId();
  const grounds = (await standings(tx, me, facts.override)).map(({ workspace }) => workspace);
  await sql`
    insert into access_request (organization_id, id, requester_id, credential_id, resource_id, kind, level, message, workspace_id)
    values (${me.organization}, ${id}, ${me.person}, ${me.credential}, ${asked.resource}, ${asked.kind}, ${asked.level}::level, ${asked.message},
      (select r.workspace_id from resource r where r.organization_id = ${me.organization} and r.id = ${asked.resource} and r.kind = ${asked.kind}
        and r.deleted_at is null and r.workspace_id = any (${grounds}::uuid[])))`.execute(storeOf(tx));
  return id;
}

export interface Listed extends RequestRow {
  readonly requester_email: string | null;
  /** Of the resource, where the caller can open it now. */
  readonly name: string | null;
  readonly owner_email: string | null;
}

interface Window {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly status?: RequestRow['status'] | undefined;
  /** Only these. */
  readonly ids?: readonly string[] | undefined;
}

/** How many requests one page of Incoming looks at. */
const stride = 500;

const windowed = ({ after, status, ids }: Window, met: readonly string[]) => sql`
  (${after ?? null}::uuid is null or q.id < ${after ?? null}::uuid) and (${ids ?? null}::uuid[] is null or q.id = any (${ids ?? null}::uuid[]))
  and (${status ?? null}::text is null or ${status ?? null}::text = ${statusNow(met)})`;

/** The requests `q`, each with what is the case between `who` asks and the resource, if that is in reach. */
const withGrounds = sql`
  select q.*, requester.email as requester_email, r.name, owner.email as owner_email, ${ground}
  from q cross join who
  left join (${reached}) on ${uncut} and r.id = q.resource_id and r.deleted_at is null
  left join person owner on owner.organization_id = r.organization_id and owner.id = r.owner_id
  left join person requester on requester.organization_id = who.organization_id and requester.id = q.requester_id
  order by q.id desc`;

type WithGround = Listed & { readonly ground: Ground | null };

/** What the caller asked for, newest first; a resource is named only where it can be opened now (EXT-6). */
export async function sentRequests(tx: Tx, scope: Scope<'resource'>, me: Actor, window: Window): Promise<Page<Listed>> {
  const met = await cameTrue(tx, me);
  const { rows } = await sql<WithGround>`
    with who as materialized (${self(me)}),
    q as materialized (select ${columns(met)} from access_request q where q.organization_id = ${me.organization} and q.requester_id = ${me.person}
      and ${windowed(window, met)} order by q.id desc limit ${window.limit + 1})
    ${withGrounds}`.execute(storeOf(tx));
  return pageOf(
    rows.map((row) => named(row, scope)),
    window.limit,
  );
}

/** What the caller reviews (REQ-2), newest first. A page may end early, with the place to go on from. */
export async function incomingRequests(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  window: Window,
): Promise<Page<Listed>> {
  const { rows } = await sql<WithGround>`
    with who as materialized (${self(me)}),
    q as materialized (select ${columns([])} from access_request q where q.organization_id = ${me.organization} and q.workspace_id is not null
      and q.workspace_id = any ((select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[])
      and q.requester_id <> ${me.person} and ${windowed(window, [])} order by q.id desc limit ${sql.raw(String(stride))})
    ${withGrounds}`.execute(storeOf(tx));
  const mine = rows.filter(({ ground: it }) => it && reviewing(it).some((path) => scope.override || !path.override));
  const page = pageOf(
    mine.map((row) => named(row, scope)),
    window.limit,
  );
  return page.next || rows.length < stride ? page : { items: page.items, next: rows.at(-1)?.id };
}

function named({ ground: it, ...row }: WithGround, { override }: Scope<'resource'>): Listed {
  return it && rungOf(factsFrom(it, row.kind, override)) ? row : { ...row, name: null, owner_email: null };
}

/** Closes a request one way or the other. */
export async function closeRequest(
  tx: Tx,
  { me, subject }: Decided<'request.decide' | 'request.cancel'>,
  to: { status: 'approved' | 'denied' | 'cancelled'; level?: 'viewer' | 'editor'; note?: string | null },
): Promise<void> {
  await storeOf(tx)
    .updateTable('access_request')
    .set({
      status: to.status,
      note: to.note ?? null,
      decided_at: sql`statement_timestamp()`,
      decided_by: me.person,
      ...(to.level && { level: to.level }),
    })
    .where('organization_id', '=', me.organization)
    .where('id', '=', subject.id)
    .execute();
}

/** Approves what has come true by another way: pending requests for a resource whose requester now has what they asked for (REQ-6). */
export async function settleRequests(tx: Tx, me: Actor, resource: string): Promise<readonly Settled[]> {
  const { rows } = await sql<Settled & { ground: Ground | null }>`
    with q as materialized (select ${settling} from access_request q where q.organization_id = ${me.organization}
      and q.resource_id = ${resource} and q.status = 'pending' and q.workspace_id is not null),
    who as materialized (${people(me, sql`select requester_id from q`)})
    select ${settling}, ${ground} from q join who on who.id = q.requester_id left join (${reached}) on ${uncut} and r.id = ${resource}::uuid`.execute(
    storeOf(tx),
  );
  const met = rows.filter(isMet);
  if (met.length === 0) return met;
  await storeOf(tx)
    .updateTable('access_request')
    .set({ status: 'approved', decided_at: sql`statement_timestamp()`, decided_by: me.person })
    .where('organization_id', '=', me.organization)
    .where(
      'id',
      'in',
      met.map(({ id }) => id),
    )
    .execute();
  return met;
}

function pageOf(rows: readonly Listed[], limit: number): Page<Listed> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}
