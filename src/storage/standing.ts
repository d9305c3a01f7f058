import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { capabilitiesOf, type Place } from '../access/capabilities.ts';
import { type Ground, placesOf } from '../access/paths.ts';
import type { Capability } from '../terms/kinds.ts';
import { reaches } from '../terms/ladders.ts';
import { callerOf, storeOf, type Tx } from './database.ts';
import { self, standing } from './reach.ts';
import { type Places, statement } from './statement.ts';

/** How someone stands in one workspace of theirs. */
export interface Standing {
  readonly workspace: string;
  readonly name: string;
  /** The places that count: without `override`, an organization admin's place by office is not one (EXT-3). */
  readonly places: readonly Place[];
  readonly capabilities: readonly Capability[];
  /** In it by a place that is no override: owner, everyone and project paths hold here (DEC-2). */
  readonly placed: boolean;
  /** Opens everything in it by override. */
  readonly wide: boolean;
}

/** The workspaces where the caller stands, cut to the credential's, by name. */
export async function standings(tx: Tx, me: Actor, override: boolean): Promise<Standing[]> {
  const everywhere = override && me.role === 'admin';
  const known = everywhere ? undefined : callerOf(tx);
  if (known) return (known.places ?? []).flatMap((it) => standingIn({ ...it, admin: me.role === 'admin' }, override));
  const { organization, person, role, workspaces } = me;
  const rows = await (everywhere ? inAll : inTheirs)(tx, { organization, person, role, workspaces });
  return rows.flatMap(({ id, name, ground }) => standingIn({ ...ground, workspace: id, name }, override));
}

type Asked = Pick<Actor, 'organization' | 'person' | 'role' | 'workspaces'>;
interface Found {
  readonly id: string;
  readonly name: string;
  readonly ground: Pick<Ground, 'admin' | 'role' | 'teams' | 'switches'>;
}

const standingsIn = (isIn: (its: Places<Asked>) => RawBuilder<unknown>) =>
  statement<Asked, Found>(
    (its) => sql`
    with who as materialized (${self(its)})
    select w.id, w.name, json_build_object(${standing}) as ground
    from who join workspace w on w.organization_id = who.organization_id and w.deleted_at is null and (who.cut is null or w.id = any (who.cut))
    where ${isIn(its)} order by w.name, w.id`,
  );

const inAll = standingsIn(() => sql`true`);
const inTheirs = standingsIn(
  ({ organization, person }) => sql`w.id in (
    select m.workspace_id from workspace_member m where m.organization_id = ${organization} and m.person_id = ${person}
    union select t.workspace_id from belonging m join workspace_team t on t.organization_id = m.organization_id and t.team_id = m.principal_id
      where m.organization_id = ${organization} and m.person_id = ${person} and m.principal = 'team')`,
);

type Stands = Pick<Ground, 'admin' | 'role' | 'teams' | 'switches'> & {
  readonly workspace: string;
  readonly name: string;
};

function standingIn({ workspace, name, switches, ...ground }: Stands, override: boolean): Standing[] {
  const places = placesOf(ground).filter((place) => override || !place.override);
  if (places.length === 0) return [];
  return [
    {
      workspace,
      name,
      places,
      capabilities: capabilitiesOf(places, switches ?? {}),
      placed: places.some((place) => !place.override),
      wide: override && places.some(({ role }) => reaches('workspace', role, 'admin')),
    },
  ];
}

/** The restricted projects that the caller is in, and as what (WS-7). */
export async function gatesOf(tx: Tx, me: Actor): Promise<Readonly<Record<string, 'viewer' | 'editor'>>> {
  const known = callerOf(tx);
  if (known) return known.gates ?? {};
  const { rows } = await sql<{ id: string; role: 'viewer' | 'editor' }>`
    select m.project_id as id, max(m.role) as role from gate m where m.organization_id = ${me.organization}
      and m.principal_id = any ((select nullif(current_setting('postern.principals', true), '')::uuid[])::uuid[]) group by m.project_id`.execute(
    storeOf(tx),
  );
  return Object.fromEntries(rows.map(({ id, role }) => [id, role]));
}

/** The workspaces in reach: places, and those with a live grant, cut to the credential's (EXP-6). */
export async function reachOf(tx: Tx): Promise<readonly string[]> {
  const known = callerOf(tx);
  if (known) return known.reach ?? [];
  const { rows } = await sql<{ id: string }>`
    select unnest((select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[]) as id`.execute(
    storeOf(tx),
  );
  return rows.map(({ id }) => id);
}

/** Names by id. */
export type Names = Readonly<Record<string, string>>;

/** The names of groups and teams that the caller is in; elsewhere than in a reading transaction they are looked up. */
export async function namesOf(tx: Tx, organization: string, ids: readonly string[]): Promise<Names> {
  const known = callerOf(tx);
  if (known || ids.length === 0) return known?.names ?? {};
  const { rows } = await sql<{ id: string; name: string }>`
    select g.id, g.name from "group" g where g.organization_id = ${organization} and g.id = any (${ids}::uuid[])
    union all select t.id, t.name from team t where t.organization_id = ${organization} and t.id = any (${ids}::uuid[])`.execute(
    storeOf(tx),
  );
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}
