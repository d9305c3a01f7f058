import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { newId } from '../terms/ids.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import type { WorkspaceRow } from './rows.ts';

/** These workspaces as they are described; whether the caller may know of them has been decided. */
export async function workspacesShown(tx: Tx, me: Actor, ids: readonly string[]): Promise<WorkspaceRow[]> {
  const { rows } =
    await sql<WorkspaceRow>`select w.id, w.name, w.description, w.avatar, w.take_back, w.created_at, w.deleted_at from workspace w
    where w.organization_id = ${me.organization} and w.id = any (${ids}::uuid[])`.execute(storeOf(tx));
  return rows;
}

/** The deleted workspaces that the caller may bring back, newest deletion first (ORG-9). */
export async function closedWorkspaces(tx: Tx, me: Actor, override: boolean): Promise<WorkspaceRow[]> {
  const everywhere = override && me.role === 'admin';
  const { rows } = await sql<WorkspaceRow>`
    select w.id, w.name, w.description, w.avatar, w.take_back, w.created_at, w.deleted_at from workspace w
    where w.organization_id = ${me.organization} and w.deleted_at > statement_timestamp() - interval '30 days'
      and (${me.workspaces}::uuid[] is null or w.id = any (${me.workspaces}::uuid[]))
      and (${everywhere} or exists (select from workspace_member m where m.organization_id = w.organization_id and m.person_id = ${me.person}
          and m.workspace_id = w.id and m.role = 'owner')
        or exists (select from workspace_team t join belonging b on b.organization_id = t.organization_id and b.principal_id = t.team_id
          where t.organization_id = w.organization_id and t.workspace_id = w.id and t.role = 'owner' and b.person_id = ${me.person}))
    order by w.deleted_at desc, w.id desc limit 50`.execute(storeOf(tx));
  return rows;
}

type Described = Pick<WorkspaceRow, 'name' | 'description' | 'avatar'>;

/** Makes a workspace; whoever makes it owns it (GRP-5). */
export async function insertWorkspace(
  tx: Tx,
  { me }: Decided<'workspace.create'>,
  { name, description, avatar }: Described,
): Promise<string> {
  const id = newId();
  await sql`insert into workspace (organization_id, id, name, description, avatar)
    values (${me.organization}, ${id}, ${name}, ${description}, ${avatar})`.execute(storeOf(tx));
  await sql`insert into workspace_member (organization_id, person_id, workspace_id, role)
    values (${me.organization}, ${me.person}, ${id}, 'owner')`.execute(storeOf(tx));
  return id;
}

export async function changeWorkspace(
  tx: Tx,
  { me, subject }: Decided<'workspace.edit' | 'workspace.policy'>,
  { name, description, avatar, take_back }: Described & Pick<WorkspaceRow, 'take_back'>,
): Promise<void> {
  await sql`update workspace set name = ${name}, description = ${description}, avatar = ${avatar}, take_back = ${take_back}
    where organization_id = ${me.organization} and id = ${subject.id}`.execute(storeOf(tx));
}

/** From here on, or no more, it and all that lies in it is out of everyone's reach (ORG-9). */
export async function setClosed(
  tx: Tx,
  { me, subject }: Decided<'workspace.delete' | 'workspace.restore'>,
  closed: boolean,
): Promise<void> {
  await sql`update workspace set deleted_at = ${closed ? sql`statement_timestamp()` : null}
    where organization_id = ${me.organization} and id = ${subject.id}`.execute(storeOf(tx));
}
