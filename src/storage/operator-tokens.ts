import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { all, logOperator } from './operator.ts';

/** Takes away every key that signs access tokens, and says so in each organization's log; answers how many there were. */
export async function dropTokenKeys(tx: Tx): Promise<number> {
  const gone = await all(tx, sql`delete from token_key returning id`);
  const there = await all<{ id: string }>(tx, sql`select id from organization where deleted_at is null order by id`);
  for (const { id } of there)
    await logOperator(tx, {
      organization: id,
      action: 'tokens.rotate',
      noun: 'organization',
      entity: id,
      after: { keys: gone.length },
    });
  return gone.length;
}
