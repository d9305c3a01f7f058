import type { Noun, Rung } from '../terms/ladders.ts';
import { type Action, type NounOf, rowFor } from './policy.ts';

declare const made: unique symbol;

/**
 * What a list may hold: the things on which someone may do an action. Only `scope` makes one, and every list takes one;
 * it is the row that `decide` reads, as plain data.
 */
export interface Scope<N extends Noun> {
  readonly noun: N;
  readonly from: Rung<N>;
  /** Whether the capability of the kind caps it. */
  readonly capped: boolean;
  /** Whether the override path counts (EXT-3). */
  readonly override: boolean;
  readonly [made]: true;
}

/** The things on which `action` is allowed to someone whose override counts or not. */
export function scope<A extends Action>(action: A, { override }: { override: boolean }): Scope<NounOf<A>> {
  const { on, to, cap } = rowFor(action);
  return { noun: on, from: to[on], capped: cap === 'kind', override } as unknown as Scope<NounOf<A>>;
}
