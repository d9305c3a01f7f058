import { expect, test } from 'vitest';
import { compare } from '../../bench/mann-whitney.ts';

test('U and p are those of the textbook example', () => {
  // Ages at which diabetes was found, as SciPy's documentation works them out: U is 17 of 20.
  const { auc, p } = compare([19, 22, 16, 29, 24], [20, 11, 17, 12]);
  expect(auc).toBe(17 / 20);
  expect(p).toBeCloseTo(0.11134688653314041, 6);
});

test('ties are halved, and count towards p', () => {
  const { auc, p } = compare([1, 2, 2, 3, 5, 5], [2, 4, 4, 5, 6, 7, 7]);
  expect(auc).toBe(9 / 42);
  expect(p).toBeCloseTo(0.09573338486463373, 6);
});

test('it does not matter which of the two is called which', () => {
  const [a, b] = [
    [3, 1, 4, 1, 5],
    [9, 2, 6, 5, 3, 5],
  ];
  const [there, back] = [compare(a, b), compare(b, a)];
  expect(back.auc).toBeCloseTo(1 - there.auc, 12);
  expect(back.p).toBeCloseTo(there.p, 12);
});

test('a twentieth of the spread is found in 2,000 of each, and the same twice is not', () => {
  const spread = Array.from({ length: 2000 }, (_, i) => ((i * 617) % 2000) / 2000);
  expect(compare(spread, spread)).toEqual({ auc: 0.5, p: 1 });
  const later = compare(
    spread.map((it) => it + 0.05),
    spread,
  );
  expect(later.auc).toBeCloseTo(0.55, 2);
  expect(later.p).toBeLessThan(1e-6);
});

test('where all is one value, nothing is told apart', () => {
  expect(compare([1, 1, 1], [1, 1])).toEqual({ auc: 0.5, p: 1 });
});
