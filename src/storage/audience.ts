import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Place, Switches } from '../access/capabilities.ts';
import type { Facts, Path } from '../access/decide.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Level } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import { everybody, paths, places, resources } from './reach.ts';

/** Someone who can open a resource, and all that a decision about them rests on. */
export interface Reached {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly facts: Facts;
}

interface Row extends Omit<Reached, 'facts'> {
  readonly paths: Path[];
  readonly places: Place[] | null;
  readonly switches: Switches | null;
}

const reached = (me: Actor, id: string) => sql`
  with who as materialized (${everybody(me)}), r as materialized (${resources(sql`r.organization_id = ${me.organization} and r.id = ${id}`)}),
  ws as (select r.workspace_id as workspace from r), ${places}, ${paths}`;

/** One page of the people who can open a resource, by any path and override, in the order of their ids (EXP-2). */
export async function audienceOf(
  tx: Tx,
  me: Actor,
  { id, kind }: { id: string; kind: Kind },
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<Page<Reached>> {
  const { rows } = await sql<Row>`${reached(me, id)}
    select p.id, p.email, p.name, it.paths, (select json_agg(place) from place where place.person = p.id) as places,
      (select json_object_agg(s.capability, s.enabled) from capability_switch s join ws on ws.workspace = s.workspace_id
        where s.organization_id = p.organization_id and s.person_id = p.id) as switches
    from (select person, json_agg(path) as paths from path where noun = 'resource' and (${after ?? null}::uuid is null or person > ${after ?? null}::uuid)
      group by person order by person limit ${limit + 1}) it
    join person p on p.organization_id = ${me.organization} and p.id = it.person order by p.id`.execute(storeOf(tx));
  const items = rows.slice(0, limit).map(({ paths, places, switches, ...who }) => ({
    ...who,
    facts: { paths, places: places ?? [], switches: switches ?? {}, kind, override: true },
  }));
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}

/** Who can open a resource at which level, before the cap; the whole of it, for comparing before and after (EXT-8). */
export async function levelsOn(
  tx: Tx,
  me: Actor,
  ids: readonly string[],
): Promise<Map<string, { email: string; level: Level }>> {
  const { rows } = await sql<{ resource: string; id: string; email: string; level: Level }>`
    with who as materialized (${everybody(me)}),
    r as materialized (${resources(sql`r.organization_id = ${me.organization} and r.id = any (${ids}::uuid[])`)}),
    ws as (select distinct r.workspace_id as workspace from r), ${places}, ${paths}
    select it.resource, p.id, p.email, it.level from (
      select resource, person, max(rung::level) as level from path where noun = 'resource' group by resource, person) it
    join person p on p.organization_id = ${me.organization} and p.id = it.person order by it.resource, p.email`.execute(
    storeOf(tx),
  );
  return new Map(rows.map(({ resource, id, email, level }) => [`${resource}/${id}`, { email, level }]));
}
