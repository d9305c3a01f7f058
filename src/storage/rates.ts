import { sql } from 'kysely';
import type { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { type Database, storeOf } from './database.ts';
import { statement } from './statement.ts';

/** How much of a window someone has left. */
export interface Allowance {
  readonly limit: number;
  readonly left: number;
  /** Until the window ends. */
  readonly seconds: number;
  /** There was none left to take; the first refused in its window by this server is told apart. */
  readonly refused: false | 'first' | 'again';
}

/** Counts within windows of time, for all servers on the database. */
export interface Counter {
  take(key: string, points?: number): Promise<Allowance>;
  /** Gives back what was taken for something that turned out not to count. */
  giveBack(key: string): void;
}

/** What this server has taken from a window beforehand. */
interface Lease {
  left: number;
  /** How much there was beside it when it was taken. */
  beyond: number;
  /** By the clock that only runs forward. */
  until: number;
  refusing?: true;
  taking?: Promise<void> | undefined;
}

/** Of a window's points, which part a server takes at a time. */
const part = 20;
/** How many keys one server remembers. */
const most = 20_000;

/**
 * A counter of so many points a window. Points are taken from the database by the twentieth and handed out from memory, so that few
 * calls cost a statement, and none does once a window is used up. Nobody is ever given more than the limit; what one server has taken and
 * not used by the end of a window is missing elsewhere: a twentieth a server at most. While the database is away each counts by itself.
 */
export function counter(database: Database, name: string, { points, seconds }: Window): Counter {
  let limiter: Promise<RateLimiterPostgres> | undefined;
  const leases = new Map<string, Lease>();
  const share = Math.max(1, Math.floor(points / part));

  return {
    async take(key, cost = 1) {
      for (;;) {
        const lease = leaseOf(key);
        if (lease.left >= cost) {
          lease.left -= cost;
          return allowance(lease, false);
        }
        if (lease.until > performance.now() && lease.beyond === 0) {
          const refused = lease.refusing ? 'again' : 'first';
          lease.refusing = true;
          return allowance(lease, refused);
        }
        lease.taking ??= more(key, lease, Math.max(share, cost)).finally(() => {
          lease.taking = undefined;
        });
        await lease.taking;
      }
    },
    giveBack(key) {
      const lease = leases.get(key);
      if (lease && lease.until > performance.now()) lease.left++;
    },
  };

  function leaseOf(key: string): Lease {
    const found = leases.get(key);
    if (found && (found.taking || found.until > performance.now())) return found;
    if (leases.size >= most) forgetSome();
    const fresh: Lease = { left: 0, beyond: points, until: 0 };
    leases.delete(key);
    leases.set(key, fresh);
    return fresh;
  }

  async function more(key: string, lease: Lease, wanted: number): Promise<void> {
    limiter ??= limiterIn(database, name, { points, seconds });
    const seen = await (await limiter).consume(key, wanted).catch(refusedBy);
    const over = Math.max(0, seen.consumedPoints - points);
    lease.left += Math.max(0, wanted - over);
    lease.beyond = Math.max(0, points - seen.consumedPoints);
    lease.until = performance.now() + Math.max(1, seen.msBeforeNext);
  }

  function allowance({ left, beyond, until }: Lease, refused: Allowance['refused']): Allowance {
    const seconds = Math.max(1, Math.ceil((until - performance.now()) / 1000));
    return { limit: points, left: refused ? 0 : left + beyond, seconds, refused };
  }

  /** What is over, and the older half of the rest: whoever is forgotten is asked of the database again. */
  function forgetSome(): void {
    const now = performance.now();
    for (const [key, { until, taking }] of leases) if (!taking && until <= now) leases.delete(key);
    if (leases.size < most) return;
    for (const key of [...leases.keys()].slice(0, most / 2)) leases.delete(key);
  }
}

interface Window {
  readonly points: number;
  readonly seconds: number;
}

/** Loaded for the first who is counted, since nobody is over standard input and output, where a client waits for all that is loaded. */
async function limiterIn(database: Database, name: string, { points, seconds }: Window): Promise<RateLimiterPostgres> {
  const { RateLimiterMemory, RateLimiterPostgres } = await import('rate-limiter-flexible');
  const within = { keyPrefix: name, points, duration: seconds };
  return new RateLimiterPostgres({
    ...within,
    storeClient: countingIn(database),
    storeType: 'client',
    tableName: 'rate',
    tableCreated: true,
    clearExpiredByTimeout: false,
    insuranceLimiter: new RateLimiterMemory(within),
  });
}

const spend = statement<{ key: string; points: number; seconds: number }, { spent: number; left_ms: number }>(
  ({ key, points, seconds }) => sql`select spent, left_ms from spend(${key}, ${points}::int, ${seconds}::float8)`,
);

/**
 * Where the library keeps its counts. It names when a window ends by the clock of its own process; what is counted here ends by the
 * database's, so that a server whose clock is off shuts nobody out on the others.
 */
const countingIn = (database: Database) => ({
  query: ({ values: [key, points, until, now] }: { values: [string, number, number, number] }) =>
    database.single(async (tx) => {
      const [row] = await spend(tx, { key, points, seconds: (until - now) / 1000 });
      return { rows: row ? [{ points: row.spent, expire: Date.now() + row.left_ms }] : [] };
    }),
});

/** The library throws what it has counted where that is too much, and errors as anyone does. */
function refusedBy(thrown: unknown): RateLimiterRes {
  if (thrown instanceof Error) throw thrown;
  return thrown as RateLimiterRes;
}

/** Takes out what is over. */
export const forgetRates = (database: Database): Promise<void> =>
  database.single(async (tx) => void (await sql`select forget_rates()`.execute(storeOf(tx))));
