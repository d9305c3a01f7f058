import { sql } from 'kysely';
import type { CredentialScope } from '../terms/scopes.ts';
import type { Tx } from './database.ts';
import { all, logOperator, run } from './operator.ts';

export interface NewCredential {
  readonly organization: string;
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: readonly CredentialScope[];
  readonly workspaces: readonly string[] | null;
  readonly expiresAt: Date | null;
}

export async function addCredential(
  tx: Tx,
  { organization, id, person, name, hash, scopes, workspaces, expiresAt }: NewCredential,
): Promise<void> {
  await run(
    tx,
    sql`insert into credential (organization_id, id, person_id, name, secret_hash, scopes, workspaces, expires_at)
    values (${organization}, ${id}, ${person}, ${name}, ${hash}, ${scopes}, ${workspaces}, ${expiresAt})`,
  );
  await logOperator(tx, {
    organization,
    action: 'key.create',
    noun: 'credential',
    entity: id,
    after: { person, name, scopes, workspaces, expires_at: expiresAt },
  });
}

export interface CredentialFound {
  readonly organization: string;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly scopes: readonly CredentialScope[];
  readonly workspaces: readonly string[] | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly state: 'active' | 'expired' | 'revoked';
}

/** Every key, or the one with this id; of workspaces their names. */
export const credentials = (tx: Tx, id?: string): Promise<CredentialFound[]> =>
  all(
    tx,
    sql`select c.organization_id as organization, c.id, p.email, c.name, c.scopes, c.created_at as "createdAt", c.expires_at as "expiresAt",
      (select array_agg(w.name order by w.name) from workspace w where w.organization_id = c.organization_id and w.id = any (c.workspaces)) as workspaces,
      case when c.revoked_at is not null then 'revoked' when c.expires_at <= now() then 'expired' else 'active' end as state
    from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
    where ${id ?? null}::uuid is null or c.id = ${id ?? null} order by c.id`,
  );

/** From now on it opens nothing; ending what has ended changes nothing. */
export async function revokeCredential(tx: Tx, { organization, id, name }: CredentialFound): Promise<void> {
  const ended = await all(
    tx,
    sql`update credential set revoked_at = now() where organization_id = ${organization} and id = ${id} and revoked_at is null returning id`,
  );
  if (ended.length === 0) return;
  await logOperator(tx, {
    organization,
    action: 'key.revoke',
    noun: 'credential',
    entity: id,
    before: { name, revoked: false },
    after: { name, revoked: true },
  });
}

/** A credential of this name, for this person, cut to this workspace, that nobody revoked. */
export const credentialNamed = async (
  tx: Tx,
  { organization, person, name, workspace }: { organization: string; person: string; name: string; workspace: string },
) =>
  (
    await all<{ id: string }>(
      tx,
      sql`select id from credential where organization_id = ${organization} and person_id = ${person} and name = ${name} and workspaces = ${[workspace]}::uuid[]
        and revoked_at is null order by id desc limit 1 for update`,
    )
  )[0]?.id;

/** Gives a credential another secret and a later end. */
export async function renewCredential(
  tx: Tx,
  { organization, id, hash, expiresAt }: Pick<NewCredential, 'organization' | 'id' | 'hash' | 'expiresAt'>,
): Promise<void> {
  await run(
    tx,
    sql`update credential set secret_hash = ${hash}, expires_at = ${expiresAt} where organization_id = ${organization} and id = ${id}`,
  );
  const after = { expires_at: expiresAt };
  await logOperator(tx, { organization, action: 'key.renew', noun: 'credential', entity: id, after });
}

/** Lets a credential end now; it can be renewed. */
export async function endCredential(
  tx: Tx,
  { organization, id }: Pick<NewCredential, 'organization' | 'id'>,
): Promise<void> {
  await run(tx, sql`update credential set expires_at = now() where organization_id = ${organization} and id = ${id}`);
  await logOperator(tx, { organization, action: 'key.end', noun: 'credential', entity: id, after: { ended: true } });
}
