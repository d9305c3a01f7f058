import type { Actor } from '../../src/access/actor.ts';
import type { Action, NounOf } from '../../src/access/policy.ts';
import type { Tx } from '../../src/storage/database.ts';
import type { Decided } from '../../src/storage/decided.ts';
import type { Ref } from '../../src/storage/facts.ts';

/** What a read of storage is tried with. */
export interface Bench {
  readonly tx: Tx;
  readonly me: Actor;
  decided<A extends Action>(action: A, ref: Ref<NounOf<A>>): Promise<Decided<A>>;
}
