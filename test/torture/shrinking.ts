import { Difference, type Plot, play } from './play.ts';
import type { Stage } from './settled-land.ts';

/** How long a shorter way to a difference is looked for, in milliseconds. */
const patience = 90_000;

/** The difference with the shortest trace that is found in time: step by step is left out, as long as there is still one. */
export async function told(stage: Stage, first: Difference, seed: number): Promise<Error> {
  const until = performance.now() + patience;
  let best = first;
  for (let size = Math.ceil(best.plot.steps.length / 2); size >= 1 && performance.now() < until; ) {
    const before = best.plot.steps.length;
    for (let at = 0; at < best.plot.steps.length && performance.now() < until; ) {
      const { land, steps } = best.plot;
      const found = await differing(stage, { land, steps: steps.toSpliced(at, size) });
      if (found) best = found;
      else at += size;
    }
    if (size === 1 && best.plot.steps.length === before) break;
    size = Math.max(1, Math.floor(size / 2));
  }
  const steps = `${best.plot.steps.length} of ${first.plot.steps.length} steps`;
  return new Error(
    `soak: seed ${seed}: ${best.message}\nafter ${steps} in the land ${best.plot.land}, ${JSON.stringify(best.plot.steps)}:\n${best.trace.join('\n')}`,
  );
}

async function differing(stage: Stage, plot: Plot): Promise<Difference | undefined> {
  try {
    await play(stage, plot);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Difference) return thrown;
    throw thrown;
  }
}
