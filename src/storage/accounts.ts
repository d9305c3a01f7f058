import { sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import type { OrganizationRole } from '../terms/ladders.ts';
import { type CredentialScope, credentialScopes } from '../terms/scopes.ts';
import { type Database, storeOf } from './database.ts';

/** Whoever signs in, as the tables know them. */
export interface AccountFound {
  readonly id: string;
  readonly email: string;
  readonly password_hash: string | null;
}

/** How someone proved who they are. */
export type ProvenBy = 'password' | 'passkey' | 'provider' | 'link';

/** An organization that an account can sign in to. */
export interface PlaceFound {
  readonly organization: string;
  readonly name: string;
  readonly person: string;
  readonly called: string;
  readonly role: OrganizationRole;
  /** Only whoever signs in by the identity provider gets in. */
  readonly sso_required: boolean;
}

/** Someone at their browser, in one organization. */
export interface VisitFound {
  readonly account: string;
  readonly person: string;
  readonly email: string;
  readonly called: string;
  readonly role: OrganizationRole;
  readonly agent: string;
  readonly scopes: CredentialScope[];
  readonly organization_name: string;
  readonly proven_by: ProvenBy;
  readonly proven_at: Date;
  /** They proved who they are within the last minutes. */
  readonly recent: boolean;
}

type Query = ReturnType<typeof sql>;

const rows = <Row>(database: Database, query: Query): Promise<readonly Row[]> =>
  database.single(async (tx) => (await query.execute(storeOf(tx))).rows as Row[]);
const first = async <Row>(database: Database, query: Query): Promise<Row | undefined> =>
  (await rows<Row>(database, query))[0];

export const accountOf = (database: Database, email: string) =>
  first<AccountFound>(database, sql`select * from account_of(${email})`);

export const accountWith = (database: Database, id: string) =>
  first<AccountFound>(database, sql`select * from account_with(${id}::uuid)`);

export const placesOf = (database: Database, account: string) =>
  rows<PlaceFound>(database, sql`select * from places_of(${account}::uuid)`);

interface Opened {
  readonly account: string;
  readonly organization: string;
  readonly id: string;
  readonly hash: Buffer;
  /** Their browser, as they know it. */
  readonly agent: string;
  readonly provenBy: ProvenBy;
  /** Now, where it does not say. */
  readonly provenAt?: Date;
}

/** Opens a session in one organization, with all that its person may do there; false where they may not come in. */
export async function openSession(
  database: Database,
  { account, organization, id, hash, agent, provenBy, provenAt }: Opened,
): Promise<boolean> {
  const row = await first<{ opened: boolean }>(
    database,
    sql`select open_session(${account}::uuid, ${organization}::uuid, ${id}::uuid, ${hash}::bytea, ${agent}, ${[...credentialScopes]}::text[], ${provenBy},
      ${provenAt ?? null}::timestamptz, ${newId()}::uuid) as opened`,
  );
  return row?.opened === true;
}

/** Who holds this session, unless it has ended; it goes on from now. */
export const visited = (
  database: Database,
  { organization, credential, hash }: { organization: string; credential: string; hash: Buffer },
) => first<VisitFound>(database, sql`select * from visit(${organization}::uuid, ${credential}::uuid, ${hash}::bytea)`);

/** Notes that they proved again who they are; from then on the session has another secret. */
export const renewSession = (
  database: Database,
  it: { organization: string; credential: string; hash: Buffer; fresh: Buffer; by: ProvenBy },
) =>
  rows(
    database,
    sql`select renew_session(${it.organization}::uuid, ${it.credential}::uuid, ${it.hash}::bytea, ${it.fresh}::bytea, ${it.by})`,
  );

/** Ends a session, by the hand of whoever holds it. */
export const closeSession = (
  database: Database,
  { organization, credential, hash }: { organization: string; credential: string; hash: Buffer },
) =>
  rows(
    database,
    sql`select close_session(${organization}::uuid, ${credential}::uuid, ${hash}::bytea, ${newId()}::uuid)`,
  );

/** Ends every session of an account, in all organizations, but for one. */
export const endSessions = (database: Database, account: string, but: string | null) =>
  rows(database, sql`select end_sessions(${account}::uuid, ${but}::uuid)`);

export const storePassword = (database: Database, account: string, hash: string) =>
  rows(database, sql`select set_password(${account}::uuid, ${hash})`);

interface Noted {
  readonly action: string;
  readonly outcome?: 'allow' | 'deny';
  readonly because: string;
  readonly credential?: string | undefined;
  readonly after?: unknown;
  readonly surface?: 'studio' | 'operator';
}

/** Says in the log of every organization of an account what became of it. */
export const noteAccount = (
  database: Database,
  account: string,
  { action, outcome = 'allow', because, credential, after, surface = 'studio' }: Noted,
) =>
  rows(
    database,
    sql`select note_account(${account}::uuid, ${newId()}::uuid, ${action}, ${outcome}, ${because}, ${credential ?? null}::uuid,
      ${after === undefined ? null : JSON.stringify(after)}::json, ${surface})`,
  );
