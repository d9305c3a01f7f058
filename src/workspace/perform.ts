import { rowFor } from '../access/policy.ts';
import type { Tx } from '../storage/database.ts';
import { decideOn } from '../storage/decided.ts';
import { claimKey, keptUnder } from '../storage/idempotency.ts';
import { lock } from '../storage/locks.ts';
import { type Code, Problem } from '../terms/problem.ts';
import { calls } from '../terms/underway.ts';
import { confirms, tokenFor } from './confirming.ts';
import { deskFor } from './desk.ts';
import { absent, beyond, crowded, misshapen, oversized, refuseEarly, unfit } from './early.ts';
import { startGrid, wide } from './grid.ts';
import type { Ground } from './ground.ts';
import { type Call, located, type Running, running, trial } from './located.ts';
import { isMiss } from './misses.ts';
import { actionsOf, type Change, type Operation } from './operation.ts';
import { previewOf, rehearse } from './preview.ts';
import { invalid } from './refusal.ts';
import { handed, hold, note, noted, rule } from './ruling.ts';
import { digestOf } from './seal.ts';
import { masked } from './secrets.ts';
import type { How } from './session.ts';
import { tellLosers } from './telling.ts';

/**
 * The one path to the data: credential, shape, scope, then in one transaction decide, log and run (EXT-11).
 *
 * A refusal is returned inside the transaction, so that its entry in the log is committed; what fails is thrown, so that nothing is.
 * A write decides without a lock and answers a miss there; then it locks what it changes and decides again (DEC-8).
 */
export const perform = (
  ground: Ground,
  operation: Operation,
  raw: unknown,
  how: How,
): Promise<Record<string, unknown>> =>
  calls.tracePromise(() => evenly({ ...ground, rounded: how.rounded }, operation, raw, how), {
    operation: operation.name,
    origin: how.origin,
  });

