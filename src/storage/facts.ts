import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Place, Switches } from '../access/capabilities.ts';
import type { Facts, Path } from '../access/decide.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Noun } from '../terms/ladders.ts';
import { type Entrance, storeOf, type Tx } from './database.ts';
import { caller, paths, person, places, resources, taking } from './reach.ts';
import type { RequestRow, ResourceRow, WorkspaceRow } from './rows.ts';

/** Names a thing that is to be decided on. Without an id it names nothing, and is answered like what is missing (EXT-12). */
export type Ref<N extends Noun> = N extends 'organization'
  ? { readonly noun: 'organization' }
  : N extends 'workspace'
    ? { readonly noun: 'workspace'; readonly id: string | undefined; readonly kind: Kind }
    : N extends 'resource' | 'bin'
      ? { readonly noun: N; readonly id: string | undefined; readonly kind: Kind }
      : { readonly noun: N; readonly id: string | undefined };

export type Subject<N extends Noun> = N extends 'resource' | 'bin'
  ? ResourceRow
  : N extends 'request'
    ? RequestRow
    : N extends 'workspace'
      ? WorkspaceRow
      : { readonly id: string };

/** What one statement found: who asks, when, the thing if it is in reach, and all that a decision on it rests on. */
export interface Found<N extends Noun> {
  readonly me: Actor;
  readonly now: Date;
  readonly subject: Subject<N> | undefined;
  readonly facts: Facts;
}

/** Reads credential, person, thing and paths together (DEC-8). Nothing where the credential has ended. */
export async function factsFor<N extends Noun>(tx: Tx, entrance: Entrance, ref: Ref<N>): Promise<Found<N> | undefined> {
  const { rows } = await statementFor(ref, entrance).execute(storeOf(tx));
  const row = rows[0];
  if (!row?.me) return undefined;
  return {
    me: actorOf(row.me),
    now: new Date(row.now),
    subject: (row.subject ?? undefined) as Subject<N> | undefined,
    facts: factsOf(row, ref),
  };
}

/** The same facts about someone else, for whoever may ask: no credential cuts them, and every override counts (EXP-1). */
export async function factsAbout(tx: Tx, me: Actor, someone: string, ref: Ref<'resource'>): Promise<Facts> {
  const { rows } = await sql<Row>`
    with who as materialized (${person(me, someone)}), ${onResource(me.organization, ref)}
    select null as me, null as subject, ${ofResource}, statement_timestamp() as now`.execute(storeOf(tx));
  const facts = factsOf(rows[0] as Row, ref);
  return { ...facts, override: true };
}

interface Row {
  readonly me: CallerRow | null;
  readonly subject: unknown;
  readonly paths: readonly Path[] | null;
  readonly places: readonly Place[] | null;
  readonly switches: Switches | null;
  readonly own_request?: boolean;
  readonly now: string;
}

export interface CallerRow {
  readonly organization_id: string;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Actor['role'];
  readonly credential: string;
  readonly credential_name: string;
  readonly scopes: Actor['scopes'];
  readonly cut: readonly string[] | null;
  readonly expires_at: string | null;
}

function statementFor(
  ref: { readonly noun: Noun; readonly id?: string | undefined },
  entrance: Entrance,
): RawBuilder<Row> {
  const who = sql`who as materialized (${caller(entrance.organization, entrance.credential)})`;
  const me = sql`(select row_to_json(who) from who) as me, statement_timestamp() as now`;
  const one = { ...ref, id: ref.id ?? null };
  switch (ref.noun) {
    case 'resource':
    case 'bin':
      return sql`with ${who}, ${onResource(entrance.organization, one)} select ${me}, (select row_to_json(r) from r) as subject, ${ofResource}`;
    case 'request':
      return sql`with ${who}, ${onRequest(entrance.organization, one.id)} select ${me}, (select row_to_json(q) from q) as subject, ${ofRequest}`;
    case 'workspace':
      return sql`with ${who}, ${onWorkspace(entrance.organization, one.id)} select ${me}, (select row_to_json(w) from w) as subject, ${ofWorkspace}`;
    case 'organization':
      return sql`with ${who} select ${me}, (select json_build_object('id', who.organization_id) from who) as subject,
        (select json_agg(json_build_object('noun', 'organization', 'rung', who.role, 'via', 'member', 'rule', 'ORG-1')) from who) as paths,
        null as places, null as switches`;
    default:
      throw new Error(`no facts are known of a ${ref.noun}`);
  }
}

