import { sql } from 'kysely';
import { type Database, storeOf } from './database.ts';

export interface PasskeyFound {
  readonly id: string;
  readonly public_key: Uint8Array<ArrayBuffer>;
  readonly counter: string;
  readonly transports: readonly string[];
  readonly name: string;
  readonly created_at: string;
  readonly used_at: string | null;
}

const rows = <Row>(database: Database, query: ReturnType<typeof sql>): Promise<readonly Row[]> =>
  database.single(async (tx) => (await query.execute(storeOf(tx))).rows as Row[]);

export const passkeysOf = (database: Database, account: string) =>
  rows<PasskeyFound>(
    database,
    // Named one by one: what is prepared outlives a migration that adds a column.
    sql`select id, public_key, counter, transports, name, created_at, used_at from passkeys_of(${account}::uuid)`,
  );

export const keepPasskey = (
  database: Database,
  account: string,
  it: { id: string; publicKey: Uint8Array; counter: number; transports: readonly string[]; name: string },
) =>
  rows(
    database,
    sql`select keep_passkey(${account}::uuid, ${it.id}, ${Buffer.from(it.publicKey)}::bytea, ${it.counter}::bigint, ${[...it.transports]}::text[], ${it.name})`,
  );

export const usedPasskey = (database: Database, account: string, id: string, counter: number) =>
  rows(database, sql`select used_passkey(${account}::uuid, ${id}, ${counter}::bigint)`);

/** Answers what it was called, nothing where there was none. */
export const dropPasskey = async (database: Database, account: string, id: string) =>
  (await rows<{ it: string | null }>(database, sql`select drop_passkey(${account}::uuid, ${id}) as it`))[0]?.it ??
  undefined;

/** Keeps for ten minutes what a browser was asked, under a secret that only the browser holds. */
export const beginCeremony = (
  database: Database,
  { id, hash, kind, detail }: { id: string; hash: Buffer; kind: string; detail: unknown },
) => rows(database, sql`select begin_ceremony(${id}::uuid, ${hash}::bytea, ${kind}, ${JSON.stringify(detail)}::json)`);

/** What it was asked; it is told once. */
export const endCeremony = async (
  database: Database,
  { id, hash, kind }: { id: string; hash: Buffer; kind: string },
): Promise<unknown> =>
  (await rows<{ it: unknown }>(database, sql`select end_ceremony(${id}::uuid, ${hash}::bytea, ${kind}) as it`))[0]
    ?.it ?? undefined;
