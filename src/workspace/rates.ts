import { hash } from 'node:crypto';
import type { Database } from '../storage/database.ts';
import { type Allowance, counter, forgetRates } from '../storage/rates.ts';
import { forgetAttempts } from '../storage/sign-in-attempts.ts';
import type { Rates } from '../terms/allowed.ts';
import { Problem } from '../terms/problem.ts';
import type { Operation } from './operation.ts';

export type { Allowance, Rates };

/** In seconds. */
const minute = 60;
/** How many keys are remembered to have held. */
const most = 10_000;

/** What holds back who asks too often, on all servers of a database together. It reads who calls and what, and never what comes of it. */
export function ratesOn(database: Database, { person, costly, address }: Rates) {
  const of = (name: string, points: number) =>
    points > 0 ? counter(database, name, { points, seconds: minute }) : undefined;
  const [people, expensive, addresses] = [of('person', person), of('costly', costly), of('address', address)];
  // Keys that held before: whoever shares an address with someone who guesses at keys is let in all the same.
  const held = new Set<string>();
  const sweep = setInterval(() => void sweepOf(database), 5 * minute * 1000).unref();

  return {
    /** Counts requests of someone who has been let in. */
    async called(who: string, times = 1): Promise<Allowance | undefined> {
      const allowance = await people?.take(who, times);
      if (allowance?.refused) throw tooMany(`You asked more than ${person} times within a minute`, allowance);
      return allowance;
    },
    /** Counts a call of what costs much; answers the refusal where it is one too many. */
    async performs(who: string, { name, costly: isCostly }: Operation): Promise<Excess | undefined> {
      const allowance = isCostly ? await expensive?.take(`${who} ${name}`) : undefined;
      if (!allowance?.refused) return undefined;
      const problem = tooMany(`${name} was called more than ${costly} times within a minute`, allowance);
      return { problem, isFirst: allowance.refused === 'first' };
    },
    /**
     * Asks whether a key holds. Where too many from that address have not, it is not asked any more: a flood of guesses costs no
     * statement. A key that held lately is asked about in any case, and one that holds is not counted.
     */
    async guessing<T>(from: string | undefined, secret: Buffer, ask: () => Promise<T | undefined>) {
      const key = secret.toString('base64');
      const isCounted = addresses !== undefined && from !== undefined && !held.has(key);
      if (isCounted) {
        const allowance = await addresses.take(hashed(from));
        if (allowance.refused) throw tooMany('Too many keys from this address did not hold', allowance);
      }
      const found = await ask();
      if (found === undefined) held.delete(key);
      else {
        if (isCounted) addresses.giveBack(hashed(from));
        if (held.size >= most) held.clear();
        held.add(key);
      }
      return found;
    },
    stop: () => clearInterval(sweep),
  };
}

/** Takes out what is over, here and of those who sign in. */
const sweepOf = (database: Database) => Promise.allSettled([forgetRates(database), forgetAttempts(database)]);

/** No address is kept. */
const hashed = (address: string) => hash('sha256', address, 'base64url').slice(0, 22);

/** A call that was one too many; the first of its minute goes into the log (ACT-1). */
export interface Excess {
  readonly problem: Problem;
  readonly isFirst: boolean;
}

const tooMany = (what: string, { seconds }: Allowance) =>
  new Problem('rate_limited', `${what}.`, { retry_after_seconds: seconds });
