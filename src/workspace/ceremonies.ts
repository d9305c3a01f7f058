import type { Database } from '../storage/database.ts';
import { beginCeremony, endCeremony } from '../storage/passkeys.ts';
import type { signInAttempts } from '../storage/sign-in-attempts.ts';
import { newId } from '../terms/ids.ts';
import { hashOf, newOnce, readOnce } from '../terms/secret.ts';
import { notTooOften } from './doorstep.ts';

type Kind = 'add' | 'prove' | 'provider';

/** What a browser is asked while it proves something: kept ten minutes, told once, and to that browser alone. */
export interface Ceremonies {
  /** Answers what the browser holds meanwhile; rate_limited where that address, of whom nothing else is known, began too many. */
  begin(kind: Kind, detail: object, address?: string): Promise<string>;
  /** Nothing where it was told, is over or was of another kind. */
  end(kind: Kind, passing: string): Promise<unknown>;
}

export const ceremoniesOn = (database: Database, attempts: ReturnType<typeof signInAttempts>): Ceremonies => ({
  async begin(kind, detail, address) {
    if (address !== undefined) await notTooOften(attempts.knocked(address));
    const id = newId();
    const passing = newOnce('passing', id);
    await beginCeremony(database, { id, hash: hashOf(passing), kind, detail });
    return passing;
  },
  async end(kind, passing) {
    const read = readOnce('passing', passing);
    return read && endCeremony(database, { ...read, kind });
  },
});
