import type { Actor } from '../access/actor.ts';
import { storeOf, type Tx } from './database.ts';

/** The email of someone of the caller's organization, whatever became of them. */
export async function ownerEmail(tx: Tx, me: Actor, id: string): Promise<string> {
  const { email } = await storeOf(tx)
    .selectFrom('person')
    .select('email')
    .where('organization_id', '=', me.organization)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return email;
}
