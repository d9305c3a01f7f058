import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { type Kind, kindNames } from '../terms/kinds.ts';
import type { Noun } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { type Fitness, fitnessFor } from './succession.ts';

export type Departure = Decided<
  'member.remove' | 'organization.leave' | 'workspace.staff' | 'workspace.own' | 'workspace.leave'
>;

/** Who goes from where: from one workspace, or from the organization. */
export interface Leaver {
  readonly person: string;
  readonly workspace?: string | undefined;
  /** Who is handed what they owned, where they are fit to own it. */
  readonly heir?: string | undefined;
}

/** One thing that was theirs, or that they were in, and what became of it. */
export interface Ended {
  readonly noun: Noun;
  readonly id: string;
  readonly kind?: Kind | undefined;
  readonly workspace?: string | null | undefined;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Hands on what someone owned: to the heir where they are fit to own it, else to the organization, with no one who gave it (OWN-3). One
 * statement, however much it is.
 */
export async function handOn(
  tx: Tx,
  { me }: Departure,
  { person, heir, workspace }: Leaver,
): Promise<readonly (Ended & { readonly kind: Kind; readonly workspace: string; readonly heir: boolean })[]> {
  const none: Fitness = { workspaces: [], kinds: [] };
  const fit = heir ? await fitnessFor(tx, me, person, heir, workspace) : none;
  const { rows } = await sql<{ id: string; kind: Kind; workspace: string; heir: boolean }>`
    with fit as materialized (select * from unnest(${fit.workspaces}::uuid[], ${fit.kinds}::text[]) it (workspace_id, kind))
    update resource r set given_by = null, updated_at = statement_timestamp(),
      owner_id = case when (r.workspace_id, r.kind) in (select workspace_id, kind from fit) then ${heir ?? null}::uuid end
    where r.organization_id = ${me.organization} and r.owner_id = ${person} and ${within(sql`r.workspace_id`, workspace)}
    returning r.id, r.kind, r.workspace_id as workspace, r.owner_id is not null as heir`.execute(storeOf(tx));
  return rows.map((it) => ({
    ...it,
    noun: 'resource',
    before: { owner: person },
    after: { owner: it.heir ? (heir ?? null) : null },
  }));
}

const within = (column: RawBuilder<unknown>, workspace: string | undefined) =>
  workspace === undefined ? sql`true` : sql`${column} = ${workspace}::uuid`;

/** Ends what someone was given in a workspace, or in all: place, switches, projects, grants, pending requests (ORG-8, WS-9). */
export async function endPlaces(tx: Tx, { me }: Departure, { person, workspace }: Leaver): Promise<readonly Ended[]> {
  // First of all, so that whoever is approving one just now is waited for, and what they give is seen below.
  const requests = await cancelled(tx, me, { person, workspace });
  const own = sql`organization_id = ${me.organization} and person_id = ${person} and ${within(sql`workspace_id`, workspace)}`;
  const lent = sql`organization_id = ${me.organization} and principal_id = ${person} and ${within(sql`workspace_id`, workspace)}`;
  const places = await ended(
    tx,
    'workspace',
    sql`delete from workspace_member where ${own} returning workspace_id as id, workspace_id as workspace, role as was`,
  );
  const switches = await ended(
    tx,
    'workspace',
    sql`delete from capability_switch where ${own} returning workspace_id as id, workspace_id as workspace,
      json_build_object('capability', capability, 'enabled', enabled) as was`,
  );
  const projects = await ended(
    tx,
    'project',
    sql`delete from project_member where ${lent} returning project_id as id, workspace_id as workspace, role as was`,
  );
  const grants = await ended(
    tx,
    'resource',
    sql`delete from access_grant where ${lent} returning resource_id as id, kind, workspace_id as workspace,
      json_build_object('grant', level, 'expires_at', expires_at) as was`,
  );
  return [places, switches, projects, grants, requests].flat().map((it) => withPerson(it, person));
}

/** Ends what someone is beyond workspaces: groups, teams, keys, invitations that they sent, and their being there at all. */
export async function endMembership(tx: Tx, { me }: Departure, person: string): Promise<readonly Ended[]> {
  const own = sql`organization_id = ${me.organization} and person_id = ${person}`;
  const { rows } = await sql<{ id: string; was: string; noun: 'group' | 'team' }>`
    delete from membership where ${own} returning principal_id as id, principal as noun, role as was`.execute(
    storeOf(tx),
  );
  const circles = rows.map(({ was, ...it }): Ended => ({ ...it, before: { role: was }, after: null }));
  const invitations = await ended(
    tx,
    'invitation',
    sql`update invitation set status = 'revoked' where organization_id = ${me.organization} and invited_by = ${person} and status = 'pending' returning id, 'pending' as was`,
  );
  await endCredentials(tx, me, person);
  await sql`update person set status = 'removed', can_invite = false where organization_id = ${me.organization} and id = ${person}`.execute(
    storeOf(tx),
  );
  return [...circles, ...invitations].map((it) => withPerson(it, person));
}

/** From now on nothing that they hold lets them in; they stay ended whatever becomes of the person (ORG-12). */
export async function endCredentials(tx: Tx, me: Actor, person: string): Promise<void> {
  await sql`update credential set revoked_at = statement_timestamp()
    where organization_id = ${me.organization} and person_id = ${person} and revoked_at is null`.execute(storeOf(tx));
}

/** What they asked for in a workspace, or anywhere, whether it was delivered or not. */
async function cancelled(tx: Tx, { organization, person: by }: Actor, { person, workspace }: Leaver): Promise<Ended[]> {
  await sql`select set_config('postern.leaver', ${person}, true)`.execute(storeOf(tx));
  const found = await ended(
    tx,
    'request',
    sql`update access_request set status = 'cancelled', decided_at = statement_timestamp(), decided_by = ${by}
      where organization_id = ${organization} and requester_id = ${person} and status = 'pending' and ${within(sql`workspace_id`, workspace)}
      returning id, workspace_id as workspace, 'pending' as was`,
  );
  await sql`select set_config('postern.leaver', '', true)`.execute(storeOf(tx));
  return found.map((it) => ({ ...it, after: { status: 'cancelled' } }));
}

async function ended(tx: Tx, noun: Noun, query: RawBuilder<unknown>): Promise<Ended[]> {
  const { rows } = (await query.execute(storeOf(tx))) as unknown as {
    rows: { id: string; kind?: Kind; workspace?: string | null; was: unknown }[];
  };
  return rows.map(({ was, kind, ...it }) => ({
    ...it,
    noun,
    ...(kind && kindNames.includes(kind) && { kind }),
    before: typeof was === 'object' ? was : { [noun === 'request' || noun === 'invitation' ? 'status' : 'role']: was },
    after: null,
  }));
}

const withPerson = (it: Ended, person: string): Ended => ({ ...it, before: { person, ...(it.before as object) } });
