import type { Entrance, Tx } from '../storage/database.ts';
import { useConfirmation } from '../storage/idempotency.ts';
import { newId } from '../terms/ids.ts';
import { seal, unseal } from './seal.ts';

/** How long a confirm token holds, in ms of the database's clock (DEC-4, EXT-8). */
const holds = 5 * 60_000;

/** What a token is bound to: the caller, the operation and its arguments. */
export interface Bound {
  readonly key: Buffer;
  readonly entrance: Entrance;
  readonly operation: string;
  readonly args: string;
}

export const boundTo = ({ entrance, operation, args }: Bound) =>
  ['confirm', entrance.organization, entrance.credential, operation, args].join('|');

export function tokenFor(bound: Bound, digest: string, now: Date): string {
  return seal(bound.key, JSON.stringify({ nonce: newId(), until: now.getTime() + holds, digest }), boundTo(bound));
}

/** Whether the token speaks of exactly what was just seen, in time, and for the first time; it is used up by that. */
export async function confirms(tx: Tx, bound: Bound, token: string, digest: string, now: Date): Promise<boolean> {
  const sealed = unseal(bound.key, token, boundTo(bound));
  if (sealed === undefined) return false;
  const it: { nonce: string; until: number; digest: string } = JSON.parse(sealed);
  return it.until > now.getTime() && it.digest === digest && (await useConfirmation(tx, bound.entrance, it.nonce));
}
