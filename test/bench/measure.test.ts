import { expect, test } from 'vitest';
import { grown, isKept } from '../../bench/measure.ts';

const growth = 1.5;

test('a figure at a larger size is held to its multiple of the same at the smaller one', () => {
  const small = [
    { question: 'a check', figure: 1.2, growth },
    { question: 'first page', figure: 4, bound: 6, growth },
  ];
  const large = [
    { question: 'first page', figure: 6.4, bound: 6, growth },
    { question: 'a check', figure: 1.5, growth },
    { question: 'page 41', figure: 60 },
  ];
  const figures = grown(small, large);
  expect(figures.map(({ question, figure, bound }) => [question, figure, bound])).toEqual([
    ['first page', 1.6, 1.5],
    ['a check', 1.25, 1.5],
  ]);
  expect(figures.map(isKept)).toEqual([false, true]);
});

test('what was not asked of the smaller one keeps no bound, since nothing is known of it', () => {
  expect(grown([], [{ question: 'a check', figure: 1, growth }]).map(isKept)).toEqual([false]);
});
