/** The middle of so many runs of each, in ms, taken in turn so that a noisy moment falls on all alike. */
export async function medians<K extends string>(
  runs: number,
  ways: Record<K, () => Promise<unknown>>,
): Promise<Record<K, number>> {
  const names = Object.keys(ways) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let run = -Math.ceil(runs / 10); run < runs; run++) {
    for (const name of names) {
      const start = performance.now();
      await ways[name]();
      if (run >= 0) times[name].push(performance.now() - start);
    }
  }
  return Object.fromEntries(names.map((name) => [name, middle(times[name])])) as Record<K, number>;
}

export const middle = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

/** One line of a report: what was measured, what it came to, and the bound that it is held to. */
export interface Figure {
  readonly question: string;
  readonly figure: number;
  readonly bound?: number;
  /** How many times itself it may be in a database that is ten times as large. */
  readonly growth?: number;
  readonly note?: string;
}

/** What became of figures in a larger database, as multiples of those in a smaller one. */
export const grown = (small: readonly Figure[], larger: readonly Figure[]): Figure[] =>
  larger.flatMap(({ question, figure, growth }) => {
    if (growth === undefined) return [];
    const before = small.find((it) => it.question === question)?.figure ?? Number.NaN;
    const note = `${figure.toFixed(2)}, before ${before.toFixed(2)}`;
    return [{ question, figure: figure / before, bound: growth, note }];
  });

/** Whether a figure keeps its bound; one that could not be told does not. */
export const isKept = ({ figure, bound }: Pick<Figure, 'figure' | 'bound'>): boolean =>
  bound === undefined || figure <= bound;

/** Prints figures as a table and answers whether all keep their bounds. */
export function report(title: string, figures: readonly Figure[]): boolean {
  process.stdout.write(`\n${title}\n`);
  for (const { question, figure, bound, note } of figures) {
    const verdict = bound === undefined ? '' : `${isKept({ figure, bound }) ? '≤' : 'OVER'} ${bound}`;
    process.stdout.write(
      `  ${question.padEnd(55)} ${figure.toFixed(2).padStart(9)}  ${verdict.padEnd(10)} ${note ?? ''}\n`,
    );
  }
  return figures.every(isKept);
}
