import { noteLogin } from '../storage/credentials.ts';
import type { Database, Entrance } from '../storage/database.ts';

/** In milliseconds. */
const hour = 3_600_000;
/** How many credentials one process remembers. */
const most = 10_000;

/**
 * Notes when people were last here, once an hour a credential and process, beside whatever they do: nobody waits for it, and where it
 * fails the next time does (ORG-5).
 */
export function lastSeen(database: Database) {
  const noted = new Map<string, number>();
  const under = new Set<Promise<void>>();
  return {
    note(entrance: Entrance): void {
      const now = performance.now();
      if (now - (noted.get(entrance.credential) ?? -hour) < hour) return;
      if (noted.size >= most) noted.clear();
      noted.set(entrance.credential, now);
      const noting = noteLogin(database, entrance)
        .catch(() => void noted.delete(entrance.credential))
        .finally(() => void under.delete(noting));
      under.add(noting);
    },
    /** Once what is under way has ended. */
    settled: () => Promise.all(under),
  };
}
