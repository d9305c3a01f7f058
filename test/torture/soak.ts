import { Difference, play } from './play.ts';
import { seeded } from './seeded.ts';
import type { Stage } from './settled-land.ts';
import { told } from './shrinking.ts';

/** How many organizations at once; in each, one writes at a time and several read. */
const worlds = 4;
/** How many steps are taken in each before another is made. */
const steps = 150;

/**
 * Random agents in random organizations, through both doors of a real server. After each call what was answered is compared with a model
 * in memory that is written from SPEC: outcome, code, level and path, lists and totals, boxes, and what people were told. Where they
 * differ, what led there is made as short as it gets.
 */
export async function soak({ seed, seconds }: { seed: number; seconds: number }, stage: Stage) {
  const random = seeded(seed);
  const figures = { worlds: 0, writes: 0, refused: 0, looks: 0, replays: 0, ambiguous: 0, done: {} };
  const until = performance.now() + 1000 * seconds;
  let isStopped = false;
  const isOver = () => isStopped || performance.now() > until;
  try {
    await Promise.all(
      Array.from({ length: worlds }, async () => {
        const own = random.another();
        while (!isOver()) {
          const plot = { land: own.below(2 ** 31), steps: Array.from({ length: steps }, () => own.below(2 ** 32)) };
          figures.worlds++;
          await play(stage, plot, { figures, isOver });
        }
      }),
    );
    return figures;
  } catch (thrown) {
    isStopped = true;
    throw thrown instanceof Difference
      ? await told(stage, thrown, seed)
      : new Error(`soak: seed ${seed}`, { cause: thrown });
  }
}
