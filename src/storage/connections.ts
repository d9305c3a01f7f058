import { sql } from 'kysely';
import type { CredentialScope } from '../terms/scopes.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

export interface ConnectionRow {
  readonly id: string;
  readonly kind: 'key' | 'session' | 'connection';
  readonly name: string;
  readonly scopes: CredentialScope[];
  readonly workspaces: string[] | null;
  readonly created_at: string;
  readonly used_at: string | null;
  readonly expires_at: string | null;
}

/** The caller's own credentials that hold, newest first. */
export async function pageOfConnections(
  tx: Tx,
  { me }: Decided<'connection.list'>,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<readonly ConnectionRow[]> {
  const { rows } = await sql<ConnectionRow>`
    select c.id, c.kind, c.name, c.scopes, c.workspaces, c.created_at, c.expires_at,
      (select a.at from activity a where a.organization_id = c.organization_id and a.credential_id = c.id order by a.at desc limit 1) as used_at
    from credential c where c.organization_id = ${me.organization} and c.person_id = ${me.person} and c.revoked_at is null
      and (c.expires_at is null or c.expires_at > statement_timestamp()) and (${after ?? null}::uuid is null or c.id < ${after ?? null}::uuid)
    order by c.id desc limit ${limit}`.execute(storeOf(tx));
  return rows;
}

/** Ends one of the caller's own credentials, for good; answers what it was called, nothing where none of theirs that holds has this id. */
export async function endConnection(
  tx: Tx,
  { me }: Decided<'connection.end'>,
  id: string,
): Promise<Pick<ConnectionRow, 'name' | 'kind'> | undefined> {
  const { rows } = await sql<Pick<ConnectionRow, 'name' | 'kind'>>`
    update credential set revoked_at = statement_timestamp() where organization_id = ${me.organization} and id = ${id} and person_id = ${me.person}
      and revoked_at is null and (expires_at is null or expires_at > statement_timestamp()) returning name, kind`.execute(
    storeOf(tx),
  );
  return rows[0];
}

export interface NewKey {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: readonly CredentialScope[];
  readonly workspaces: readonly string[] | null;
  readonly days: number;
}

/** A key of the caller's own; answers when it ends. */
export async function insertKey(
  tx: Tx,
  { me }: Decided<'key.create'>,
  { id, name, hash, scopes, workspaces, days }: NewKey,
): Promise<Date> {
  const { rows } = await sql<{ ends: string }>`
    insert into credential (organization_id, id, person_id, name, secret_hash, scopes, workspaces, expires_at)
    values (${me.organization}, ${id}, ${me.person}, ${name}, ${hash}, ${[...scopes]}::text[], ${workspaces && [...workspaces]}::uuid[],
      statement_timestamp() + make_interval(days => ${days}::int)) returning expires_at as ends`.execute(storeOf(tx));
  return new Date(rows[0]?.ends as string);
}
