import { sql } from 'kysely';
import { storeOf, type Tx } from './database.ts';
import type { Standing } from './oauth-clients.ts';

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
