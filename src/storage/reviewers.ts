import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Ground } from '../access/paths.ts';
import { storeOf, type Tx } from './database.ts';
import { reviewing } from './facts.ts';
import { ground, people, reached, uncut } from './reach.ts';

/**
 * Who reviews a request of the caller's, by whichever path (REQ-2), themself left out (REQ-4). One that was not delivered has none;
 * finding that out takes the same statement (EXT-6).
 */
export async function reviewersOf(tx: Tx, me: Actor, request: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string; ground: Ground | null }>`
    with it as materialized (select r.organization_id, r.id, r.workspace_id, r.owner_id from access_request q
      join resource r on r.organization_id = q.organization_id and r.id = q.resource_id
      where q.organization_id = ${me.organization} and q.id = ${request} and q.workspace_id is not null),
    candidate as materialized (
      select it.owner_id as id from it
      union select m.person_id from it join workspace_member m on m.organization_id = it.organization_id and m.workspace_id = it.workspace_id
        where m.role >= 'admin'
      union select m.person_id from it join workspace_team t on t.organization_id = it.organization_id and t.workspace_id = it.workspace_id
        join membership m on m.organization_id = t.organization_id and m.principal_id = t.team_id where t.role >= 'admin'
      union select p.id from it join person p on p.organization_id = it.organization_id where p.role = 'admin'),
    who as materialized (${people(me, sql`select id from candidate where id is not null`)} and p.id <> ${me.person})
    select who.id, ${ground} from who cross join it join (${reached}) on ${uncut} and r.id = it.id order by who.id`.execute(
    storeOf(tx),
  );
  return rows.filter(({ ground: it }) => it && reviewing(it).length > 0).map(({ id }) => id);
}
