import { sql } from 'kysely';
import type { Ground } from '../access/paths.ts';
import type { OrganizationRole } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import { standing } from './reach.ts';

type Stands = Pick<Ground, 'admin' | 'role' | 'teams' | 'switches'>;

/** What is the case between whoever sent an invitation and where it leads, so that it is decided anew (ORG-3). */
export interface SenderGround {
  readonly role: OrganizationRole;
  readonly canInvite: boolean;
  readonly workspaces: readonly { readonly id: string; readonly ground: Stands }[];
  readonly teams: readonly TeamGround[];
}

export interface TeamGround {
  readonly id: string;
  readonly visibility: 'public' | 'locked';
  readonly role: 'manager' | 'member' | null;
  /** The workspaces that it is owner or admin of, and how the sender stands there. */
  readonly runs: readonly Stands[];
}

/** Reads it as of now; nothing where the sender is not active any more. What was deleted is not there. */
export async function senderGround(
  tx: Tx,
  { organization, sender }: { organization: string; sender: string },
  to: { readonly workspaces: readonly string[]; readonly teams: readonly string[] },
): Promise<SenderGround | undefined> {
  await sql`select from workspace where organization_id = ${organization} and id = any (${to.workspaces}::uuid[]) order by id for share`.execute(
    storeOf(tx),
  );
  await sql`select from team where organization_id = ${organization} and id = any (${to.teams}::uuid[]) order by id for share`.execute(
    storeOf(tx),
  );
  const { rows } = await sql<SenderGround>`
    with who as materialized (select p.organization_id, p.id, p.role, p.can_invite, null::uuid[] as cut from person p
      where p.organization_id = ${organization} and p.id = ${sender} and p.status = 'active')
    select who.role, who.can_invite as "canInvite",
      coalesce((select json_agg(json_build_object('id', w.id, 'ground', json_build_object(${standing}))) from workspace w
        where w.organization_id = who.organization_id and w.id = any (${to.workspaces}::uuid[]) and w.deleted_at is null), '[]') as workspaces,
      coalesce((select json_agg(json_build_object('id', t.id, 'visibility', t.visibility,
          'role', (select m.role from membership m where m.organization_id = who.organization_id and m.person_id = who.id and m.principal_id = t.id),
          'runs', coalesce((select json_agg(json_build_object('workspace', w.id, ${standing})) from workspace_team held
            join workspace w on w.organization_id = held.organization_id and w.id = held.workspace_id and w.deleted_at is null
            where held.organization_id = t.organization_id and held.team_id = t.id and held.role >= 'admin'), '[]'))) from team t
        where t.organization_id = who.organization_id and t.id = any (${to.teams}::uuid[]) and t.deleted_at is null), '[]') as teams
    from who`.execute(storeOf(tx));
  return rows[0];
}
