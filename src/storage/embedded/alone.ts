import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';

/** How long to wait for whoever is inside, in milliseconds. */
const patience = 120_000;

/**
 * Does `work` while no other process does anything under the same `file`.
 *
 * Node has no file locks of its own, SQLite has: the system drops them with their process, kill -9 included, so there
 * is no stale lock to judge. The file stays, and stays empty.
 */
export async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = new DatabaseSync(file);
  const deadline = performance.now() + patience;
  try {
    while (!taken(lock)) {
      if (performance.now() > deadline)
        throw new Error(`Another process holds ${file}: it has been starting or stopping for too long.`);
      await setTimeout(10);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function taken(lock: DatabaseSync): boolean {
  try {
    lock.exec('begin exclusive');
    return true;
  } catch (error) {
    const busy = (error as { errcode?: number }).errcode === 5;
    if (busy) return false;
    throw error;
  }
}
