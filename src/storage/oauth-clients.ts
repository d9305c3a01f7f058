import { sql } from 'kysely';
import { type Database, storeOf } from './database.ts';

/** How a client is known: the operator set it up, a document at its own address says so, or it said so itself. */
export type Standing = 'registered' | 'document' | 'self';

export interface ClientFound {
  readonly standing: Standing;
  readonly metadata: object;
  /** How long ago its document was read, in seconds. */
  readonly age: number;
}

const rows = <Row>(database: Database, query: ReturnType<typeof sql>): Promise<readonly Row[]> =>
  database.single(async (tx) => (await query.execute(storeOf(tx))).rows as Row[]);

export const clientOf = async (database: Database, id: string): Promise<ClientFound | undefined> =>
  (await rows<ClientFound>(database, sql`select * from oauth_client_of(${id})`))[0];

/** Counts an address that asks to register a client; answers in how many seconds it may again, where it asked too often. */
export async function askToRegister(database: Database, address: Buffer): Promise<number | undefined> {
  const [row] = await rows<{ wait: number | null }>(database, sql`select ask_to_register(${address}::bytea) as wait`);
  return row?.wait ?? undefined;
}

export const keepClient = (database: Database, id: string, standing: 'document' | 'self', metadata: object) =>
  rows(database, sql`select keep_oauth_client(${id}, ${standing}, ${JSON.stringify(metadata)}::json)`);
