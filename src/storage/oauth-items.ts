import { sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import { type Database, storeOf } from './database.ts';

/** A connection, as what OAuth keeps for it says. */
export interface ConnectionId {
  readonly organization: string;
  readonly credential: string;
}

export interface ItemKept {
  /** The hash of what it is called. */
  readonly id: Buffer;
  readonly connection?: ConnectionId | undefined;
  readonly client?: string | undefined;
  readonly payload: object;
  /** How long it stays. */
  readonly seconds: number;
}

export interface ItemFound {
  readonly payload: object;
  /** When it was used up, in seconds of the epoch. */
  readonly used: number | null;
  /** How long it stays, in seconds of the database's clock. */
  readonly remaining: number;
}

const rows = <Row>(database: Database, query: ReturnType<typeof sql>): Promise<readonly Row[]> =>
  database.single(async (tx) => (await query.execute(storeOf(tx))).rows as Row[]);

export const keepItem = (database: Database, { id, connection, client, payload, seconds }: ItemKept) =>
  rows(
    database,
    sql`select keep_oauth_item(${id}::bytea, ${connection?.organization ?? null}::uuid, ${connection?.credential ?? null}::uuid,
      ${JSON.stringify(payload)}::json, ${Math.ceil(seconds)}::integer, ${client ?? null})`,
  );

/** Nothing where it is over, or the connection that it hangs on is. */
export const itemOf = async (database: Database, id: Buffer): Promise<ItemFound | undefined> =>
  (await rows<ItemFound>(database, sql`select * from oauth_item_left(${id}::bytea)`))[0];

/** The connection is held before anything that hangs on it, by all alike, so that none waits for another in a ring. */
const holding = (id: Buffer) => sql`with held as materialized (select hold_connection_of(${id}::bytea))`;

/** Uses up what serves once; false where someone has before, which ends the connection. */
export async function useItem(database: Database, id: Buffer): Promise<boolean> {
  const [row] = await rows<{ first: boolean }>(
    database,
    sql`${holding(id)} select use_oauth_item(${id}::bytea, ${newId()}::uuid) as first from held`,
  );
  return row?.first === true;
}

/**
 * Turns what serves once into another, and answers what it turned into, as it is sealed: this, or for a short while what it was turned
 * into before. Nothing where someone comes too late for that, which ends the connection.
 */
export async function turnItem(
  database: Database,
  id: Buffer,
  into: { readonly id: Buffer; readonly sealed: string },
): Promise<string | undefined> {
  const [row] = await rows<{ sealed: string | null }>(
    database,
    sql`${holding(id)} select turn_oauth_item(${id}::bytea, ${into.id}::bytea, ${into.sealed}, ${newId()}::uuid) as sealed from held`,
  );
  return row?.sealed ?? undefined;
}

export const dropItem = (database: Database, id: Buffer) => rows(database, sql`select drop_oauth_item(${id}::bytea)`);

/** Ends a connection with all that hangs on it. */
export const endConnectionOf = (database: Database, { organization, credential }: ConnectionId) =>
  rows(
    database,
    sql`with held as materialized (select hold_connection(${organization}::uuid, ${credential}::uuid))
      select end_oauth_connection(${organization}::uuid, ${credential}::uuid, ${newId()}::uuid) from held`,
  );

/** What access tokens are signed with, newest first. */
export interface TokenKeyFound {
  readonly id: string;
  /** Of the key that it is sealed under; nothing where it is not. */
  readonly key_id: string | null;
  readonly jwk: string;
  /** In seconds. */
  readonly age: number;
  /** The database's clock, in seconds of the epoch. */
  readonly now: number;
}

export const tokenKeys = (database: Database) => rows<TokenKeyFound>(database, sql`select * from signing_keys()`);

/** Adds one, unless another server did: one that is not among those it takes the place of. */
export const addTokenKey = (
  database: Database,
  { id, keyId, jwk }: { id: string; keyId: string | null; jwk: string },
  instead: readonly string[],
) => rows(database, sql`select add_signing_key(${id}::uuid, ${keyId}, ${jwk}, ${[...instead]}::uuid[])`);
