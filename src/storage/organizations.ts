import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

export interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly avatar: string | null;
}

/** The caller's organization as it is now. */
export async function organizationOf(tx: Tx, { organization }: Actor): Promise<OrganizationRow> {
  const { rows } = await sql<OrganizationRow>`select id, name, description, avatar from organization
    where id = ${organization}`.execute(storeOf(tx));
  return rows[0] as OrganizationRow;
}

/** How many there are; for those who see the whole of it. */
export async function countsOf(
  tx: Tx,
  { me }: Decided<'member.details'>,
): Promise<Readonly<Record<'members' | 'guests' | 'suspended' | 'teams' | 'workspaces' | 'invitations', number>>> {
  const { rows } = await sql<
    Record<'members' | 'guests' | 'suspended' | 'teams' | 'workspaces' | 'invitations', number>
  >`
    select count(*) filter (where p.status = 'active' and p.role <> 'guest')::int as members,
      count(*) filter (where p.status = 'active' and p.role = 'guest')::int as guests, count(*) filter (where p.status = 'suspended')::int as suspended,
      (select count(*)::int from team t where t.organization_id = ${me.organization} and t.deleted_at is null) as teams,
      (select count(*)::int from workspace w where w.organization_id = ${me.organization} and w.deleted_at is null) as workspaces,
      (select count(*)::int from invitation i where i.organization_id = ${me.organization} and i.status = 'pending' and i.expires_at > statement_timestamp()) as invitations
    from person p where p.organization_id = ${me.organization}`.execute(storeOf(tx));
  return rows[0] as never;
}

export interface Sso {
  readonly protocol: 'oidc' | 'saml';
  readonly issuer: string;
  readonly client_id: string | null;
  readonly required: boolean;
}

/** How its people sign in elsewhere, if they do; no secret is part of it. */
export async function ssoOf(tx: Tx, { me }: Decided<'organization.sso'>): Promise<Sso | undefined> {
  const { rows } =
    await sql<Sso>`select protocol, issuer, client_id, required from sso where organization_id = ${me.organization}`.execute(
      storeOf(tx),
    );
  return rows[0];
}

export async function storeOrganization(
  tx: Tx,
  { me }: Decided<'organization.edit'>,
  { name, description, avatar }: Pick<OrganizationRow, 'name' | 'description' | 'avatar'>,
): Promise<void> {
  await sql`update organization set name = ${name}, description = ${description}, avatar = ${avatar} where id = ${me.organization}`.execute(
    storeOf(tx),
  );
}

/** From the next call on nobody of it gets in; everything of it stays (ORG-9). */
export async function closeOrganization(tx: Tx, { me }: Decided<'organization.delete'>): Promise<void> {
  await sql`update organization set deleted_at = statement_timestamp() where id = ${me.organization}`.execute(
    storeOf(tx),
  );
}

export interface Billing {
  readonly plan: string | null;
  readonly seats: number | null;
  readonly email: string | null;
  /** A day, like 2027-01-31. */
  readonly renews_on: string | null;
}

/** What the organization pays for; nothing of it where it was never said (ORG-7). */
export async function billingOf(tx: Tx, { me }: Decided<'billing.see' | 'billing.change'>): Promise<Billing> {
  const { rows } =
    await sql<Billing>`select plan, seats, email, renews_on::text from billing where organization_id = ${me.organization}`.execute(
      storeOf(tx),
    );
  return rows[0] ?? { plan: null, seats: null, email: null, renews_on: null };
}

export async function storeBilling(
  tx: Tx,
  { me }: Decided<'billing.change'>,
  { plan, seats, email, renews_on }: Billing,
): Promise<void> {
  await sql`insert into billing (organization_id, plan, seats, email, renews_on) values (${me.organization}, ${plan}, ${seats}, ${email}, ${renews_on}::date)
    on conflict (organization_id) do update set plan = excluded.plan, seats = excluded.seats, email = excluded.email, renews_on = excluded.renews_on,
      changed_at = statement_timestamp()`.execute(storeOf(tx));
}
