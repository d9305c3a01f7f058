import { sql } from 'kysely';
import { type Entrance, storeOf, type Tx } from './database.ts';

/** What a key was used for, within the last 24 hours (EXT-9). */
export interface Kept {
  readonly operation: string;
  readonly digest: string;
  readonly outcome: unknown;
}

export async function keptUnder(
  tx: Tx,
  { organization, credential }: Entrance,
  key: string,
): Promise<Kept | undefined> {
  const { rows } =
    await sql<Kept>`select operation, digest, outcome from idempotency where organization_id = ${organization}
    and credential_id = ${credential} and key = ${key} and created_at > statement_timestamp() - interval '24 hours'`.execute(
      storeOf(tx),
    );
  return rows[0];
}

/** Claims a key for this transaction; false where another has claimed it meanwhile, having waited for that one to end. */
export async function claimKey(
  tx: Tx,
  { organization, credential }: Entrance,
  key: string,
  kept: Kept,
): Promise<boolean> {
  const { rows } = await sql`
    insert into idempotency (organization_id, credential_id, key, operation, digest, outcome)
    values (${organization}, ${credential}, ${key}, ${kept.operation}, ${kept.digest}, ${JSON.stringify(kept.outcome)}::json)
    on conflict (organization_id, credential_id, key) do update
      set operation = excluded.operation, digest = excluded.digest, outcome = excluded.outcome, created_at = now()
      where idempotency.created_at <= statement_timestamp() - interval '24 hours'
    returning key`.execute(storeOf(tx));
  return rows.length > 0;
}

/** Uses a confirm token up; false where it has served before (EXT-8). */
export async function useConfirmation(tx: Tx, { organization, credential }: Entrance, nonce: string): Promise<boolean> {
  const { rows } =
    await sql`insert into confirmation (organization_id, id, credential_id) values (${organization}, ${nonce}, ${credential})
    on conflict do nothing returning id`.execute(storeOf(tx));
  return rows.length > 0;
}
