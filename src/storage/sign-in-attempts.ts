import { hash } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import { type Database, storeOf } from './database.ts';

/** In seconds. */
const quarter = 900;

/** How many may fail within a quarter of an hour: for one account, from one address; and how many letters there may be to one email. */
const most = { account: 10, address: 100, letter: 4 };

/** Counts attempts to sign in, for all servers on the database. */
export function signInAttempts(database: Database) {
  let known: Promise<Limiters> | undefined;
  const counted = async (what: keyof Limiters, key: string): Promise<number | undefined> => {
    known ??= limitersOn(database);
    return waiting((await known)[what].consume(keyOf(key)));
  };
  return {
    /** Counts one; answers in how many seconds there may be another, where there were too many. */
    tried: async (email: string, address: string) =>
      (await counted('address', address)) ?? (await counted('account', email.toLowerCase())),
    /** Counts a call from an address that names nobody. */
    knocked: (address: string) => counted('address', address),
    /** Counts a letter to someone that anyone may ask for. */
    asked: async (email: string, address: string) =>
      (await counted('address', address)) ?? (await counted('letter', email.toLowerCase())),
    /** Whoever has signed in starts anew, and their address has one more. */
    succeeded: async (address: string, email?: string) => {
      known ??= limitersOn(database);
      const { account, address: addresses } = await known;
      await addresses.reward(keyOf(address));
      if (email !== undefined) await account.delete(keyOf(email.toLowerCase()));
    },
  };
}

type Limiters = Readonly<Record<keyof typeof most, RateLimiterPostgres>>;

/** The library is loaded when someone signs in, since a desktop client waits for `stdio`. */
async function limitersOn(database: Database): Promise<Limiters> {
  const { RateLimiterPostgres } = await import('rate-limiter-flexible');
  const client = {
    query: ({ text, values }: { text: string; values: unknown[] }) =>
      database.single((tx) => storeOf(tx).executeQuery(CompiledQuery.raw(text, values))),
  };
  const limiter = (keyPrefix: keyof typeof most) =>
    new RateLimiterPostgres({
      storeClient: client,
      storeType: 'client',
      tableName: 'sign_in_attempts',
      tableCreated: true,
      keyPrefix,
      points: most[keyPrefix],
      duration: quarter,
    });
  return { account: limiter('account'), address: limiter('address'), letter: limiter('letter') };
}

/** It rejects with how long to wait, or with what failed. */
async function waiting(consumed: Promise<unknown>): Promise<number | undefined> {
  try {
    await consumed;
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Error) throw thrown;
    return Math.ceil((thrown as { readonly msBeforeNext: number }).msBeforeNext / 1000);
  }
}

/** Neither emails nor addresses are kept. */
const keyOf = (text: string) => hash('sha256', text).slice(0, 40);
