import type { Actor } from '../access/actor.ts';
import { type Decision, decide, type Facts } from '../access/decide.ts';
import type { Action, NounOf } from '../access/policy.ts';
import type { Entrance, Tx } from './database.ts';
import { factsFor, type Ref, type Subject } from './facts.ts';

declare const made: unique symbol;

/** Something that an action has been decided on and allowed. Only `decideOn` makes it, and every write asks for one. */
export interface Decided<A extends Action> {
  readonly action: A;
  readonly me: Actor;
  readonly subject: Subject<NounOf<A>>;
  readonly facts: Facts;
  readonly decision: Decision;
  readonly [made]: A;
}

/** What came of deciding; a refusal holds no more of its subject than where it lies, for the log. */
export type Ruling<A extends Action> = {
  readonly me: Actor;
  /** The database's clock at the statement that read the facts (DEC-4). */
  readonly now: Date;
  readonly decision: Decision;
  readonly workspace: string | undefined;
} & ({ readonly allowed: true; readonly decided: Decided<A> } | { readonly allowed: false });

/** Decides one action on one thing, on facts read by one statement. Nothing where the credential has ended. */
export async function decideOn<A extends Action>(
  tx: Tx,
  entrance: Entrance,
  action: A,
  ref: Ref<NounOf<A>>,
): Promise<Ruling<A> | undefined> {
  const found = await factsFor(tx, entrance, ref);
  if (!found) return undefined;
  const { me, now, subject, facts } = found;
  const decision = decide(action, subject ? facts : { ...facts, paths: [] });
  const ruling = { me, now, decision, workspace: workspaceOf(ref, subject) };
  if (decision.outcome !== 'allow') return { ...ruling, allowed: false };
  return { ...ruling, allowed: true, decided: { action, me, subject, facts, decision } as unknown as Decided<A> };
}

function workspaceOf(ref: { readonly noun: string }, subject: unknown): string | undefined {
  const { id, workspace_id } = (subject ?? {}) as { id?: string; workspace_id?: string | null };
  return (ref.noun === 'workspace' ? id : workspace_id) ?? undefined;
}
