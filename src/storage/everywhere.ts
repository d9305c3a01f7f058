import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { storeOf, type Tx } from './database.ts';

/**
 * Does what follows from a change wherever it lies in the organization, in workspaces too that whoever made the change does not reach:
 * what came true there, what is held there. Nothing that it reads there is for the caller to see.
 */
export async function everywhere<T>(
  tx: Tx,
  { organization }: Pick<Actor, 'organization'>,
  work: () => Promise<T>,
): Promise<T> {
  const store = storeOf(tx);
  const { rows } = await sql<{ reach: string }>`select current_setting('postern.reach', true) as reach`.execute(store);
  await sql`select set_config('postern.reach', (select coalesce(array_agg(w.id), '{}')::text from workspace w
    where w.organization_id = ${organization}), true)`.execute(store);
  const done = await work();
  await sql`select set_config('postern.reach', ${rows[0]?.reach ?? ''}, true)`.execute(store);
  return done;
}
