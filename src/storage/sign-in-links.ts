import { sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import { type Database, storeOf } from './database.ts';

interface Proof {
  readonly id: string;
  readonly hash: Buffer;
}

const one = <Value>(database: Database, query: ReturnType<typeof sql>): Promise<Value | null> =>
  database.single(async (tx) => ((await query.execute(storeOf(tx))).rows[0] as { it: Value } | undefined)?.it ?? null);

/** Makes a link for whoever has this email, and ends those before it; answers whose, nothing where nobody active has it. */
export const makeLink = (database: Database, email: string, { id, hash }: Proof, ends: Date) =>
  one<string>(
    database,
    sql`select make_link(${email}, ${newId()}::uuid, ${id}::uuid, ${hash}::bytea, ${ends}::timestamptz) as it`,
  );

/** The email that a link is for, while it serves. */
export const seeLink = (database: Database, { id, hash }: Proof) =>
  one<string>(database, sql`select see_link(${id}::uuid, ${hash}::bytea) as it`);

/** Sets a password by a link, which has proven the email, once; every session of the account ends. Answers the account. */
export const followLink = (database: Database, { id, hash }: Proof, password: string) =>
  one<string>(database, sql`select follow_link(${id}::uuid, ${hash}::bytea, ${password}) as it`);

/** The account of an email that someone else has proven to be theirs; it is made where it is not there. */
export const verifiedAccount = (database: Database, email: string) =>
  one<string>(database, sql`select verify_account(${email}, ${newId()}::uuid) as it`);

/** An invitation as whoever holds it sees it before accepting. */
export interface InvitationSeen {
  readonly email: string;
  readonly organization_name: string;
  readonly inviter: string;
  readonly role: string;
  readonly has_account: boolean;
}

export const seeInvitation = (
  database: Database,
  { organization, invitation, hash }: { organization: string; invitation: string; hash: Buffer },
): Promise<InvitationSeen | undefined> =>
  database.single(
    async (tx) =>
      (
        await sql<InvitationSeen>`select * from see_invitation(${organization}::uuid, ${invitation}::uuid, ${hash}::bytea)`.execute(
          storeOf(tx),
        )
      ).rows[0],
  );

/** The new account of someone who has just come in; nothing where their email has one. */
export const settleAccount = (
  database: Database,
  it: { email: string; password: string; organization: string; person: string },
) =>
  one<string>(
    database,
    sql`select settle_account(${it.email}, ${newId()}::uuid, ${it.password}, ${it.organization}::uuid, ${it.person}::uuid) as it`,
  );

/** Lets an account speak for someone who has just come in by it. */
export const joinAccount = (database: Database, account: string, organization: string, person: string) =>
  one<void>(database, sql`select join_account(${account}::uuid, ${organization}::uuid, ${person}::uuid) as it`);
