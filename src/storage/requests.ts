import { sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { cameTrue, type Settled, settling } from './request-settling.ts';
import { columns, isOver, statusNow } from './request-status.ts';
import type { RequestRow } from './rows.ts';
import { standings } from './standing.ts';

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

/** What is asked for; whether there is such a thing, nothing here tells. */
export interface Asking {
  readonly resource: string;
  readonly kind: Kind;
  readonly level: 'viewer' | 'editor';
  readonly message: string | null;
}

/**
 * Files a request, or takes up the pending one. It is delivered only where the resource is there, live, and in a workspace where the
 * requester has a place in the credential's reach, or once that is so and they ask again; nothing that comes back tells (EXT-6). One that
 * was filed under another kind's id names nothing, and stays so.
 */
export async function deliverRequest(
  tx: Tx,
  { me, facts }: Decided<'request.make'>,
  asked: Asking,
  pending: RequestRow | undefined,
): Promise<string> {
  const id = pending?.id ?? newId();
  const grounds = (await standings(tx, me, facts.override)).map(({ workspace }) => workspace);
  const workspace = sql`(select r.workspace_id from resource r where r.organization_id = ${me.organization} and r.id = ${asked.resource}
    and r.kind = ${pending?.kind ?? asked.kind} and r.deleted_at is null and r.workspace_id = any (${grounds}::uuid[]))`;
  await (pending
    ? sql`update access_request set workspace_id = coalesce(workspace_id, ${workspace}) where organization_id = ${me.organization} and id = ${id}`
    : sql`
      insert into access_request (organization_id, id, requester_id, credential_id, resource_id, kind, level, message, workspace_id)
      values (${me.organization}, ${id}, ${me.person}, ${me.credential}, ${asked.resource}, ${asked.kind}, ${asked.level}::level, ${asked.message}, ${workspace})`
  ).execute(storeOf(tx));
  return id;
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
