import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { rungOf } from '../access/decide.ts';
import type { Ground } from '../access/paths.ts';
import type { Scope } from '../access/scope.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import { factsFrom } from './facts.ts';
import { type Area, areaOf, reviewed } from './incoming.ts';
import { ground, reached, self, uncut } from './reach.ts';
import { cameTrue, metOf } from './request-settling.ts';
import { columns, statusNow } from './request-status.ts';
import type { RequestRow } from './rows.ts';

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

/** What the caller reviews (REQ-2), newest first; one that has come true says so, whether or not anything has marked it (REQ-6). */
export async function incomingRequests(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  window: Window,
): Promise<Page<Listed>> {
  const area = await areaOf(tx, me, scope.override);
  const mine: WithGround[] = [];
  for (let at = window; ; ) {
    const rows = await reviewedIn(tx, me, area, at);
    mine.push(...rows.filter(({ status }) => !window.status || status === window.status));
    if (mine.length > window.limit || rows.length <= window.limit)
      return pageOf(
        mine.map((row) => named(row, scope)),
        window.limit,
      );
    at = { ...window, after: rows.at(-1)?.id };
  }
}

/** The next of them that may be in the window: to have come true, a request has to be marked pending. */
async function reviewedIn(tx: Tx, me: Actor, area: Area, window: Window): Promise<readonly WithGround[]> {
  const { status, ...rest } = window;
  const fits = sql`(${windowed(window, [])} or ${status ?? null}::text = 'approved' and ${windowed({ ...rest, status: 'pending' }, [])})`;
  const { rows } = await sql<WithGround>`
    with who as materialized (${self(me)}),
    q as materialized (select ${columns([])} from access_request q where q.organization_id = ${me.organization}
      and q.id = any (array(${reviewed(area, fits, window.limit + 1)})))
    ${withGrounds}`.execute(storeOf(tx));
  const pending = rows.filter((it) => it.status === 'pending').map(({ id }) => id);
  const met = await metOf(tx, me, pending);
  return rows.map((it) => (met.has(it.id) ? { ...it, status: 'approved' } : it));
}

function named({ ground: it, ...row }: WithGround, { override }: Scope<'resource'>): Listed {
  return it && rungOf(factsFrom(it, row.kind, override)) ? row : { ...row, name: null, owner_email: null };
}

function pageOf(rows: readonly Listed[], limit: number): Page<Listed> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}
