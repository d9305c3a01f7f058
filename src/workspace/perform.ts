import type { Actor } from '../access/actor.ts';
import { type Action, rowFor } from '../access/policy.ts';
import type { Database, Entrance, Tx } from '../storage/database.ts';
import { decideOn, type Ruling } from '../storage/decided.ts';
import { claimKey, keptUnder } from '../storage/idempotency.ts';
import { lock } from '../storage/locks.ts';
import { type Code, Problem } from '../terms/problem.ts';
import { deskFor } from './desk.ts';
import { beyond, misshapen, oversized, refuseEarly } from './early.ts';
import { startGrid } from './grid.ts';
import { actionsOf, type Change, type Desk, type Operation } from './operation.ts';
import { confirms, rehearse, tokenFor } from './preview.ts';
import { invalid } from './refusal.ts';
import { type AnyRef, handed, hold, note, noted, type Ruled, rule } from './ruling.ts';
import { digestOf } from './seal.ts';
import type { How, Session } from './session.ts';

/** What every call of one session shares. */
export interface Ground {
  readonly database: Database;
  readonly entrance: Entrance;
  /** Seals cursors and confirm tokens. */
  readonly key: Buffer;
  readonly session: Pick<Session, 'credential' | 'person' | 'readOnly'>;
}

/**
 * The one path to the data: credential, shape, scope, then in one transaction decide, log and run (EXT-11).
 *
 * A refusal is returned inside the transaction, so that its entry in the log is committed; what fails is thrown, so that nothing is.
 * A write decides without a lock and answers a miss there; then it locks what it changes and decides again (DEC-8).
 */
export async function perform(
  ground: Ground,
  operation: Operation,
  raw: unknown,
  how: How,
): Promise<Record<string, unknown>> {
  const grid = startGrid();
  try {
    const result = await attempt(ground, operation, raw, how).catch(asRefusal);
    if (operation.evenly || (result instanceof Problem && result.code === 'not_found')) await grid.next();
    if (result instanceof Problem) throw result;
    return result;
  } finally {
    grid.stop();
  }
}

type Answer = Record<string, unknown>;

/** A refusal that an operation threw, so that its transaction was taken back, answers like one that was returned. */
function asRefusal(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  throw thrown;
}

/** Called again by itself where another call with the same idempotency key got there first: then it is a replay. */
async function attempt(ground: Ground, operation: Operation, raw: unknown, how: How): Promise<Answer | Problem> {
  const parsed = operation.input.safeParse(raw ?? {}, { reportInput: true });
  const refused = parsed.success
    ? (misshapen(how) ?? oversized(parsed.data) ?? beyond(ground, operation, parsed.data))
    : invalid(parsed.error);
  if (refused) return refuseEarly(ground, operation, refused);

  const call: Call = { ground, operation, input: parsed.data, how };
  const { reading, writing } = ground.database;
  const isRead = actionsOf(operation).every((action) => rowFor(action).does === 'read');
  try {
    return await (isRead ? reading : writing)(ground.entrance, (tx) => (isRead ? look : change)(tx, call));
  } catch (thrown) {
    if (thrown instanceof Undone) return thrown.instead ?? attempt(ground, operation, raw, how);
    if (thrown instanceof Problem && refusing.includes(thrown.code)) return refuseEarly(ground, operation, thrown);
    throw thrown;
  }
}

/** What the log calls a refusal (ACT-1); the rest is the state of things. */
const refusing: readonly Code[] = ['not_found', 'permission_denied', 'rate_limited'];

interface Call {
  readonly ground: Ground;
  readonly operation: Operation;
  readonly input: unknown;
  readonly how: How;
}

/** A digest of operation and arguments. */
const argsOf = ({ operation, input }: Call) => digestOf([operation.name, input]);

/** Takes the transaction back and answers something else instead; without that, the call is made again. */
class Undone extends Error {
  readonly instead: Answer | Problem | undefined;
  constructor(instead?: Answer | Problem) {
    super('undone');
    this.instead = instead;
  }
}

