import { sql } from 'kysely';
import { storeOf, type Tx } from './database.ts';

/** So many milliseconds from now by the database's clock, by which alone things end (DEC-4). */
export async function fromNow(tx: Tx, ms: number): Promise<Date> {
  const { rows } = await sql<{ at: string }>`
    select statement_timestamp() + ${ms}::float8 * interval '1 millisecond' as at`.execute(storeOf(tx));
  return new Date(rows[0]?.at as string);
}