/** Answers a miss at its time, and no sooner (EXT-11). */
async function evenly(ground: Ground, operation: Operation, raw: unknown, how: How): Promise<Answer> {
  const grid = startGrid(operation.evenly && wide);
  try {
    const result = await attempt(ground, operation, raw, how).catch(asRefusal);
    if (operation.evenly || isMiss(result)) await grid.next();
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
  const gone = absent(ground, operation) ?? crowded(raw);
  if (gone) return refuseEarly(ground, operation, gone);
  const parsed = operation.input.safeParse(raw ?? {}, { reportInput: true });
  const refused = parsed.success
    ? (misshapen(how) ?? oversized(parsed.data) ?? unfit(parsed.data) ?? beyond(ground, operation, parsed.data))
    : invalid(parsed.error);
  if (refused) return refuseEarly(ground, operation, refused);

  const { reading, looking, writing } = ground.database;
  const isRead = actionsOf(operation).every((action) => rowFor(action).does === 'read');
  const asked: Made = { ground, operation, input: parsed.data, how };
  try {
    const call = operation.inquiry ? { ...asked, ground: await informed(asked) } : asked;
    if (isRead) return await (operation.unhurried ? looking : reading)(ground.entrance, (tx) => look(tx, call));
    const { answer, fresh } = await writing(ground.entrance, (tx) => change(tx, call));
    if (answer instanceof Problem || fresh === undefined || !operation.afterwards) return answer;
    return (await operation.afterwards(ground.outdoors, answer as never, fresh as never)) as Answer;
  } catch (thrown) {
    if (thrown instanceof Undone) return thrown.instead ?? attempt(ground, operation, raw, how);
    if (thrown instanceof Problem && refusing.includes(thrown.code)) return refuseEarly(ground, operation, thrown);
    throw thrown;
  }
}

/** What the log calls a refusal (ACT-1); the rest is the state of things. */
const refusing: readonly Code[] = ['not_found', 'permission_denied', 'rate_limited'];

interface Made extends Call {
  readonly how: How;
}

/** A digest of operation and arguments. */
const argsOf = ({ ground, operation, input }: Call) => digestOf([operation.name, masked(input, ground.keys)]);

/** Takes the transaction back and answers something else instead; without that, the call is made again. */
class Undone extends Error {
  readonly instead: Answer | Problem | undefined;
  constructor(instead?: Answer | Problem) {
    super('undone');
    this.instead = instead;
  }
}

async function look(tx: Tx, call: Made): Promise<Answer | Problem> {
  const place = await located(tx, call);
  const ruled = await rule(tx, call.ground.entrance, place.action, place.refs);
  if (!place.many && ruled[0]?.problem) return noted(tx, ruled, ruled[0].problem);
  const answer = (await running(call, place, ruled).run()) as unknown as Answer;
  if (call.operation.rehearses) throw new Undone(answer);
  await note(tx, ruled);
  return answer;
}

/** What a write answers, and what only its first answer holds. */
interface Written {
  readonly answer: Answer | Problem;
  readonly fresh?: unknown;
}

/** Puts to beyond the database what the operation asks, if the call is allowed; where not, the write itself refuses (EXT-11). */
async function informed(call: Made): Promise<Ground> {
  const { ground, operation, input } = call;
  if (!operation.inquiry) return ground;
  const { question, put } = operation.inquiry;
  const asked = await ground.database.reading(ground.entrance, async (tx) => {
    const { refs, many, action, desk } = await located(tx, call);
    const ruled = await rule(tx, ground.entrance, action, refs);
    if (ruled.some(({ problem }) => problem)) return undefined;
    return { it: await question(desk(ruled), handed(ruled, many) as never, input as never) };
  });
  return asked ? { ...ground, learned: await put(ground.outdoors, asked.it as never) } : ground;
}

async function change(tx: Tx, call: Made): Promise<Written> {
  const { ground, operation, input, how } = call;
  const earlier = await replayed(tx, call);
  if (earlier) return { answer: earlier };
  const place = await located(tx, call);
  const { action, refs, many } = place;
  const before = await rule(tx, ground.entrance, action, refs);
  if (!many && before[0]?.problem) return { answer: await noted(tx, before, before[0].problem) };

  await lock(tx, ground.entrance, action, refs);
  const meanwhile = await replayed(tx, call);
  if (meanwhile) return { answer: meanwhile };
  const ruled = await rule(tx, ground.entrance, action, refs);
  if (!many && ruled[0]?.problem) return { answer: await noted(tx, ruled, ruled[0].problem) };

  const it = running(call, place, ruled);
  const done = rowFor(action).confirm ? await confirmed(tx, call, it) : await it.run();
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
  const answer = (await operation.answer?.(it.at, done.outcome as never, input as never)) as Answer;
  return { answer, fresh: done.fresh };
}

/** How many pairs of person and resource a preview looks at: of one resource as many as there are, else so many. */
const everyone = 1_000_000;
const looked = 2_000;

/** Rehearses the change; without a token that confirms just this, it is taken back and its preview answered (EXT-8). */
async function confirmed(tx: Tx, call: Made, { at, run, bearing }: Running): Promise<Change<unknown>> {
  const { ground, operation, how } = call;
  const bears = await bearing();
  const rehearsed = await rehearse(at, bears, run, { most: bears.resources.length ? everyone : looked });
  const { change: done, differences } = rehearsed;
  const { preview, digest } = previewOf(rehearsed, bears.resources.length !== 1);
  const bound = { key: ground.key, entrance: ground.entrance, operation: operation.name, args: argsOf(call) };
  if (how.confirm !== undefined && (await confirms(tx, bound, how.confirm, digest, at.now))) {
    for (const taking of done.takes ?? []) {
      const losers = differences.filter(
        ({ resource, after }) => resource.id === taking.resource.id && after === 'none',
      );
      await tellLosers(
        at,
        taking,
        losers.map(({ person }) => person.id),
      );
    }
    return done;
  }
  const again = { preview, confirm: tokenFor(bound, digest, at.now) };
  throw new Undone(
    how.confirm === undefined
      ? again
      : new Problem('confirmation_stale', 'What was confirmed is not what would happen now.', { current: again }),
  );
}

/** The outcome of an earlier call with the same idempotency key, decided and rendered anew (EXT-9). */
async function replayed(tx: Tx, call: Made): Promise<Answer | Problem | undefined> {
  const { ground, operation, input, how } = call;
  if (how.key === undefined) return undefined;
  const caller = await hold(decideOn(tx, ground.entrance, 'self.see', { noun: 'organization' }));
  const kept = await keptUnder(tx, ground.entrance, how.key);
  if (!kept) return undefined;
  if (kept.operation !== operation.name || kept.digest !== argsOf(call)) return keyTaken();
  const desk = deskFor(tx, ground, operation, caller, trial);
  return (await operation.answer?.(desk, kept.outcome as never, input as never)) as Answer;
}

const keyTaken = () =>
  new Problem('invalid_argument', 'This idempotency key was used for another call.', {
    advice: 'Use a new key for a new call; repeat a call with exactly its arguments.',
  });
