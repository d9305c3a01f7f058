import type { Action } from '../access/policy.ts';
import type { Tx } from '../storage/database.ts';
import { decideOn, type Ruling } from '../storage/decided.ts';
import type { Bearing } from '../storage/touched.ts';
import type { Problem } from '../terms/problem.ts';
import { deskFor } from './desk.ts';
import type { Ground } from './ground.ts';
import type { Change, Desk, Operation, Trial } from './operation.ts';
import { type Looking, rehearse } from './preview.ts';
import { invalid } from './refusal.ts';
import { type AnyRef, handed, hold, type Ruled, rule } from './ruling.ts';

/** One call of an operation, its arguments of the right shape. */
export interface Call {
  readonly ground: Ground;
  readonly operation: Operation;
  readonly input: unknown;
}

/** What a call works on, and by which action. */
export interface Located {
  readonly action: Action;
  readonly refs: readonly AnyRef[];
  /** Whether each of several is decided by itself. */
  readonly many: boolean;
  desk(ruled: readonly Ruled[]): Desk;
}

/** What is worked on; who asks is looked up first only where that takes a look. */
export async function located(tx: Tx, { ground, operation, input }: Call): Promise<Located> {
  const chosen = operation.action;
  const action = typeof chosen === 'function' ? chosen(input as never, ground.session.person) : chosen;
  const caller = operation.find
    ? await hold(decideOn(tx, ground.entrance, 'self.see', { noun: 'organization' }))
    : undefined;
  const desk = (ruled: readonly Ruled[]): Desk =>
    deskFor(tx, ground, operation, (ruled[0]?.ruling ?? caller) as Ruling<Action>, trial);
  const target = operation.find ? await operation.find(desk([]), input as never) : operation.target?.(input as never);
  const many = Array.isArray(target);
  return { desk, action, refs: (many ? target : [target]) as readonly AnyRef[], many };
}

/** What is run of a call that was decided. */
export interface Running {
  readonly at: Desk;
  run(): Promise<Change<unknown>>;
  bearing(): Promise<Bearing>;
}

/** The call at hand, on what was decided. */
export function running({ operation, input }: Call, { desk, refs, many }: Located, ruled: readonly Ruled[]): Running {
  const at = desk(ruled);
  const target = handed(ruled, many) as never;
  return {
    at,
    run: () => operation.run(at, target, input as never) as Promise<Change<unknown>>,
    async bearing() {
      const {
        people,
        principals = [],
        workspaces = [],
      } = (await operation.touched?.(at, target, input as never)) ?? {};
      const resources = refs.flatMap((ref) =>
        (ref.noun === 'resource' || ref.noun === 'bin') && ref.id ? [ref.id] : [],
      );
      return { resources, people, principals, workspaces };
    },
  };
}

/** Does a change to see what it comes to, decided as if it were called by itself (EXP-3); whoever asks takes it back. */
export async function trial(
  tx: Tx,
  ground: Ground,
  operation: Operation,
  raw: unknown,
  page: Looking,
): Promise<Trial | Problem> {
  const parsed = operation.input.safeParse(raw, { reportInput: true });
  if (!parsed.success) return invalid(parsed.error);
  const call = { ground, operation, input: parsed.data };
  const place = await located(tx, call);
  const ruled = await rule(tx, ground.entrance, place.action, place.refs);
  const refused = ruled.find(({ problem }) => problem)?.problem;
  if (refused) return refused;
  const { at, run, bearing } = running(call, place, ruled);
  const bears = await bearing();
  return { ...(await rehearse(at, bears, run, page)), isNamed: bears.resources.length !== 1 };
}
