import { sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import type { OrganizationRole, WorkspaceRole } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

/** Where an invitation leads beside the organization, by ids. */
export interface InvitedTo {
  readonly workspaces: readonly { readonly id: string; readonly role: WorkspaceRole }[];
  readonly teams: readonly { readonly id: string; readonly role: 'manager' | 'member' }[];
}

export type Inviting = Decided<'member.invite' | 'member.invite_admin' | 'member.invite_owner'>;

export interface NewInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: OrganizationRole;
  readonly hash: Buffer;
  readonly places: InvitedTo;
  readonly expiresAt: Date | null;
}

/** How long an invitation holds, unless it says (ORG-4). */
const holds = sql.raw(`interval '7 days'`);

/** Files invitations; answers when each ends, by id. */
export async function insertInvitations(
  tx: Tx,
  { me }: Inviting,
  invitations: readonly NewInvitation[],
): Promise<ReadonlyMap<string, Date>> {
  const ends = new Map<string, Date>();
  for (const { id, email, role, hash, places, expiresAt } of invitations) {
    const { rows } = await sql<{ ends: string }>`
      insert into invitation (organization_id, id, email, role, secret_hash, places, invited_by, expires_at)
      values (${me.organization}, ${id}, ${email}, ${role}, ${hash}, ${JSON.stringify(places)}::json, ${me.person},
        coalesce(${expiresAt}::timestamptz, statement_timestamp() + ${holds})) returning expires_at as ends`.execute(
      storeOf(tx),
    );
    ends.set(id, new Date(rows[0]?.ends as string));
  }
  return ends;
}

/** The caller's own pending invitation of someone; of those that have run out nothing is left. */
export async function pendingFor(tx: Tx, { me }: Inviting, email: string): Promise<string | undefined> {
  const mine = sql`organization_id = ${me.organization} and invited_by = ${me.person} and lower(email) = lower(${email}) and status = 'pending'`;
  await sql`update invitation set status = 'revoked' where ${mine} and expires_at <= statement_timestamp()`.execute(
    storeOf(tx),
  );
  const { rows } = await sql<{ id: string }>`select id from invitation where ${mine}`.execute(storeOf(tx));
  return rows[0]?.id;
}

export interface InvitationListed {
  readonly id: string;
  readonly email: string;
  readonly role: OrganizationRole;
  readonly places: InvitedTo;
  readonly by: string;
  readonly over: boolean;
  readonly sent_at: string;
  readonly expires_at: string;
}

/** Invitations that nobody has accepted or revoked, newest first: the caller's own, or all (ORG-3). */
export async function pageOfInvitations(
  tx: Tx,
  { me }: Decided<'invitation.list'>,
  whole: boolean,
  { limit, after, id }: { limit: number; after?: string | undefined; id?: string | undefined },
): Promise<Page<InvitationListed>> {
  const { rows } = await sql<InvitationListed>`
    select i.id, i.email, i.role, i.places, p.email as by, i.expires_at <= statement_timestamp() as over, i.sent_at, i.expires_at
    from invitation i join person p on p.organization_id = i.organization_id and p.id = i.invited_by
    where i.organization_id = ${me.organization} and i.status = 'pending' and (${whole} or i.invited_by = ${me.person})
      and (${after ?? null}::uuid is null or i.id < ${after ?? null}::uuid) and (${id ?? null}::uuid is null or i.id = ${id ?? null}::uuid)
    order by i.id desc limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}

/** Gives an invitation a new secret and a new end; the old secret opens nothing from then on. */
export async function renewInvitation(
  tx: Tx,
  { me, subject }: Decided<'invitation.change'>,
  hash: Buffer,
  expiresAt: Date | null,
): Promise<Date> {
  const { rows } = await sql<{ ends: string }>`
    update invitation set secret_hash = ${hash}, sent_at = statement_timestamp(),
      expires_at = coalesce(${expiresAt}::timestamptz, statement_timestamp() + ${holds})
    where organization_id = ${me.organization} and id = ${subject.id} and status = 'pending' returning expires_at as ends`.execute(
    storeOf(tx),
  );
  return new Date(rows[0]?.ends as string);
}

export async function revokeInvitation(tx: Tx, { me, subject }: Decided<'invitation.change'>): Promise<void> {
  await sql`update invitation set status = 'revoked' where organization_id = ${me.organization} and id = ${subject.id}
    and status = 'pending'`.execute(storeOf(tx));
}

/** An invitation whose secret someone holds, and who is let in with it. */
export interface Invited {
  readonly organization: string;
  readonly id: string;
  readonly email: string;
  readonly role: OrganizationRole;
  readonly places: InvitedTo;
  readonly invited_by: string;
}

/** Enters an organization by an invitation; nothing where there is none, or it is over, or used. It is held until the transaction ends. */
export async function enterByInvitation(
  tx: Tx,
  { organization, invitation, hash }: { organization: string; invitation: string; hash: Buffer },
): Promise<Invited | undefined> {
  const { rows } = await sql<{ it: Omit<Invited, 'organization'> | null }>`
    select enter_by_invitation(${organization}::uuid, ${invitation}::uuid, ${hash}::bytea) as it`.execute(storeOf(tx));
  const it = rows[0]?.it;
  return it ? { ...it, organization } : undefined;
}

/** Someone new under the invited email; nothing where someone has it already. */
export async function insertArrival(
  tx: Tx,
  { organization, id, email, role }: Invited,
  name: string,
): Promise<string | undefined> {
  const person = newId();
  const { rows } = await sql`
    insert into person (organization_id, id, email, name, role) values (${organization}, ${person}, ${email}, ${name}, ${role})
    on conflict (organization_id, email_key) where status <> 'removed' do nothing returning id`.execute(storeOf(tx));
  if (rows.length === 0) return undefined;
  await sql`update invitation set status = case when id = ${id} then 'accepted' else 'revoked' end,
      accepted_by = case when id = ${id} then ${person}::uuid end
    where organization_id = ${organization} and lower(email) = lower(${email}) and status = 'pending'`.execute(
    storeOf(tx),
  );
  return person;
}

/** Puts whoever has come where they were invited to. */
export async function placeArrival(
  tx: Tx,
  { organization }: Invited,
  person: string,
  { workspaces, teams }: InvitedTo,
): Promise<void> {
  for (const { id, role } of workspaces)
    await sql`insert into workspace_member (organization_id, person_id, workspace_id, role)
      values (${organization}, ${person}, ${id}, ${role}::workspace_role)`.execute(storeOf(tx));
  for (const { id, role } of teams)
    await sql`insert into membership (organization_id, person_id, principal_id, principal, role)
      values (${organization}, ${person}, ${id}, 'team', ${role})`.execute(storeOf(tx));
}

/** Says in the log who came in, and by whose hand: their own, or the operator's. */
export async function logArrival(
  tx: Tx,
  { organization, id }: Invited,
  { person, by, after }: { person: string; by: 'operator' | 'studio'; after: unknown },
): Promise<void> {
  await sql`select set_config('postern.person', ${person}, true)`.execute(storeOf(tx));
  await sql`insert into activity (organization_id, id, person_id, surface, action, outcome, because, noun, entity_id, before, after)
    values (${organization}, ${newId()}, ${by === 'studio' ? person : null}, ${by}, 'invitation.accept', 'allow',
      ${by === 'studio' ? 'ORG-4: whoever was sent it accepts it.' : 'The operator of this machine did it.'}, 'invitation', ${id},
      '{"status":"pending"}', ${JSON.stringify(after)}::json)`.execute(storeOf(tx));
}