async function look(tx: Tx, call: Call): Promise<Answer | Problem> {
  const { desk, action, refs, many } = await located(tx, call);
  const ruled = await rule(tx, call.ground.entrance, action, refs);
  if (!many && ruled[0]?.problem) return noted(tx, ruled, ruled[0].problem);
  const answer = await call.operation.run(desk(ruled), handed(ruled, many) as never, call.input as never);
  await note(tx, ruled);
  return answer as Answer;
}

async function change(tx: Tx, call: Call): Promise<Answer | Problem> {
  const { ground, operation, input, how } = call;
  const earlier = await replayed(tx, call);
  if (earlier) return earlier;
  const { desk, action, refs, many } = await located(tx, call);
  const before = await rule(tx, ground.entrance, action, refs);
  if (!many && before[0]?.problem) return noted(tx, before, before[0].problem);

  await lock(tx, ground.entrance, action, refs);
  const meanwhile = await replayed(tx, call);
  if (meanwhile) return meanwhile;
  const ruled = await rule(tx, ground.entrance, action, refs);
  if (!many && ruled[0]?.problem) return noted(tx, ruled, ruled[0].problem);

  const at = desk(ruled);
  const run = () => operation.run(at, handed(ruled, many) as never, input as never) as Promise<Change<unknown>>;
  const done = rowFor(action).confirm ? await confirmed(tx, call, at.me, refs, run) : await run();
  if (
    how.key !== undefined &&
    !(await claimKey(tx, ground.entrance, how.key, {
      operation: operation.name,
      digest: argsOf(call),
      outcome: done.outcome,
    }))
  )
    throw new Undone();
  await note(tx, ruled, done);
  return (await operation.answer?.(at, done.outcome as never, input as never)) as Answer;
}

/** Rehearses the change; without a token that confirms just this, it is taken back and its preview answered (EXT-8). */
async function confirmed(tx: Tx, call: Call, me: Actor, refs: readonly AnyRef[], run: () => Promise<Change<unknown>>) {
  const { ground, operation, how } = call;
  const those = refs.flatMap((ref) => (ref.noun === 'resource' && ref.id ? { id: ref.id, kind: ref.kind } : []));
  const { change: done, preview, digest } = await rehearse(tx, me, those, run);
  const bound = { key: ground.key, entrance: ground.entrance, operation: operation.name, args: argsOf(call) };
  if (how.confirm !== undefined && (await confirms(tx, bound, how.confirm, digest))) return done;
  const again = { preview, confirm: tokenFor(bound, digest) };
  throw new Undone(
    how.confirm === undefined
      ? again
      : new Problem('confirmation_stale', 'What was confirmed is not what would happen now.', { current: again }),
  );
}

/** The outcome of an earlier call with the same idempotency key, decided and rendered anew (EXT-9). */
async function replayed(tx: Tx, call: Call): Promise<Answer | Problem | undefined> {
  const { ground, operation, input, how } = call;
  if (how.key === undefined) return undefined;
  const caller = await hold(decideOn(tx, ground.entrance, 'self.see', { noun: 'organization' }));
  const kept = await keptUnder(tx, ground.entrance, how.key);
  if (!kept) return undefined;
  if (kept.operation !== operation.name || kept.digest !== argsOf(call)) return keyTaken();
  const desk = deskFor(tx, ground, operation, caller);
  return (await operation.answer?.(desk, kept.outcome as never, input as never)) as Answer;
}

/** What is worked on; who asks is looked up first only where that takes a look. */
async function located(tx: Tx, call: Call) {
  const { ground, operation, input } = call;
  const chosen = operation.action;
  const action = typeof chosen === 'function' ? chosen(input as never, ground.session.person) : chosen;
  const caller = operation.find
    ? await hold(decideOn(tx, ground.entrance, 'self.see', { noun: 'organization' }))
    : undefined;
  const desk = (ruled: readonly Ruled[]): Desk =>
    deskFor(tx, ground, operation, (ruled[0]?.ruling ?? caller) as Ruling<Action>);
  const target = operation.find ? await operation.find(desk([]), input as never) : operation.target?.(input as never);
  const many = Array.isArray(target);
  return { desk, action, refs: (many ? target : [target]) as readonly AnyRef[], many };
}

const keyTaken = () =>
  new Problem('invalid_argument', 'This idempotency key was used for another call.', {
    advice: 'Use a new key for a new call; repeat a call with exactly its arguments.',
  });
