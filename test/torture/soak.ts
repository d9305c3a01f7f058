import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import type { Client } from 'pg';
import { newSecret, readSecret } from '../../src/terms/secret.ts';
import { anyLand, type Land } from '../access/land.ts';
import { rowsOf } from '../access/land-rows.ts';
import { insertRows } from '../support/rows.ts';
import { firstRevision } from '../support/told-rows.ts';
import { askingMoves } from './asking.ts';
import { type Answer, at, byMcp, byRest, type Caller, Refused } from './caller.ts';
import { installation } from './installation.ts';
import { isSame, type Look, look, markAllRead } from './looks.ts';
import { type Model, modelOf, type Who } from './model.ts';
import { type Move, resourceMoves } from './moves.ts';
import { owningMoves } from './owning.ts';
import { placingMoves } from './placing.ts';
import { type Random, seeded } from './seeded.ts';

const moves = [...resourceMoves, ...owningMoves, ...askingMoves, ...placingMoves];

/** How many organizations at once; in each, one writes at a time and several read. */
const worlds = 4;

/**
 * Random agents in random organizations, through both doors of a real server. After each call what was answered is compared with a model
 * in memory that is written from SPEC: outcome, code, level, lists and totals, boxes, and what people were told.
 */
export async function soak({ seed, seconds }: { seed: number; seconds: number }) {
  const random = seeded(seed);
  const here = await installation({ people: { ada: 'admin' } }, { fsync: 'off' });
  const [sql, taking] = [await here.entered(), turns()];
  const figures = { worlds: 0, writes: 0, refused: 0, looks: 0, replays: 0, ambiguous: 0 };
  try {
    const server = await here.serve(here.own);
    const until = performance.now() + 1000 * seconds;
    await Promise.all(
      Array.from({ length: worlds }, async () => {
        const own = random.another();
        while (performance.now() < until) {
          const world = await taking(() => settle(sql, own, server.address));
          figures.worlds++;
          await live(world, own, figures, () => performance.now() > until);
        }
      }),
    );
    return figures;
  } catch (thrown) {
    throw new Error(`soak: seed ${seed}`, { cause: thrown });
  } finally {
    await sql.end();
    await here.remove();
  }
}

/** One after another, on one connection. */
function turns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}

interface World {
  readonly model: Model;
  readonly agents: readonly { readonly who: Who; readonly callers: readonly Caller[] }[];
}

/** Any organization in which everyone is active and has a key, one with `override` beside it. */
async function settle(sql: Client, random: Random, address: string): Promise<World> {
  const [drawn] = fc.sample(anyLand, { seed: random.below(2 ** 31), numRuns: 1 });
  const land = {
    ...(drawn as Land),
    people: (drawn as Land).people.map((it) => ({ ...it, status: 'active' as const })),
  };
  const resources = land.resources.map((it) => ({
    ...it,
    grants: it.visibility === 'private' ? [] : it.grants.filter(({ until }) => !until),
  }));
  const credentials = land.credentials.map((it) => ({ ...it, cut: null, until: null, revoked: false }));
  const secrets = credentials.map(({ id }) => newSecret(land.organization, id));
  const whole = { ...land, resources, credentials };
  const rows = rowsOf(whole);
  const scopes = ['read', 'write', 'share', 'request', 'review', 'admin'];
  await insertRows(sql, {
    ...rows,
    revision: resources.map((it) => ({
      organization_id: land.organization,
      ...firstRevision(it, land.people[0]?.id as string),
    })),
    credential: (rows.credential ?? []).map((it, i) => ({
      ...it,
      secret_hash: `\\x${readSecret(secrets[i] as string)?.hash.toString('hex')}`,
      scopes: credentials[i]?.scopes.includes('override') ? [...scopes, 'override'] : scopes,
    })),
  });
  const service = at(address);
  const agents = await Promise.all(
    credentials.map(async ({ person, scopes: borne }, i) => ({
      who: { person, override: borne.includes('override') },
      callers: [byRest(service, secrets[i] as string), (await byMcp(service, secrets[i] as string)).call],
    })),
  );
  return { model: modelOf(whole), agents };
}

interface Figures {
  writes: number;
  refused: number;
  looks: number;
  replays: number;
  ambiguous: number;
}

/** So many steps in one world: a write, then a handful of looks at once. */
async function live({ model, agents }: World, random: Random, figures: Figures, isOver: () => boolean): Promise<void> {
  const trace: string[] = [];
  for (let step = 0; step < 150 && !isOver(); step++) {
    const agent = random.pick(agents);
    const move = random.pick(moves)(model, agent.who, random);
    if (move) await carryOut({ model, move, call: random.pick(agent.callers), random, figures, trace });
    if (random.once(12)) await markAllRead(model, agent.who, random.pick(agent.callers));
    const looks = Array.from({ length: 1 + random.below(4) }, () => random.pick(agents)).map(
      async ({ who, callers }) => {
        await compare(look(model, who, random), random.pick(callers), figures, trace);
      },
    );
    await Promise.all(looks);
  }
}

const answered = (call: Promise<Answer>): Promise<Answer | string> =>
  call.catch((thrown) => {
    if (thrown instanceof Refused) return thrown.code;
    throw thrown;
  });

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
  const expected = [move.refusal(before), move.refusal(after)];
  if (expected[0] !== expected[1]) figures.ambiguous++;
  // A grant that ended between the preview and its confirmation changed what was confirmed.
  if (code === 'confirmation_stale' && endsWithin(model, before, after)) return;
  if (!expected.includes(code))
    throw different(trace, `it is ${code ?? 'done'}, and by the rules ${expected[0] ?? 'done'}`);
  if (typeof answer === 'string') return void figures.refused++;
  const wrong = move.apply(answer, after);
  if (wrong) throw different(trace, wrong);
  figures.writes++;
  if (!key) return;
  figures.replays++;
  const again = await answered(call(name, args, how));
  const isSameAgain = typeof again === 'string' ? again === 'not_found' : !('id' in answer) || again.id === answer.id;
  if (!isSameAgain) throw different(trace, `replayed it is ${JSON.stringify(again)}, not ${JSON.stringify(answer)}`);
}

async function compare(it: Look, call: Caller, figures: Figures, trace: readonly string[]): Promise<void> {
  figures.looks++;
  const patience = performance.now() + (it.isPatient ? 10_000 : 0);
  for (;;) {
    const before = new Date();
    const answer = await answered(call(it.name, it.args));
    const seen = typeof answer === 'string' ? answer : it.seen(answer);
    const expected = [it.expected(before), it.expected(new Date())];
    if (expected.some((one) => isSame(one, seen))) return;
    if (performance.now() > patience)
      throw different(
        trace,
        `${JSON.stringify(it.who)} ${it.name} ${JSON.stringify(it.args)} answers\n${JSON.stringify(seen)}, and by the rules\n${JSON.stringify(expected[1])}`,
      );
    await setTimeout(50);
  }
}

const endsWithin = ({ things }: Model, from: Date, to: Date) =>
  things.some(({ grants }) => grants.some(({ until }) => until && until >= from && until <= to));

/** The steps that led there: a run with the same seed takes them again. */
const different = (trace: readonly string[], what: string) =>
  new Error(`${what}\nafter ${trace.length} steps, the last of them\n${trace.slice(-12).join('\n')}`);
