import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { all, logOperator, run } from './operator.ts';

/** A secret as it is kept, with whose it is. */
export interface SecretRow {
  readonly organization: string;
  readonly resource: string;
  readonly key: string;
  readonly sealed: string;
}

/** Whoever rotates at the same time waits until this transaction ends. */
export const lockRotation = (tx: Tx): Promise<void> =>
  run(tx, sql`select pg_advisory_xact_lock(hashtext('the keys of secrets'))`);

/** The names of the keys that secrets are kept under. */
export const keysInUse = async (tx: Tx): Promise<string[]> =>
  (await all<{ key: string }>(tx, sql`select distinct key_id as key from integration_secret`)).map(({ key }) => key);

/** The next secrets that are kept under another key than this, in the order of ids; nobody changes them until the transaction ends. */
export const secretsNotUnder = (
  tx: Tx,
  key: string,
  after: Pick<SecretRow, 'organization' | 'resource'> | undefined,
  limit: number,
): Promise<SecretRow[]> =>
  all(
    tx,
    sql`select organization_id as organization, resource_id as resource, key_id as key, sealed from integration_secret
    where key_id <> ${key} and (${after?.resource ?? null}::uuid is null
      or (organization_id, resource_id) > (${after?.organization ?? null}::uuid, ${after?.resource ?? null}::uuid))
    order by organization_id, resource_id limit ${limit} for update`,
  );

/** Keeps a secret under another key; when it was set, and by whom, stays. */
export const resealed = (tx: Tx, { organization, resource, key, sealed }: SecretRow): Promise<void> =>
  run(
    tx,
    sql`update integration_secret set key_id = ${key}, sealed = ${sealed} where organization_id = ${organization} and resource_id = ${resource}`,
  );

/** Says in each organization's log how many of its secrets came under another key. */
export async function logRotation(tx: Tx, rows: readonly SecretRow[]): Promise<void> {
  for (const [organization, theirs] of Map.groupBy(rows, (it) => it.organization)) {
    await logOperator(tx, {
      organization,
      action: 'secrets.rotate',
      noun: 'organization',
      entity: organization,
      after: { secrets: theirs.length },
    });
  }
}
