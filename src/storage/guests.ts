import { sql } from 'kysely';
import type { OrganizationRole } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import type { Ended } from './departing.ts';

/** Gives someone a role in the organization, and the permission to invite or not (ORG-3). */
export async function storeMember(
  tx: Tx,
  { me, subject }: Decided<'member.role'>,
  { role, canInvite }: { readonly role: OrganizationRole; readonly canInvite: boolean },
): Promise<void> {
  await sql`update person set role = ${role}, can_invite = ${canInvite}
    where organization_id = ${me.organization} and id = ${subject.id}`.execute(storeOf(tx));
}

/**
 * Ends what a guest may not be (ORG-10): owner or admin of a workspace, who become its creators; owner or editor of a group, who become its
 * viewers; manager of a team, who become its members; and their being in teams that run a workspace.
 */
export async function endOffices(tx: Tx, { me, subject }: Decided<'member.role'>): Promise<readonly Ended[]> {
  const own = sql`organization_id = ${me.organization} and person_id = ${subject.id}`;
  const { rows: left } = await sql<Was>`
    delete from membership m where ${own} and m.principal = 'team' and exists (select from workspace_team t
      where t.organization_id = m.organization_id and t.team_id = m.principal_id and t.role >= 'admin')
    returning m.principal_id as id, 'team' as noun, m.role as was, null as is`.execute(storeOf(tx));
  const { rows: lowered } = await sql<Was>`
    update membership m set role = case m.principal when 'group' then 'viewer' else 'member' end
    from membership old where m.organization_id = ${me.organization} and m.person_id = ${subject.id} and m.role in ('owner', 'editor', 'manager')
      and old.organization_id = m.organization_id and old.person_id = m.person_id and old.principal_id = m.principal_id
    returning m.principal_id as id, m.principal as noun, old.role as was, m.role as is`.execute(storeOf(tx));
  const { rows: placed } = await sql<Was>`
    update workspace_member m set role = 'creator' from workspace_member old
    where m.organization_id = ${me.organization} and m.person_id = ${subject.id} and m.role >= 'admin'
      and old.organization_id = m.organization_id and old.person_id = m.person_id and old.workspace_id = m.workspace_id
    returning m.workspace_id as id, 'workspace' as noun, m.workspace_id as workspace, old.role as was, m.role as is`.execute(
    storeOf(tx),
  );
  const person = subject.id;
  return [...left, ...lowered, ...placed].map(({ was, is, ...it }) => ({
    ...it,
    before: { person, role: was },
    after: is === null ? null : { person, role: is },
  }));
}

interface Was {
  readonly id: string;
  readonly noun: 'group' | 'team' | 'workspace';
  readonly workspace?: string;
  readonly was: string;
  readonly is: string | null;
}

/** Suspends someone, or lets them in again (ORG-12). */
export async function storeStatus(
  tx: Tx,
  { me, subject }: Decided<'member.status'>,
  status: 'active' | 'suspended',
): Promise<void> {
  await sql`update person set status = ${status} where organization_id = ${me.organization} and id = ${subject.id}`.execute(
    storeOf(tx),
  );
}
