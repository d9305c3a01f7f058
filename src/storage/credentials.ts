import { sql } from 'kysely';
import type { CredentialScope } from '../terms/scopes.ts';
import { type Database, type Entrance, storeOf } from './database.ts';
import { statement } from './statement.ts';

/** A credential that holds, as a door lets it in. */
export interface Admitted {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly CredentialScope[];
  readonly person: { readonly id: string; readonly email: string };
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly scopes: CredentialScope[];
  readonly person_id: string;
  readonly email: string;
}

const admit = statement<Entrance & { hash: Buffer }, Row>(
  ({ organization, credential, hash }) =>
    sql`select * from admit(${organization}::uuid, ${credential}::uuid, ${hash}::bytea)`,
);

/** The credential with this secret, unless it or its person has ended; `hash` is of the whole secret. */
export function admitted(
  database: Database,
  { organization, credential }: Entrance,
  hash: Buffer,
): Promise<Admitted | undefined> {
  return database.single(async (tx) => {
    const row = (await admit(tx, { organization, credential, hash }))[0];
    return row && { id: row.id, name: row.name, scopes: row.scopes, person: { id: row.person_id, email: row.email } };
  });
}

const saw = statement<Pick<Entrance, 'organization' | 'credential'>, never>(
  ({ organization, credential }) => sql`select saw(${organization}::uuid, ${credential}::uuid)`,
);

/** Notes that whoever holds this credential was here, to the hour. */
export const noteLogin = (database: Database, { organization, credential }: Entrance): Promise<void> =>
  database.single(async (tx) => void (await saw(tx, { organization, credential })));

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

/** Whether the database answers, whoever else waits for it. */
export const isThere = (database: Database): Promise<unknown> =>
  database.aside((tx) => sql`select 1`.execute(storeOf(tx)));
