import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { type Database, storeOf } from './database.ts';
import { statement } from './statement.ts';

/** In seconds. */
const [quarter, month] = [900, 30 * 86_400];

/**
 * How many may fail within a quarter of an hour: for one account from one address, for one account from wherever it never was, and from one
 * address; and how many letters there may be to one email.
 */
const most = { pair: 10, account: 100, address: 100, letter: 4 };
type Counted = keyof typeof most;

/** Counts attempts to sign in, for all servers on the database and by its clock. */
export function signInAttempts(database: Database) {
  const count = (what: Counted, name: string, points = 1) =>
    database.single(async (tx) => (await counting(tx, { key: keyOf(what, name), points, seconds: quarter }))[0]);
  /** Counts one; answers in how many seconds there may be another, where there were too many. */
  const counted = async (what: Counted, name: string): Promise<number | undefined> => {
    const it = await count(what, name);
    return it && it.points > most[what] ? Math.max(1, Math.ceil(it.left)) : undefined;
  };
  /** Whether someone signed in to this account from there lately: strangers elsewhere don't lock it there. */
  const isKnown = (pair: string) =>
    database.single(async (tx) => (await looking(tx, { key: keyOf('known', pair) })).length > 0);

  return {
    /** Counts a try; answers in how many seconds there may be another, where there were too many. */
    async tried(email: string, address: string): Promise<number | undefined> {
      const pair = pairOf(email, address);
      const wait = (await counted('address', address)) ?? (await counted('pair', pair));
      return wait ?? ((await isKnown(pair)) ? undefined : counted('account', email.toLowerCase()));
    },
    /** Counts a call from an address that names nobody. */
    knocked: (address: string) => counted('address', address),
    /** Counts a letter to someone that anyone may ask for. */
    asked: async (email: string, address: string) =>
      (await counted('address', address)) ?? (await counted('letter', email.toLowerCase())),
    /** Whoever has signed in starts anew from there, and what they took is given back; what others failed at stays counted. */
    async succeeded(address: string, email?: string): Promise<void> {
      await count('address', address, -1);
      if (email === undefined) return;
      const pair = pairOf(email, address);
      if (!(await isKnown(pair))) await count('account', email.toLowerCase(), -1);
      const keys = { pair: keyOf('pair', pair), known: keyOf('known', pair) };
      await database.single((tx) => knowing(tx, { ...keys, seconds: month }));
    },
  };
}

const now = sql`(extract(epoch from statement_timestamp()) * 1000)::bigint`;

/** A window begins with whoever comes first in it, and ends when it says, however many come. */
const counting = statement<{ key: string; points: number; seconds: number }, { points: number; left: number }>(
  ({ key, points, seconds }) => sql`
    insert into sign_in_attempts as a (key, points, expire) values (${key}, greatest(0, ${points}::int), ${now} + 1000 * ${seconds}::bigint)
    on conflict (key) do update set
      points = case when a.expire <= ${now} then excluded.points else greatest(0, a.points + ${points}::int) end,
      expire = case when a.expire <= ${now} then excluded.expire else a.expire end
    returning points, (expire - ${now})::float8 / 1000 as left`,
);

const looking = statement<{ key: string }, { key: string }>(
  ({ key }) => sql`select key from sign_in_attempts where key = ${key} and expire > ${now}`,
);

const knowing = statement<{ pair: string; known: string; seconds: number }, never>(
  ({ pair, known, seconds }) => sql`
    with begun as (delete from sign_in_attempts where key = ${pair})
    insert into sign_in_attempts (key, points, expire) values (${known}, 1, ${now} + 1000 * ${seconds}::bigint)
    on conflict (key) do update set expire = excluded.expire`,
);

/** Takes out what is over. */
export const forgetAttempts = (database: Database): Promise<void> =>
  database.single(
    async (tx) => void (await sql`delete from sign_in_attempts where expire <= ${now}`.execute(storeOf(tx))),
  );

const pairOf = (email: string, address: string) => `${email.toLowerCase()} ${address}`;

/** Neither emails nor addresses are kept. */
const keyOf = (what: string, name: string) => `${what}:${hash('sha256', name).slice(0, 40)}`;
