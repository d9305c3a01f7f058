import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { rungOf } from '../access/decide.ts';
import type { Ground } from '../access/paths.ts';
import type { Scope } from '../access/scope.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import { factsFrom, reviewing } from './facts.ts';
import { ground, reached, self, uncut } from './reach.ts';
import { cameTrue, columns, statusNow } from './requests.ts';
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

/** What the caller reviews (REQ-2), newest first. */
export async function incomingRequests(
  tx: Tx,
  scope: Scope<'resource'>,
  me: Actor,
  window: Window,
): Promise<Page<Listed>> {
  const mine: WithGround[] = [];
  for (let at = window; ; ) {
    const rows = await stretchOf(tx, me, at);
    mine.push(...rows.filter(({ ground: it }) => it && reviewing(it).some((path) => scope.override || !path.override)));
    if (mine.length > window.limit || rows.length < stride)
      return pageOf(
        mine.map((row) => named(row, scope)),
        window.limit,
      );
    at = { ...window, after: rows.at(-1)?.id };
  }
}

/** The next requests in reach, whoever reviews them; how many there are is nobody's to see (EXT-1). */
async function stretchOf(tx: Tx, me: Actor, window: Window): Promise<readonly WithGround[]> {
  const { rows } = await sql<WithGround>`
    with who as materialized (${self(me)}),
    q as materialized (select ${columns([])} from access_request q where q.organization_id = ${me.organization} and q.workspace_id is not null
      and q.workspace_id = any ((select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[])
      and q.requester_id <> ${me.person} and ${windowed(window, [])} order by q.id desc limit ${sql.raw(String(stride))})
    ${withGrounds}`.execute(storeOf(tx));
  return rows;
}

function named({ ground: it, ...row }: WithGround, { override }: Scope<'resource'>): Listed {
  return it && rungOf(factsFrom(it, row.kind, override)) ? row : { ...row, name: null, owner_email: null };
}

function pageOf(rows: readonly Listed[], limit: number): Page<Listed> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}
