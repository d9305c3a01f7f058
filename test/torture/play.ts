import { setTimeout } from 'node:timers/promises';
import { askingMoves } from './asking.ts';
import { type Answer, type Caller, Refused } from './caller.ts';
import { governingMoves } from './governing.ts';
import { groupingMoves } from './grouping.ts';
import { isSame, type Look, look, markAllRead } from './looks.ts';
import { type Model, personOf, type Who } from './model.ts';
import { type Move, narrowMoves, resourceMoves } from './moves.ts';
import { owningMoves } from './owning.ts';
import { placingMoves } from './placing.ts';
import { type Random, seeded } from './seeded.ts';
import { type Stage, settle, type World } from './settled-land.ts';

/** An organization and what is done in it, by their seeds: the same plot is played again, with steps left out too. */
export interface Plot {
  readonly land: number;
  readonly steps: readonly number[];
}

export interface Figures {
  writes: number;
  refused: number;
  looks: number;
  replays: number;
  ambiguous: number;
  /** How many of each write were done. */
  readonly done: Record<string, number>;
}

interface Course {
  readonly figures: Figures;
  readonly isOver: () => boolean;
}

const moves = [...resourceMoves, ...owningMoves, ...askingMoves, ...placingMoves, ...governingMoves, ...groupingMoves];
const none = (): Figures => ({ writes: 0, refused: 0, looks: 0, replays: 0, ambiguous: 0, done: {} });

/** Plays a plot to its end, or to the first answer that is another than the rules say, which is thrown as a Difference. */
export async function play(
  stage: Stage,
  plot: Plot,
  { figures, isOver }: Course = { figures: none(), isOver: () => false },
) {
  const world = await settle(stage, plot.land);
  const trace: string[] = [];
  for (const [at, seed] of plot.steps.entries()) {
    if (isOver()) return;
    try {
      await step(world, seeded(seed), figures, trace);
    } catch (thrown) {
      if (thrown instanceof Unclear) return;
      if (!(thrown instanceof Wrong)) throw thrown;
      throw new Difference(thrown.message, { ...plot, steps: plot.steps.slice(0, at + 1) }, trace);
    }
  }
}

/** That an answer was another than the rules say: in which plot, and what led there. */
export class Difference extends Error {
  readonly plot: Plot;
  readonly trace: readonly string[];
  constructor(what: string, plot: Plot, trace: readonly string[]) {
    super(what);
    this.plot = plot;
    this.trace = trace;
  }
}

/** What was answered is not what the rules say. */
class Wrong extends Error {}

/** A grant ended while a write was under way: which came first, and so what the write did, can't be told from here. */
class Unclear extends Error {}

/** A write, then a handful of looks at once. Whose key has ended has another made, unless they were removed. */
async function step({ model, agents }: World, random: Random, figures: Figures, trace: string[]): Promise<void> {
  const agent = random.pick(agents);
  const { who } = agent;
  const hasEnded = model.ended.has(who);
  if (hasEnded && personOf(model, who.person).status === 'active' && !random.once(3)) await agent.renew();
  const move = random.pick(who.cut ? narrowMoves : moves)(model, who, random);
  if (move) await carryOut({ model, move, call: random.pick(agent.callers), random, figures, trace });
  if (random.once(12) && !who.cut && !model.ended.has(who)) await markAllRead(model, who, random.pick(agent.callers));
  const looks = Array.from({ length: 1 + random.below(4) }, () => {
    const { who: reader, callers } = random.pick(agents);
    return { it: look(model, reader, random), call: random.pick(callers) };
  });
  await Promise.all(looks.map(({ it, call }) => compare(model, it, call, figures)));
}

const answered = (call: Promise<Answer>): Promise<Answer | string> =>
  call.catch((thrown) => {
    if (thrown instanceof Refused) return thrown.code;
    // What a key may not do is not offered over MCP, and an ended one not heard (EXT-4).
    if (/There is no tool/.test(String(thrown))) return 'insufficient_scope';
    if (/Not signed in|HTTP 401/.test(String(thrown))) return 'unauthenticated';
    throw thrown;
  });

/** What comes before the rules of what is asked: the key, then its scopes (EXT-11). */
const atTheDoor = ({ ended }: Model, who: Who): string | undefined => (ended.has(who) ? 'unauthenticated' : undefined);

interface Doing {
  readonly model: Model;
  readonly move: Move;
  readonly call: Caller;
  readonly random: Random;
  readonly figures: Figures;
  readonly trace: string[];
}

async function carryOut({ model, move, call, random, figures, trace }: Doing): Promise<void> {
  const { name, args } = move;
  const before = new Date();
  const key = random.once(4) ? `k${random.below(2 ** 32)}` : undefined;
  const first = await answered(call(name, args, move.isConfirmed || !key ? {} : { key }));
  const isPreview = move.isConfirmed && typeof first !== 'string';
  const how = { ...(key && { key }), ...(isPreview && { confirm: first.confirm }) };
  const answer = isPreview ? await answered(call(name, args, how)) : first;
  const after = new Date();
  trace.push(
    `${move.who.person}${move.who.override ? '!' : ''} ${name} ${JSON.stringify(args)} → ${typeof answer === 'string' ? answer : 'done'}`,
  );
  const code = typeof answer === 'string' ? answer : undefined;
  const early = atTheDoor(model, move.who) ?? (move.who.reads ? 'insufficient_scope' : undefined);
  const expected = early ? [early, early] : [move.refusal(before), move.refusal(after)];
  if (expected[0] !== expected[1]) figures.ambiguous++;
  // A grant that ended between the preview and its confirmation changed what was confirmed.
  if (code === 'confirmation_stale' && endsWithin(model, before, after)) return;
  if (!expected.includes(code)) throw new Wrong(`it is ${code ?? 'done'}, and by the rules ${expected[0] ?? 'done'}`);
  if (typeof answer === 'string') return void figures.refused++;
  if (endsWithin(model, before, after)) {
    figures.ambiguous++;
    throw new Unclear();
  }
  const wrong = move.apply(answer, after);
  if (wrong) throw new Wrong(wrong);
  figures.writes++;
  figures.done[name] = (figures.done[name] ?? 0) + 1;
  if (!key) return;
  figures.replays++;
  const again = await answered(call(name, args, how));
  const isSameAgain = typeof again === 'string' ? again === 'not_found' : !('id' in answer) || again.id === answer.id;
  if (!isSameAgain) throw new Wrong(`replayed it is ${JSON.stringify(again)}, not ${JSON.stringify(answer)}`);
}

async function compare(model: Model, it: Look, call: Caller, figures: Figures): Promise<void> {
  figures.looks++;
  const patience = performance.now() + (it.isPatient ? 10_000 : 0);
  for (;;) {
    const before = new Date();
    const answer = await answered(call(it.name, it.args));
    const seen = typeof answer === 'string' ? answer : it.seen(answer);
    const early = atTheDoor(model, it.who);
    const expected = early ? [early] : [it.expected(before), it.expected(new Date())];
    if (expected.some((one) => isSame(one, seen))) return;
    if (performance.now() > patience)
      throw new Wrong(
        `${JSON.stringify(it.who)} ${it.name} ${JSON.stringify(it.args)} answers\n${JSON.stringify(seen)}, and by the rules\n${JSON.stringify(expected.at(-1))}`,
      );
    await setTimeout(50);
  }
}

const endsWithin = ({ things }: Model, from: Date, to: Date) =>
  things.some(({ grants }) => grants.some(({ until }) => until && until >= from && until <= to));
