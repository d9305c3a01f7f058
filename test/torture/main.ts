import { parseArgs } from 'node:util';
import { kills } from './kills.ts';
import { outage } from './outage.ts';
import { seedOf } from './seeded.ts';
import { soak } from './soak.ts';

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
  outage: () => outage({ seconds: secondsOr(60) }),
};

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
