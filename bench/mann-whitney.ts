/** How far two samples can be told apart by their order alone. */
export interface Comparison {
  /** The chance that one of `a` is larger than one of `b`, ties halved: 0.5 where nothing tells them apart. */
  readonly auc: number;
  /** Two-sided, by the normal approximation with ties and continuity corrected. */
  readonly p: number;
}

/** The Mann-Whitney U test; for samples of 20 and more, as the approximation asks. */
export function compare(a: readonly number[], b: readonly number[]): Comparison {
  const all = [...a.map((value) => ({ value, isA: true })), ...b.map((value) => ({ value, isA: false }))];
  all.sort((x, y) => x.value - y.value);
  let ranks = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    const tied = to - from;
    ties += tied ** 3 - tied;
    for (const { isA } of all.slice(from, to)) if (isA) ranks += (from + 1 + to) / 2;
    from = to;
  }
  const pairs = a.length * b.length;
  const u = ranks - (a.length * (a.length + 1)) / 2;
  const n = all.length;
  const deviation = Math.sqrt((pairs / 12) * (n + 1 - ties / (n * (n - 1))));
  const z = Math.max(0, Math.abs(u - pairs / 2) - 0.5) / deviation;
  return { auc: u / pairs, p: deviation === 0 ? 1 : Math.min(1, complementaryError(z / Math.SQRT2)) };
}

/** erfc for x ≥ 0, to seven digits (Numerical Recipes, 6.2). */
function complementaryError(x: number): number {
  const t = 1 / (1 + x / 2);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  return t * Math.exp(-x * x + terms.reduceRight((sum, term) => sum * t + term));
}
