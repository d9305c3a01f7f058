import { parseArgs } from 'node:util';
import { bodies } from './bodies.ts';
import { at } from './caller.ts';
import { clocks, shifted } from './clocks.ts';
import { diskFull } from './disk-full.ts';
import { frozen } from './frozen.ts';
import { installation, type Standing, standing } from './installation.ts';
import { kills } from './kills.ts';
import { outage } from './outage.ts';
import { pool } from './pool.ts';
import { rolls } from './rolls.ts';
import { seedOf } from './seeded.ts';
import { stageOn } from './settled-land.ts';
import { slow } from './slow.ts';
import { soak } from './soak.ts';
import { streams } from './streams.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
  },
});
const seed = seedOf(values.seed);
const rounds = Number(values.rounds ?? 100);
const secondsOr = (usual: number) => Number(values.seconds ?? usual);

/** Every fault in full, by name. */
const faults: Readonly<Record<string, () => Promise<object>>> = {
  kills: () => alone((it) => kills(it, { seed, rounds })),
  soak: () => soaking(secondsOr(600)),
  streams: () => alone((it) => streams(it, 10_000)),
  slow: () => alone((it) => slow(it, { count: 500, seconds: secondsOr(60) })),
  bodies: () => alone((it) => bodies(it, 20)),
  'disk full': () => alone(diskFull),
  clocks: () => alone(clocks, shifted(3)),
  pool: () => alone((it) => pool(it, 200)),
  outage: () => alone((it) => outage(it, secondsOr(60))),
  frozen: () => alone(({ here, server }) => frozen(here, at(server.address))),
  roll: () => alone(({ here }) => rolls(here, Number(values.rounds ?? 5))),
};

/** On a server of its own, which has to end in order. */
async function alone<T extends object>(run: (it: Standing) => Promise<T>, settings = {}): Promise<T> {
  const it = await standing(settings);
  try {
    return { ...(await run(it)), ended: await it.end() };
  } finally {
    await it.here.remove();
  }
}

/** On a server of its own, that does nothing else. */
async function soaking(seconds: number) {
  const here = await installation({ people: { ada: 'admin' } }, { fsync: 'off' });
  const sql = await here.entered();
  try {
    const server = await here.serve(here.own);
    return await soak({ seed, seconds }, stageOn(sql, at(server.address)));
  } finally {
    await sql.end();
    await here.remove();
  }
}

process.stdout.write(`seed ${seed}\n`);
let failed = 0;
for (const [name, run] of Object.entries(faults)) {
  if (values.only && !values.only.split(',').includes(name)) continue;
  const since = performance.now();
  const took = () => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  try {
    const figures = await run();
    process.stdout.write(`${name}: ${JSON.stringify(figures)} in ${took()}\n`);
    const { unclear = [], unserved = [], wrong = [] } = figures as Partial<Record<string, unknown[]>>;
    if ([...unclear, ...unserved, ...wrong].length > 0) throw new Error('It is not as it should be.');
  } catch (thrown) {
    failed++;
    process.stdout.write(`${name}: failed after ${took()}\n`);
    process.stderr.write(
      `${(thrown as Error).stack}\n${String(((thrown as Error).cause as Error | undefined)?.stack ?? '')}\n`,
    );
  }
}
process.exitCode = failed > 0 ? 1 : 0;
