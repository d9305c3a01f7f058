import { sql } from 'kysely';
import type { CredentialScope } from '../terms/scopes.ts';
import { type Database, type Entrance, storeOf } from './database.ts';

/** A credential that holds, as a door lets it in. */
export interface Admitted {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly CredentialScope[];
  readonly person: { readonly id: string; readonly email: string };
}

/** The credential with this secret, unless it or its person has ended; `hash` is of the whole secret. */
export function admitted(
  database: Database,
  { organization, credential }: Entrance,
  hash: Buffer,
): Promise<Admitted | undefined> {
  return database.single(async (tx) => {
    const { rows } = await sql<{
      id: string;
      name: string;
      scopes: CredentialScope[];
      person_id: string;
      email: string;
    }>`
      select * from admit(${organization}, ${credential}, ${hash})`.execute(storeOf(tx));
    const row = rows[0];
    return row && { id: row.id, name: row.name, scopes: row.scopes, person: { id: row.person_id, email: row.email } };
  });
}

/** The key that seals cursors and confirm tokens: one for all servers on the database. */
export function signingKey(database: Database): Promise<Buffer> {
  return database.single(async (tx) => {
    const row = await storeOf(tx)
      .selectFrom('installation')
      .select('signing_key')
      .where('id', '=', 1)
      .executeTakeFirstOrThrow();
    return Buffer.from(row.signing_key);
  });
}
