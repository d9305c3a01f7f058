import { type Action, rowFor } from '../access/policy.ts';
import { log, logAll } from '../storage/activity.ts';
import type { Entrance, Tx } from '../storage/database.ts';
import { type Decided, decideOn, type Ruling } from '../storage/decided.ts';
import type { AnyRef } from '../storage/facts.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Noun } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import type { Change } from './operation.ts';
import { refusalOf } from './refusal.ts';

export type { AnyRef };

/** What was decided on one of the things that a call works on. */
export interface Ruled {
  readonly action: Action;
  readonly ref: AnyRef;
  readonly ruling: Ruling<Action>;
  readonly problem: Problem | undefined;
}

/** What an operation is handed: what was allowed; of several, each refusal in its place. */
export const handed = (ruled: readonly Ruled[], many: boolean): unknown => {
  const each = ruled.map(({ ruling, problem }) => problem ?? (ruling as { decided: Decided<Action> }).decided);
  return many ? each : each[0];
};

/** Decides on each by itself. */
export async function rule(tx: Tx, entrance: Entrance, action: Action, refs: readonly AnyRef[]): Promise<Ruled[]> {
  const ruled: Ruled[] = [];
  for (const ref of refs) {
    const ruling = await hold(decideOn(tx, entrance, action, ref as never));
    ruled.push({
      action,
      ref,
      ruling,
      problem: ruling.allowed ? undefined : refusalOf(action, ruling.decision, ref as never),
    });
  }
  return ruled;
}

/** What was found, where the credential still holds. */
export async function hold<T>(found: Promise<T | undefined>): Promise<T> {
  const it = await found;
  if (it === undefined) throw new Problem('unauthenticated', 'The key is unknown or has ended.');
  return it;
}

/** Writes what was decided into the log; looks at lists and at oneself are not in it (ACT-1). */
export async function note(tx: Tx, ruled: readonly Ruled[], done?: Change<unknown>): Promise<void> {
  for (const [i, { action, ref, ruling }] of ruled.entries()) {
    if (done?.idle || (ref.noun === 'organization' && rowFor(action).does === 'read')) continue;
    const { me, decision, workspace } = ruling;
    const did = done?.each ? done.each[i] : done;
    if (did instanceof Problem && ruling.allowed) {
      if (did.code === 'permission_denied') await log(tx, refusedIn(action, ref, ruling, did));
      continue;
    }
    const changed =
      did && !(did instanceof Problem) && decision.outcome === 'allow' ? { before: did.before, after: did.after } : {};
    const about =
      (decision.outcome === 'allow' && done?.made) ||
      (ref.noun === 'organization' ? { noun: ref.noun, id: undefined } : ref);
    await log(tx, {
      me,
      action,
      decision,
      noun: about.noun,
      kind: kindOf(about),
      entity: about.id,
      workspace: decision.outcome === 'hide' ? undefined : workspace,
      ...changed,
    });
  }
  const first = ruled.find(({ ruling }) => ruling.allowed);
  if (!first) return;
  const { me, decision, workspace } = first.ruling;
  const also = (done?.also ?? []).map((it) => ({
    workspace,
    ...it,
    me,
    action: first.action,
    decision,
    entity: it.id,
  }));
  await logAll(tx, also);
}

/** One of several that was refused while the others went on; the state of things that stood in the way is no refusal (ACT-1). */
const refusedIn = (action: Action, ref: AnyRef, { me, decision, workspace }: Ruling<Action>, problem: Problem) => ({
  me,
  action,
  decision: { ...decision, outcome: 'deny' as const, because: problem.message, by: [], overridden: false },
  noun: ref.noun,
  kind: kindOf(ref),
  entity: ref.noun === 'organization' ? undefined : ref.id,
  workspace,
});

/** Of a resource, the kind that the call named; a workspace's says what was to be made there. */
const kindOf = (about: { readonly noun: Noun | 'credential'; readonly kind?: Kind | undefined }) =>
  about.noun === 'resource' || about.noun === 'bin' ? about.kind : undefined;

/** The refusal, with its entry in the log. */
export async function noted(tx: Tx, ruled: readonly Ruled[], problem: Problem): Promise<Problem> {
  await note(tx, ruled);
  return problem;
}
