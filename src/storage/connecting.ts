import { sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import type { CredentialScope } from '../terms/scopes.ts';
import type { Admitted } from './credentials.ts';
import { type Database, storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

/** What someone lets a client do. */
export interface ConnectionHeld {
  readonly id: string;
  readonly scopes: CredentialScope[];
  readonly workspaces: string[] | null;
}

/** What the caller lets this client do already. */
export async function connectionTo(
  tx: Tx,
  { me }: Decided<'connection.list'> | Decided<'connection.create'>,
  client: string,
): Promise<ConnectionHeld | undefined> {
  const { rows } = await sql<ConnectionHeld>`
    select id, scopes, workspaces from credential where organization_id = ${me.organization} and person_id = ${me.person} and client_id = ${client}
      and kind = 'connection' and revoked_at is null and (expires_at is null or expires_at > statement_timestamp()) order by id`.execute(
    storeOf(tx),
  );
  return rows[0];
}

export interface ConnectionWish {
  readonly id: string;
  readonly client: string;
  readonly name: string;
  /** Of nothing that anyone holds: an access token proves it. */
  readonly hash: Buffer;
  readonly scopes: readonly CredentialScope[];
  readonly workspaces: readonly string[] | null;
  readonly days: number;
}

/** Lets a client in for the caller, or lets it do something else from now on; answers when that ends. */
export async function storeConnection(
  tx: Tx,
  { me }: Decided<'connection.create'>,
  { id, client, name, hash, scopes, workspaces, days }: ConnectionWish,
): Promise<Date> {
  const { rows } = await sql<{ ends: string }>`
    insert into credential (organization_id, id, person_id, name, secret_hash, scopes, workspaces, expires_at, kind, client_id)
    values (${me.organization}, ${id}, ${me.person}, ${name}, ${hash}, ${[...scopes]}::text[], ${workspaces && [...workspaces]}::uuid[],
      statement_timestamp() + make_interval(days => ${days}::int), 'connection', ${client})
    on conflict (organization_id, id) do update set name = excluded.name, scopes = excluded.scopes, workspaces = excluded.workspaces,
      expires_at = excluded.expires_at returning expires_at as ends`.execute(storeOf(tx));
  return new Date(rows[0]?.ends as string);
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly scopes: CredentialScope[];
  readonly person_id: string;
  readonly email: string;
}

const admittedBy = ({ id, name, scopes, person_id, email }: Row): Admitted => ({
  id,
  name,
  scopes,
  person: { id: person_id, email },
});

/** The connection of a client, unless it, its person or the key that signed its token has ended. */
export const admittedConnection = (
  database: Database,
  { organization, credential, signer }: { organization: string; credential: string; signer: string },
): Promise<Admitted | undefined> =>
  database.single(async (tx) => {
    const { rows } = await sql<Row>`
      select * from admit_connection_by(${organization}::uuid, ${credential}::uuid, ${signer}::uuid)`.execute(
      storeOf(tx),
    );
    return rows[0] && admittedBy(rows[0]);
  });

/** Whom an identity provider elsewhere vouches for. */
export interface Vouched {
  readonly email: string;
  /** The name or id of their organization, where they are in several. */
  readonly organization: string | undefined;
  readonly client: string;
  readonly name: string;
  readonly scopes: readonly CredentialScope[];
  readonly issued: Date;
  /** When its token is over, in seconds of the epoch. */
  readonly until: number;
}

/** The connection by which a client speaks for them: one each, made where it is not there. */
export const metConnection = (
  database: Database,
  { email, organization, client, name, scopes, issued }: Vouched,
): Promise<(Admitted & { readonly organization: string }) | undefined> =>
  database.single(async (tx) => {
    const { rows } = await sql<Row & { organization_id: string }>`
      select * from meet_connection(${email}, ${organization ?? null}, ${client}, ${name}, ${[...scopes]}::text[], ${issued}::timestamptz,
        ${newId()}::uuid, ${newId()}::uuid)`.execute(storeOf(tx));
    return rows[0] && { ...admittedBy(rows[0]), organization: rows[0].organization_id };
  });
