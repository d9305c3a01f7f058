import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { rungOf } from '../access/decide.ts';
import type { Ground } from '../access/paths.ts';
import { reaches } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import { everywhere } from './everywhere.ts';
import { factsFrom } from './facts.ts';
import { groundsOf } from './grounds.ts';
import { ground, people, reached, self, uncut } from './reach.ts';
import { isOver } from './request-status.ts';
import type { RequestRow } from './rows.ts';

/** A request that something else than a decision has approved. */
export type Settled = Pick<RequestRow, 'id' | 'requester_id' | 'resource_id' | 'kind' | 'level'>;
export const settling = sql`q.id, q.requester_id, q.resource_id, q.kind, q.level`;

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

/** Approves what has come true by another way: pending requests for a resource, or one, whose requester now has what they asked for (REQ-6). */
export async function settleRequests(
  tx: Tx,
  me: Actor,
  { resource, request }: { readonly resource: string; readonly request?: string },
): Promise<readonly Settled[]> {
  const met = await metAmong(
    tx,
    me,
    sql`q.resource_id = ${resource} and (${request ?? null}::uuid is null or q.id = ${request ?? null}::uuid)`,
  );
  return approve(tx, me, met);
}

/** What a change may have let people into; of all people where none are named. */
export interface Opened {
  readonly people?: readonly string[];
  readonly principals?: readonly string[];
  readonly workspaces?: readonly string[];
}

/**
 * The same for people who came to a group, team, project or workspace: their pending requests for what lies in these workspaces or is
 * shared with these principals, wherever in the organization that is. One statement, however many they are.
 */
export async function settleOpened(
  tx: Tx,
  me: Actor,
  { people, principals = [], workspaces = [] }: Opened,
): Promise<readonly Settled[]> {
  if (people?.length === 0) return [];
  const asked = people ? sql`q.requester_id = any (${people}::uuid[])` : sql`true`;
  return everywhere(tx, me, async () => {
    const { rows } =
      await sql<Settled>`select ${settling} from access_request q where q.organization_id = ${me.organization}
      and q.status = 'pending' and not ${isOver} and q.workspace_id is not null and ${asked}
      and (q.workspace_id = any (${workspaces}::uuid[]) or exists (select from access_grant g
        where g.organization_id = q.organization_id and g.resource_id = q.resource_id and g.principal_id = any (${principals}::uuid[])))`.execute(
        storeOf(tx),
      );
    return approve(tx, me, await metIn(tx, me, rows));
  });
}

/** Those of many requests that have come true: people and resources are read once each. */
async function metIn(tx: Tx, me: Actor, requests: readonly Settled[]): Promise<readonly Settled[]> {
  if (requests.length === 0) return [];
  const idsOf = (column: 'requester_id' | 'resource_id') => [...new Set(requests.map((it) => it[column]))];
  const { people, resources, facts } = await groundsOf(tx, me, idsOf('requester_id'), idsOf('resource_id'));
  const persons = new Map(people.map((it) => [it.id, it]));
  const things = new Map(resources.map((it) => [it.id, it]));
  return requests.filter(({ requester_id, resource_id, level }) => {
    const [person, thing] = [persons.get(requester_id), things.get(resource_id)];
    const rung = person && thing && rungOf({ ...facts(person, thing), override: false });
    return rung ? reaches('resource', rung, level) : false;
  });
}

async function approve(tx: Tx, me: Actor, met: readonly Settled[]): Promise<readonly Settled[]> {
  if (met.length === 0) return met;
  const { rows } = await sql<{ id: string }>`
    update access_request set status = 'approved', decided_at = statement_timestamp(), decided_by = ${me.person}
    where organization_id = ${me.organization} and id = any (${met.map(({ id }) => id)}::uuid[]) and status = 'pending' returning id`.execute(
    storeOf(tx),
  );
  const approved = new Set(rows.map(({ id }) => id));
  return met.filter(({ id }) => approved.has(id));
}

/** Of these requests of others, those that have come true, whether or not anything has marked them. */
export async function metOf(tx: Tx, me: Actor, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const met = await metAmong(tx, me, sql`q.id = any (${ids}::uuid[])`);
  return new Set(met.map(({ id }) => id));
}

async function metAmong(tx: Tx, me: Actor, which: RawBuilder<unknown>): Promise<readonly Settled[]> {
  const { rows } = await sql<Settled & { ground: Ground | null }>`
    with q as materialized (select ${settling} from access_request q where q.organization_id = ${me.organization}
      and q.status = 'pending' and not ${isOver} and q.workspace_id is not null and ${which}),
    who as materialized (${people(me, sql`select requester_id from q`)})
    select ${settling}, ${ground} from q join who on who.id = q.requester_id left join (${reached}) on ${uncut} and r.id = q.resource_id`.execute(
    storeOf(tx),
  );
  return rows.filter(isMet).map(({ ground: _, ...it }) => it);
}

/** Whether whoever asked now has that level, before the cap (REQ-9). */
function isMet({ ground: it, kind, level }: Settled & { readonly ground: Ground | null }): boolean {
  const rung = it && rungOf(factsFrom(it, kind, false));
  return rung ? reaches('resource', rung, level) : false;
}
