import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { newId } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

/** What people are told of (section 10), and of what someone who left handed on to them (ORG-8). */
export type Event =
  | 'access_requested'
  | 'request_approved'
  | 'request_denied'
  | 'taken_back'
  | 'made_private'
  | 'transferred'
  | 'handed_over';

/** One thing that one person is told. */
export interface Telling {
  readonly person: string;
  readonly event: Event;
  readonly request?: string;
  readonly resource?: { readonly id: string; readonly kind: Kind };
}

/** Tells people, in the transaction of what they are told of: any number in one statement. */
export async function tell(
  tx: Tx,
  { organization }: Pick<Actor, 'organization'>,
  tellings: readonly Telling[],
): Promise<void> {
  const rows = tellings.map(({ person, event, request, resource }) => ({
    id: newId(),
    person,
    event,
    request,
    resource: resource?.id,
    kind: resource?.kind,
  }));
  await sql`
    insert into notification (organization_id, id, person_id, event, kind, resource_id, request_id)
    select ${organization}, id, person, event, kind, resource, request
    from json_to_recordset(${JSON.stringify(rows)}::json) as it (id uuid, person uuid, event text, kind text, resource uuid, request uuid)`.execute(
    storeOf(tx),
  );
}

export interface Told {
  readonly id: string;
  /** Its place in the order in which people are told: transaction, then id. */
  readonly place: string;
  readonly event: Event;
  readonly kind: Kind | null;
  readonly resource_id: string | null;
  readonly request_id: string | null;
  readonly at: Date;
  readonly read_at: Date | null;
}

interface Window {
  readonly limit: number;
  readonly unread?: boolean | undefined;
  /** A place: those before it, newest first. */
  readonly before?: string | undefined;
  /** A place: those after it, oldest first. */
  readonly after?: string | undefined;
}

/** Below this no transaction is under way any more, so that whatever can be read stays as it is and nothing comes in between (NOT-2). */
const settled = sql`n.xid < pg_snapshot_xmin(pg_current_snapshot())`;
const own = ({ organization, person }: Pick<Actor, 'organization' | 'person'>) =>
  sql`n.organization_id = ${organization} and n.person_id = ${person}`;
const place = sql`n.xid::text || '/' || n.id`;

/** A place as SQL compares it; one that was told by another server, which had counted further, is before every one of here (`settleMoved`). */
function at(place: string) {
  const [xid, id] = place.split('/');
  return sql`(case when ${xid}::xid8 < pg_snapshot_xmax(pg_current_snapshot()) then ${xid}::xid8 else '3'::xid8 end, ${id}::uuid)`;
}

/** What the caller was told: the newest first, or what came after a place in its order. */
export async function notificationsOf(
  tx: Tx,
  me: Actor,
  { limit, unread = false, before, after }: Window,
): Promise<{ items: readonly Told[]; more: boolean }> {
  const { rows } = await sql<Told>`
    select n.id, ${place} as place, n.event, n.kind, n.resource_id, n.request_id, n.at, n.read_at from notification n
    where ${own(me)} and ${settled} and ${unread ? sql`n.read_at is null` : sql`true`}
      and ${before ? sql`(n.xid, n.id) < ${at(before)}` : sql`true`} and ${after ? sql`(n.xid, n.id) > ${at(after)}` : sql`true`}
    order by ${after ? sql`n.xid, n.id` : sql`n.xid desc, n.id desc`} limit ${limit + 1}`.execute(storeOf(tx));
  return { items: rows.slice(0, limit), more: rows.length > limit };
}

/** How far the caller has been told. */
export interface Standing {
  readonly unread: number;
  /** The place of the newest; nothing where there is none. */
  readonly latest: string | undefined;
  /** There is more, which can be read once transactions that are still under way have ended. */
  readonly held: boolean;
}

export async function notificationStanding(tx: Tx, me: Pick<Actor, 'organization' | 'person'>): Promise<Standing> {
  const { rows } = await sql<{ unread: number; latest: string | null; held: boolean }>`
    select (select count(*)::int from notification n where ${own(me)} and n.read_at is null and ${settled}) as unread,
      (select ${place} from notification n where ${own(me)} and ${settled} order by n.xid desc, n.id desc limit 1) as latest,
      exists (select from notification n where ${own(me)} and not ${settled}) as held`.execute(storeOf(tx));
  const { unread = 0, latest, held = false } = rows[0] ?? {};
  return { unread, latest: latest ?? undefined, held };
}

/** Marks the caller's own as read: these, or all up to one in their order; answers how many were unread. */
export async function markRead(
  tx: Tx,
  { me }: Decided<'notification.mark'>,
  which: { readonly ids: readonly string[] } | { readonly upTo: string },
): Promise<number> {
  const chosen =
    'ids' in which
      ? sql`n.id = any (${which.ids}::uuid[])`
      : sql`(n.xid, n.id) <= (select last.xid, last.id from notification last
          where last.organization_id = ${me.organization} and last.person_id = ${me.person} and last.id = ${which.upTo})`;
  const { rows } = await sql<{ id: string }>`
    update notification set read_at = statement_timestamp() where organization_id = ${me.organization} and id in (
      select n.id from notification n where ${own(me)} and ${settled} and n.read_at is null and ${chosen} order by n.xid, n.id for update)
    returning id`.execute(storeOf(tx));
  return rows.length;
}
