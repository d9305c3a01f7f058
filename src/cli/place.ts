import { mkdirSync } from 'node:fs';
import { startEmbedded } from '../storage/embedded.ts';
import { inspect } from '../storage/inspection.ts';
import type { Connection } from '../storage/migrate.ts';
import { schemaOf } from '../storage/migrated.ts';
import { Problem } from '../terms/problem.ts';
import type { Keys } from '../workspace/secrets.ts';
import { secretKeysOf } from './secret-keys.ts';
import { notElsewhere, type Settings } from './settings.ts';

/** Where the data is: as the owner of its tables, and as the role that serves (EXP-6). */
export interface Place {
  readonly owner: Connection;
  readonly app: Connection;
  /** As the role that seals the log (ACT-3). */
  readonly keeper: Connection;
  /** What secrets are kept under. */
  readonly keys: Keys;
  /** Leaves the embedded PostgreSQL, which ends with the last one out. */
  release(): Promise<void>;
}

/** Goes to the database of the settings, starting the embedded one if need be, and changes nothing in it. */
export async function findPlace(settings: Settings, progress: (step: string) => void): Promise<Place> {
  notElsewhere(settings);
  const { database: owner, home } = settings;
  // `-c role` holds from the start of the connection on, so that even `reset role` leads no further.
  const as = (role: string): Connection => ({ ...(owner as Connection), options: `-c role=${role}` });
  const keys = secretKeysOf(settings).read;
  if (owner) return { owner, app: as('postern_app'), keeper: as('postern_keeper'), keys, release: async () => {} };
  makeFolder(home);
  const { connection, release } = await startEmbedded(home, progress);
  const local = { ...connection, database: 'postgres' };
  const served = (user: string) => ({ ...local, user });
  return { owner: local, app: served('postern_app'), keeper: served('postern_keeper'), keys, release };
}

function makeFolder(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Problem('invalid_argument', `The data folder ${home} can't be made: ${(cause as Error).message}.`, {
      advice: 'Set POSTERN_HOME to a folder that you may write.',
      cause,
    });
  }
}

/** The same, with today's schema, and a role that serves; what is missing is migrated. */
export async function openPlace(settings: Settings, progress: (step: string) => void): Promise<Place> {
  const place = await findPlace(settings, progress);
  try {
    const { pending, newer } = await schemaOf(place.owner);
    if (newer.length > 0) progress(`Serving a database that a newer Postern has taken to ${newer.at(-1)}`);
    if (pending.length > 0) {
      progress('Bringing the database to the schema of today');
      const { migrate } = await import('../storage/migrate.ts');
      await migrate(place.owner);
    }
    if (settings.database) await inspect(place.app);
    return place;
  } catch (thrown) {
    await place.release();
    throw settings.database ? inWords(thrown) : thrown;
  }
}

function inWords(thrown: unknown): unknown {
  if (thrown instanceof Problem || !(thrown instanceof Error)) return thrown;
  const why = thrown.message.split('\n')[0] || (thrown as NodeJS.ErrnoException).code;
  return new Problem('invalid_argument', `The database of DATABASE_URL can't be used: ${why}.`, {
    advice: '`postern doctor` says more.',
    cause: thrown,
  });
}