const wantedResource = (
  organization: string,
  { id, noun, kind }: { id?: string | null | undefined; noun: Noun; kind?: Kind },
) =>
  sql`r.organization_id = ${organization} and r.id = ${id ?? null} and r.kind = ${kind ?? null} and ${noun === 'bin' ? sql`r.deleted_at is not null` : sql`r.deleted_at is null`}`;

const onResource = (organization: string, ref: { id?: string | null | undefined; noun: Noun; kind?: Kind }) => sql`
  r as materialized (${resources(wantedResource(organization, ref))}),
  ws as (select r.workspace_id as workspace from r), ${places}, ${paths}`;

const stood = sql`
  (select json_agg(place) from place) as places,
  (select json_object_agg(s.capability, s.enabled) from who join ws on true join capability_switch s on s.organization_id = who.organization_id
    and s.person_id = who.id and s.workspace_id = ws.workspace) as switches`;

const ofResource = sql`
  (select json_agg(it) from (select * from path union all ${taking}) it) as paths, ${stood}`;

const onWorkspace = (organization: string, id: string | null) => sql`
  w as materialized (select * from workspace where organization_id = ${organization} and id = ${id} and deleted_at is null),
  ws as (select w.id as workspace from w), ${places}`;

const ofWorkspace = sql`
  (select json_agg(json_build_object('noun', 'workspace', 'rung', role, 'via', via, 'rule', case when override then 'ORG-6' else 'WS-2' end,
    'override', override)) from place) as paths, ${stood}`;

/** Who reviews (REQ-2): the owner; of what the organization owns, admins of the workspace who can open it; the others by override. */
const onRequest = (organization: string, id: string | null) => sql`
  q as materialized (select * from access_request where organization_id = ${organization} and id = ${id}),
  r as materialized (${resources(sql`r.organization_id = ${organization} and r.id = (select resource_id from q where q.workspace_id is not null) and r.deleted_at is null`)}),
  ws as (select r.workspace_id as workspace from r), ${places}, ${paths}`;

const ofRequest = sql`
  (select json_agg(it) from (
    select 'request' as noun, 'requester' as rung, 'requester' as via, 'REQ-5' as rule, false as override from q join who on who.id = q.requester_id
    union all
    select 'request', 'reviewer', path.via, 'REQ-2', path.override from path where path.noun = 'resource' and path.rung = 'owner'
    union all
    select 'request', 'reviewer', 'workspace ' || place.role, 'REQ-2', false from place join r on r.owner_id is null
    where place.role >= 'admin' and not place.override and exists (select from path where path.person = place.person and not path.override)
  ) it) as paths, ${stood}, (select q.requester_id = who.id from q, who) as own_request`;

/** The actor behind a row of `caller`. */
export const actorOf = (row: CallerRow): Actor => ({
  organization: row.organization_id,
  credential: row.credential,
  credentialName: row.credential_name,
  person: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  scopes: row.scopes,
  workspaces: row.cut,
  expiresAt: row.expires_at,
});

function factsOf(row: Row, ref: { readonly noun: Noun; readonly kind?: Kind }): Facts {
  const override = row.me?.scopes.includes('override') ?? false;
  const stands = { places: row.places ?? [], switches: row.switches ?? {}, kind: ref.kind };
  return { ...stands, paths: row.paths ?? [], holds: row.own_request ? ['own_request'] : [], override };
}
