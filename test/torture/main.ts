import { parseArgs } from 'node:util';
import { bodies } from './bodies.ts';
import { clocks } from './clocks.ts';
import { diskFull } from './disk-full.ts';
import { type Standing, standing } from './installation.ts';
import { kills } from './kills.ts';
import { outage } from './outage.ts';
import { pool } from './pool.ts';
import { seedOf } from './seeded.ts';
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
  kills: () => kills({ seed, rounds }),
  soak: () => soak({ seed, seconds: secondsOr(600) }),
  streams: () => alone((it) => streams(it, 10_000)),
  slow: () => alone((it) => slow(it, { count: 500, seconds: secondsOr(60) })),
  bodies: () => alone((it) => bodies(it, 20)),
  'disk full': () => alone(diskFull),
  clocks: () => alone(clocks),
  pool: () => alone((it) => pool(it, 200)),
  outage: () => alone((it) => outage(it, secondsOr(60))),
};

/** On a server of its own, which has to end in order. */
async function alone<T extends object>(run: (it: Standing) => Promise<T>): Promise<T & { code: number | null }> {
  const it = await standing();
  try {
    return { ...(await run(it)), code: await it.end() };
  } finally {
    await it.here.remove();
  }
}

process.stdout.write(`seed ${seed}\n`);
let failed = 0;
for (const [name, run] of Object.entries(faults)) {
  if (values.only && !values.only.split(',').includes(name)) continue;
  const since = performance.now();
  const took = () => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  try {
    process.stdout.write(`${name}: ${JSON.stringify(await run())} in ${took()}\n`);
  } catch (thrown) {
    failed++;
    process.stdout.write(`${name}: failed after ${took()}\n`);
    process.stderr.write(
      `${(thrown as Error).stack}\n${String(((thrown as Error).cause as Error | undefined)?.stack ?? '')}\n`,
    );
  }
}
process.exitCode = failed > 0 ? 1 : 0;
