import { setTimeout } from 'node:timers/promises';
import { verifyLog } from '../../src/storage/verification.ts';
import { notAsKept } from '../support/derived.ts';
import { postgresOf, type Running } from '../support/running.ts';
import { at, byMcp, byRest, type Caller } from './caller.ts';
import { type Installation, isReady, type Standing, until } from './installation.ts';
import { type Random, seeded } from './seeded.ts';
import { type Writer, writer } from './writer.ts';

const names = ['ada', 'bo', 'cy', 'di'];

/** What dies: the server, PostgreSQL's first process, one that serves a connection, all of PostgreSQL's, or everything at once. */
const victims = ['server', 'postmaster', 'backend', 'postgres', 'everything'] as const;
type Victim = (typeof victims)[number];

/**
 * Kills the server or its PostgreSQL in the middle of writes, again and again: what was acknowledged is there afterwards, what was
 * not is there wholly or not at all and can be completed once, what is kept for lists holds, and the log's chain verifies. A server that
 * is started again brings its PostgreSQL along, where that was killed too; the last one goes on.
 */
export async function kills({ here, server: first }: Standing, { seed, rounds }: { seed: number; rounds: number }) {
  const random = seeded(seed);
  const figures = {
    rounds: 0,
    acknowledged: 0,
    unanswered: 0,
    done: 0,
    readBack: 0,
    slowestRecovery: 0,
    killed: {} as Record<string, number>,
  };
  const known = await idsIn(here);
  const keys = names.map((name) => here.keys[name] as string);
  const writers = names.map((name) => writer(name, others(name), random.another()));
  let server = first;
  for (let round = 0; round < rounds; round++) {
    const victim = round < victims.length ? (victims[round] as Victim) : random.pick(victims);
    await writeUntilKilled({ here, server, keys, writers, random, victim });
    const since = performance.now();
    if (victim === 'server' || victim === 'everything') server = await here.serve(here.embedded);
    await until('it recovers by itself', isReady(server.address));
    figures.slowestRecovery = Math.max(figures.slowestRecovery, Math.round(performance.now() - since));
    for (const [i, it] of writers.entries()) {
      const call = byRest(at(server.address), keys[i] as string);
      figures.unanswered += it.pending() ? 1 : 0;
      figures.done += (await it.settle(call, isKept(here))) === 'done' ? 1 : 0;
      figures.readBack += await it.verify(call);
    }
    await expectWhole(here, known);
    figures.killed[victim] = (figures.killed[victim] ?? 0) + 1;
    figures.rounds++;
  }
  figures.acknowledged = writers.reduce((sum, it) => sum + it.acknowledged(), 0);
  await expectOnce(here, known, writers);
  return { ...figures, code: (await server.end()).code };
}

const others = (who: string) => names.filter((it) => it !== who).map((it) => `${it}@acme.test`);

/** Whether the write that bore this key was committed: the key is claimed in its transaction. */
const isKept =
  ({ sql, world: { organization } }: Installation) =>
  async (key: string) =>
    (await sql('select from idempotency where organization_id = $1 and key = $2', [organization, key])).length > 0;

interface Round {
  readonly here: Installation;
  readonly server: Running;
  readonly keys: readonly string[];
  readonly writers: readonly Writer[];
  readonly random: Random;
  readonly victim: Victim;
}

async function writeUntilKilled({ here, server, keys, writers, random, victim }: Round): Promise<void> {
  const service = at(server.address);
  let isOver = false;
  const calls: Caller[] = await Promise.all(
    keys.map(async (key, i) => (i % 2 ? byRest(service, key) : (await byMcp(service, key)).call)),
  );
  const writing = writers.map((it, i) => it.write(calls[i] as Caller, () => isOver));
  const failed = Promise.all(writing);
  const soFar = () => writers.reduce((sum, it) => sum + it.acknowledged(), 0);
  const enough = soFar() + random.below(60);
  while (soFar() < enough) await Promise.race([failed, setTimeout(1)]);
  await setTimeout(random.between(0, 20));
  kill(here, server, victim, random);
  // Where one connection alone was cut, the others would write on.
  await Promise.race([failed, setTimeout(50)]);
  isOver = true;
  await failed;
}

function kill({ home }: Installation, { pid }: Running, victim: Victim, random: Random): void {
  const [postmaster, ...backends] = postgresOf(home);
  const dying: Record<Victim, readonly (number | undefined)[]> = {
    server: [pid],
    postmaster: [postmaster],
    backend: [random.pick(backends)],
    postgres: [postmaster, ...backends],
    everything: [pid, postmaster, ...backends],
  };
  for (const it of dying[victim]) {
    try {
      if (it) process.kill(it, 'SIGKILL');
    } catch {
      // It went by itself meanwhile.
    }
  }
}

/** The log's chain follows, what is kept for lists is what it would be anew, and each revision is there with its entry in the log. */
async function expectWhole({ owner, sql, world: { organization } }: Installation, known: readonly string[]) {
  const wrong = [
    ...(await verifyLog(owner, {})).filter(({ faults }) => faults > 0),
    ...(await notAsKept(sql, organization)),
    ...(await sql(
      `select r.id, r.name, r.revision, n.revisions, n.newest, l.entries from resource r
         cross join lateral (select count(*)::int as revisions, max(number) as newest from revision v where v.organization_id = r.organization_id and v.resource_id = r.id) n
         cross join lateral (select count(*)::int as entries from activity a where a.organization_id = r.organization_id and a.entity_id = r.id
           and a.outcome = 'allow' and a.action in ('resource.create', 'resource.edit')) l
       where r.organization_id = $1 and r.id <> all($2::uuid[]) and (n.revisions <> r.revision or n.newest <> r.revision or l.entries <> r.revision)`,
      [organization, known],
    )),
  ];
  if (wrong.length > 0) throw new Error(`not whole: ${JSON.stringify(wrong.slice(0, 3))}`);
}

/** Nothing was made twice, and nothing that no one knows of. */
async function expectOnce(here: Installation, known: readonly string[], writers: readonly Writer[]): Promise<void> {
  const made = (await idsIn(here)).length - known.length;
  const acknowledged = writers.reduce((sum, { things }) => sum + things.size, 0);
  if (made !== acknowledged) throw new Error(`${acknowledged} were made, and ${made} are there`);
}

const idsIn = async ({ sql, world: { organization } }: Installation): Promise<string[]> =>
  (await sql('select id from resource where organization_id = $1', [organization])).map(({ id }) => id);
