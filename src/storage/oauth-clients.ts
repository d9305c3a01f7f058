import { sql } from 'kysely';
import { type Database, storeOf, type Tx } from './database.ts';

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

/** A client as the operator sees it. */
export interface ClientListed {
  readonly id: string;
  readonly standing: Standing;
  readonly metadata: { readonly client_name?: string; readonly redirect_uris: readonly string[] };
  readonly created_at: Date;
  readonly used_at: Date | null;
  readonly connections: number;
}

/** Every client, those of the operator first; for the tables' owner. */
export async function listClients(tx: Tx): Promise<readonly ClientListed[]> {
  const { rows: found } = await sql<ClientListed>`
    select c.id, c.standing, c.metadata, c.created_at, c.used_at, (select count(*)::int from credential k where k.client_id = c.id and k.kind = 'connection'
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())) as connections
    from oauth_client c order by c.standing = 'registered' desc, c.created_at, c.id`.execute(storeOf(tx));
  return found;
}

export async function addClient(tx: Tx, id: string, metadata: object): Promise<void> {
  await sql`insert into oauth_client (id, standing, metadata) values (${id}, 'registered', ${JSON.stringify(metadata)}::json)`.execute(
    storeOf(tx),
  );
}

/** Removes a client, and ends what people let it do; false where there is none of this id. */
export async function removeClient(tx: Tx, id: string): Promise<boolean> {
  const { rows: gone } = await sql`delete from oauth_client where id = ${id} returning id`.execute(storeOf(tx));
  await sql`
    with ended as (update credential set revoked_at = now() where client_id = ${id} and kind = 'connection' and revoked_at is null
      returning organization_id, id, name)
    insert into activity (organization_id, id, surface, action, outcome, because, noun, entity_id, before, after)
    select organization_id, gen_random_uuid(), 'operator', 'connection.end', 'allow', 'The operator removed the client.', 'credential', id,
      json_build_object('name', name, 'revoked', false), json_build_object('name', name, 'revoked', true) from ended`.execute(
    storeOf(tx),
  );
  return gone.length > 0;
}
