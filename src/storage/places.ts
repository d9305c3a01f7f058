import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Switches } from '../access/capabilities.ts';
import type { Capability } from '../terms/kinds.ts';
import type { OrganizationRole, WorkspaceRole } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

export type Staffed = Decided<'workspace.staff' | 'workspace.own' | 'workspace.leave'>;

/** Someone as they are now, who stays so until the change is through: nobody removes them meanwhile. */
export async function heldPerson(
  tx: Tx,
  me: Actor,
  person: string,
): Promise<{ readonly email: string; readonly role: OrganizationRole; readonly status: string } | undefined> {
  const { rows } = await sql<{
    email: string;
    role: OrganizationRole;
    status: string;
  }>`select email, role, status from person
    where organization_id = ${me.organization} and id = ${person} and status <> 'removed' for share`.execute(
    storeOf(tx),
  );
  return rows[0];
}

/** A team as it is now and stays until the change is through, and whether a guest is in it. */
export async function heldTeam(
  tx: Tx,
  me: Actor,
  team: string,
): Promise<{ readonly visibility: 'public' | 'locked'; readonly guests: boolean } | undefined> {
  await sql`select from team where organization_id = ${me.organization} and id = ${team} for no key update`.execute(
    storeOf(tx),
  );
  const { rows } = await sql<{ visibility: 'public' | 'locked'; guests: boolean }>`
    select t.visibility, exists (select from membership m join person p on p.organization_id = m.organization_id and p.id = m.person_id
      where m.organization_id = t.organization_id and m.principal_id = t.id and p.role = 'guest' and p.status <> 'removed') as guests
    from team t where t.organization_id = ${me.organization} and t.id = ${team} and t.deleted_at is null`.execute(
    storeOf(tx),
  );
  return rows[0];
}

/** The role that a person or team has in a workspace by a place of its own. */
export async function ownPlace(
  tx: Tx,
  { me, subject }: Staffed,
  type: 'person' | 'team',
  id: string,
): Promise<WorkspaceRole | undefined> {
  const { rows } = await (type === 'person'
    ? sql<{ role: WorkspaceRole }>`select role from workspace_member where organization_id = ${me.organization}
          and workspace_id = ${subject.id} and person_id = ${id}`
    : sql<{ role: WorkspaceRole }>`select role from workspace_team where organization_id = ${me.organization}
          and workspace_id = ${subject.id} and team_id = ${id}`
  ).execute(storeOf(tx));
  return rows[0]?.role;
}

/** Gives a person or a team a role in a workspace, in place of an earlier one. */
export async function setPlace(
  tx: Tx,
  { me, subject }: Staffed,
  type: 'person' | 'team',
  id: string,
  role: WorkspaceRole,
): Promise<void> {
  await (type === 'person'
    ? sql`insert into workspace_member (organization_id, workspace_id, person_id, role)
          values (${me.organization}, ${subject.id}, ${id}, ${role}::workspace_role)
          on conflict (organization_id, person_id, workspace_id) do update set role = excluded.role`
    : sql`insert into workspace_team (organization_id, workspace_id, team_id, role)
          values (${me.organization}, ${subject.id}, ${id}, ${role}::workspace_role)
          on conflict (organization_id, team_id, workspace_id) do update set role = excluded.role`
  ).execute(storeOf(tx));
}

/** Takes a team out of a workspace, its places in projects there included. */
export async function dropTeam(tx: Tx, { me, subject }: Staffed, team: string): Promise<void> {
  await sql`delete from workspace_team where organization_id = ${me.organization} and workspace_id = ${subject.id} and team_id = ${team}`.execute(
    storeOf(tx),
  );
  await sql`delete from project_member where organization_id = ${me.organization} and workspace_id = ${subject.id} and principal_id = ${team}`.execute(
    storeOf(tx),
  );
}

/** Whether a workspace has an owner who is active, by a place of their own or a team's (GRP-5). */
export async function isOwned(tx: Tx, { me, subject }: Staffed): Promise<boolean> {
  const { rows } = await sql<{ owned: boolean }>`
    select exists (select from workspace_member m join person p on p.organization_id = m.organization_id and p.id = m.person_id and p.status = 'active'
        where m.organization_id = ${me.organization} and m.workspace_id = ${subject.id} and m.role = 'owner')
      or exists (select from workspace_team t join belonging b on b.organization_id = t.organization_id and b.principal_id = t.team_id
        join person p on p.organization_id = b.organization_id and p.id = b.person_id and p.status = 'active'
        where t.organization_id = ${me.organization} and t.workspace_id = ${subject.id} and t.role = 'owner') as owned`.execute(
    storeOf(tx),
  );
  return rows[0]?.owned ?? false;
}

/** Who is in a team. */
export async function peopleOfTeam(tx: Tx, me: Actor, team: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`select person_id as id from belonging
    where organization_id = ${me.organization} and principal_id = ${team} order by 1`.execute(storeOf(tx));
  return rows.map(({ id }) => id);
}

/** What was switched on or off for someone in a workspace. */
export async function switchesOf(tx: Tx, me: Actor, workspace: string, person: string): Promise<Switches> {
  const { rows } = await sql<{
    capability: Capability;
    enabled: boolean;
  }>`select capability, enabled from capability_switch
    where organization_id = ${me.organization} and workspace_id = ${workspace} and person_id = ${person}`.execute(
    storeOf(tx),
  );
  return Object.fromEntries(rows.map(({ capability, enabled }) => [capability, enabled]));
}

/** Switches a capability on or off for someone, or lets their roles say again. */
export async function setSwitch(
  tx: Tx,
  { me, subject }: Decided<'workspace.enable'>,
  person: string,
  capability: Capability,
  enabled: boolean | null,
): Promise<void> {
  await (enabled === null
    ? sql`delete from capability_switch where organization_id = ${me.organization} and workspace_id = ${subject.id}
          and person_id = ${person} and capability = ${capability}`
    : sql`insert into capability_switch (organization_id, workspace_id, person_id, capability, enabled)
          values (${me.organization}, ${subject.id}, ${person}, ${capability}, ${enabled})
          on conflict (organization_id, person_id, workspace_id, capability) do update set enabled = excluded.enabled`
  ).execute(storeOf(tx));
}
