import { sql } from 'kysely';
import { type Database, type Entrance, storeOf } from './database.ts';
import { statement } from './statement.ts';

/** A dialogue of the 2025 protocol, which MCP calls a session: whatever server it comes to knows it by this. */
export interface Kept {
  /** The message that opened it. */
  readonly opening: object;
  /** The addresses that it follows. */
  readonly follows: readonly string[];
}

/** Whose it is: for any other credential, and any other narrowing, it is not there. */
export type Owner = Pick<Entrance, 'organization' | 'credential'> & { readonly narrowing: string };

/** How long one lies idle before it has ended, in milliseconds, and how many one credential has. */
export interface Keeping {
  readonly idleMs: number;
  readonly perCredential: number;
}

type Of<T> = Owner & { readonly id: string } & T;

const open = statement<Of<{ opening: string; most: number; idle: number }>, { id: string }>(
  (
    it,
  ) => sql`select open_mcp_session(${it.organization}::uuid, ${it.credential}::uuid, ${it.id}::uuid, ${it.narrowing}, ${it.opening}::json,
    ${it.most}::int, make_interval(secs => ${it.idle}::float8)) as id`,
);

/** Keeps a new one; answers which of the same credential have ended for it. */
export const openDialogue = (database: Database, owner: Owner, id: string, opening: object, keeping: Keeping) =>
  database.single(async (tx) => {
    const { idleMs, perCredential: most } = keeping;
    const rows = await open(tx, { ...owner, id, opening: JSON.stringify(opening), most, idle: idleMs / 1000 });
    return rows.map((row) => row.id);
  });

const use = statement<Of<{ idle: number }>, Kept>(
  (
    it,
  ) => sql`select opening, follows from use_mcp_session(${it.organization}::uuid, ${it.credential}::uuid, ${it.id}::uuid, ${it.narrowing},
    make_interval(secs => ${it.idle}::float8))`,
);

/** Notes that it is used; nothing where it is not there, has ended or lain idle. */
export const usedDialogue = (database: Database, owner: Owner, id: string, { idleMs }: Keeping) =>
  database.single(async (tx): Promise<Kept | undefined> => (await use(tx, { ...owner, id, idle: idleMs / 1000 }))[0]);

/** Nothing where it would follow more than `most`. */
export const followInDialogue = (
  database: Database,
  { organization }: Owner,
  id: string,
  { added = [], removed = [], most }: { added?: readonly string[]; removed?: readonly string[]; most: number },
): Promise<readonly string[] | undefined> =>
  database.single(async (tx) => {
    const { rows } = await sql<{ follows: string[] | null }>`select follow_in_mcp_session(${organization}, ${id},
      ${[...added]}::text[], ${[...removed]}::text[], ${most}) as follows`.execute(storeOf(tx));
    return rows[0]?.follows ?? undefined;
  });

export const endDialogue = (database: Database, { organization }: Owner, id: string): Promise<void> =>
  database.single(async (tx) => void (await sql`select end_mcp_session(${organization}, ${id})`.execute(storeOf(tx))));

/** In bytes: what PostgreSQL hands on by NOTIFY, less the topic. */
export const largestLetter = 7_900;

/** Tells whoever hears of the topic, on every server. */
export const sendLetter = (database: Database, topic: string, text: string): Promise<void> =>
  database.single(
    async (tx) => void (await sql`select pg_notify('postern_letters', ${`${topic} ${text}`})`.execute(storeOf(tx))),
  );
