import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { storeOf, type Tx } from './database.ts';

/** By what someone reaches anything: themself and their groups and teams, and the workspaces that they are in. */
export async function placesHeld(
  tx: Tx,
  { organization }: Actor,
  person: string,
  { anywhere = false }: { anywhere?: boolean } = {},
): Promise<{ readonly principals: readonly string[]; readonly workspaces: readonly string[] }> {
  const { rows } = await sql<{ circles: string[]; workspaces: string[] }>`
    select coalesce((select array_agg(b.principal_id) from belonging b where b.organization_id = ${organization} and b.person_id = ${person}), '{}') as circles,
      coalesce((select array_agg(workspace_id) from (
        select m.workspace_id from workspace_member m where m.organization_id = ${organization} and m.person_id = ${person}
        union select t.workspace_id from belonging b join workspace_team t on t.organization_id = b.organization_id and t.team_id = b.principal_id
          where b.organization_id = ${organization} and b.person_id = ${person}
        union select w.id from workspace w where w.organization_id = ${organization} and w.deleted_at is null and (${anywhere} or exists (
          select from person p where p.organization_id = ${organization} and p.id = ${person} and p.role = 'admin'))) each), '{}') as workspaces`.execute(
    storeOf(tx),
  );
  return { principals: [person, ...(rows[0]?.circles ?? [])], workspaces: rows[0]?.workspaces ?? [] };
}
