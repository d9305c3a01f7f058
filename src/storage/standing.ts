import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { capabilitiesOf, type Place, type Switches } from '../access/capabilities.ts';
import type { Capability } from '../terms/kinds.ts';
import { reaches } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import { person, places } from './reach.ts';

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

/** The workspaces where the caller stands, cut to the credential's. */
export async function standings(tx: Tx, me: Actor, override: boolean): Promise<Standing[]> {
  const { rows } = await sql<{ id: string; name: string; places: Place[]; switches: Switches | null }>`
    with who as materialized (${person(me, me.person)}),
    ws as (
      select w.id as workspace from workspace w where w.organization_id = ${me.organization} and w.deleted_at is null
        and (${me.workspaces}::uuid[] is null or w.id = any (${me.workspaces}::uuid[]))
        and (${override && me.role === 'admin'}
          or w.id in (select m.workspace_id from workspace_member m where m.organization_id = ${me.organization} and m.person_id = ${me.person})
          or w.id in (select t.workspace_id from membership m join workspace_team t on t.organization_id = m.organization_id and t.team_id = m.principal_id
               where m.organization_id = ${me.organization} and m.person_id = ${me.person}))
    ), ${places}
    select w.id, w.name, (select json_agg(place) from place where place.workspace = w.id) as places,
      (select json_object_agg(s.capability, s.enabled) from capability_switch s where s.organization_id = w.organization_id
        and s.person_id = ${me.person} and s.workspace_id = w.id) as switches
    from ws join workspace w on w.organization_id = ${me.organization} and w.id = ws.workspace order by w.name, w.id`.execute(
    storeOf(tx),
  );
  return rows.flatMap(({ id, name, places: all, switches }) => {
    const counted = (all ?? []).filter((place) => override || !place.override);
    if (counted.length === 0) return [];
    return {
      workspace: id,
      name,
      places: counted,
      capabilities: capabilitiesOf(counted, switches ?? {}),
      placed: counted.some((place) => !place.override),
      wide: override && counted.some(({ role }) => reaches('workspace', role, 'admin')),
    };
  });
}
