import { sql } from 'kysely';
import type { WorkspaceRole } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { everywhere } from './everywhere.ts';

type Teamwork = Decided<'team.staff' | 'team.join' | 'team.leave' | 'team.edit' | 'team.delete'>;

/** What a team holds, wherever in the organization (TEAM-5), a workspace that was deleted and can be brought back included (ORG-9). */
export interface Held {
  readonly places: readonly { readonly workspace: string; readonly role: WorkspaceRole }[];
  /** Workspaces in which it is in a project. */
  readonly projects: readonly string[];
  readonly hasGrants: boolean;
}

export function heldBy(tx: Tx, { me, subject }: Teamwork): Promise<Held> {
  return everywhere(tx, me, async () => {
    const { rows } = await sql<{ places: Held['places'] | null; projects: string[] | null; grants: boolean }>`
      select (select json_agg(json_build_object('workspace', t.workspace_id, 'role', t.role)) from workspace_team t
          join workspace w on w.organization_id = t.organization_id and w.id = t.workspace_id
            and (w.deleted_at is null or w.deleted_at > statement_timestamp() - interval '30 days')
          where t.organization_id = ${me.organization} and t.team_id = ${subject.id}) as places,
        (select array_agg(distinct m.workspace_id) from project_member m where m.organization_id = ${me.organization} and m.principal_id = ${subject.id}) as projects,
        exists (select from access_grant g where g.organization_id = ${me.organization} and g.principal_id = ${subject.id} and g.live
          and (g.expires_at is null or g.expires_at > statement_timestamp())) as grants`.execute(storeOf(tx));
    const row = rows[0];
    return { places: row?.places ?? [], projects: row?.projects ?? [], hasGrants: row?.grants ?? false };
  });
}

/** Keeps others from changing who owns these workspaces until the change is through. */
export async function holdWorkspaces(tx: Tx, { me }: Teamwork, workspaces: readonly string[]): Promise<void> {
  if (workspaces.length === 0) return;
  await sql`select from workspace where organization_id = ${me.organization} and id = any (${workspaces}::uuid[]) order by id
    for no key update`.execute(storeOf(tx));
}

/** Those of these workspaces that have an owner who is active, by a place of their own or a team's (GRP-5). */
export async function ownedAmong(
  tx: Tx,
  { me }: Teamwork,
  workspaces: readonly string[],
): Promise<ReadonlySet<string>> {
  if (workspaces.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select w.id from workspace w where w.organization_id = ${me.organization} and w.id = any (${workspaces}::uuid[]) and (
      exists (select from workspace_member m join person p on p.organization_id = m.organization_id and p.id = m.person_id and p.status = 'active'
        where m.organization_id = w.organization_id and m.workspace_id = w.id and m.role = 'owner')
      or exists (select from workspace_team t join belonging b on b.organization_id = t.organization_id and b.principal_id = t.team_id
        join person p on p.organization_id = b.organization_id and p.id = b.person_id and p.status = 'active'
        where t.organization_id = w.organization_id and t.workspace_id = w.id and t.role = 'owner'))`.execute(
    storeOf(tx),
  );
  return new Set(rows.map(({ id }) => id));
}
