export type Random = ReturnType<typeof seeded>;

/** Chance that repeats: the same seed gives the same run, as far as what runs beside it lets it. */
export function seeded(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let it = Math.imul(state ^ (state >>> 15), 1 | state);
    it = (it + Math.imul(it ^ (it >>> 7), 61 | it)) ^ it;
    return ((it ^ (it >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    /** Once in so many. */
    once: (every: number): boolean => below(every) === 0,
    pick: <T>(those: readonly T[]): T => those[below(those.length)] as T,
    between: (least: number, most: number): number => least + next() * (most - least),
    /** For someone who goes on beside others. */
    another: () => seeded(below(2 ** 32)),
  };
}

/** The seed that is given, or any; it is always printed, since a run is repeated by it. */
export const seedOf = (given: string | undefined): number =>
  given === undefined || given === '' ? Math.floor(Math.random() * 2 ** 32) : Number(given);

/** What came of a run, on a line of its own; with its seed, which stands there before, it is run again. */
export async function tell<T extends object>(name: string, run: Promise<T>, seed?: number): Promise<T> {
  if (seed !== undefined) process.stdout.write(`${name}: TORTURE_SEED=${seed}\n`);
  const figures = await run;
  process.stdout.write(`${name}: ${JSON.stringify(figures)}\n`);
  return figures;
}
