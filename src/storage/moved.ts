import { Client } from 'pg';
import type { Connection } from './migrate.ts';

/**
 * Makes rows that came from another server readable on this one. Notifications are read below the oldest transaction under way, and those of
 * a server that has counted further lie beyond it; the transactions are all over, so they are put before every one of here, in the order
 * of their ids, which sort by time (NOT-2). The sealer sees to the log itself. Answers how many there were.
 */
export async function settleMoved({ ssl = false, ...owner }: Connection): Promise<number> {
  const client = new Client({ ...owner, ssl });
  await client.connect();
  try {
    const { rowCount } = await client.query(
      `update notification set xid = '3' where xid >= pg_snapshot_xmax(pg_current_snapshot())`,
    );
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}
