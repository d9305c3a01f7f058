import { globSync, readFileSync } from 'node:fs';

/** Of each test that shows a line: `… (security 8)`, or of several `… (security 8, 32)`. */
const mark = /\(security ([\d, ]+)\)/g;

const marked = globSync('test/**/*.test.ts', { exclude: ['**/node_modules/**', 'test/peers/**'] })
  .sort()
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  .map(({ file, text }) => ({
    file,
    lines: new Set([...text.matchAll(mark)].flatMap(([, those = '']) => those.split(',').map(Number))),
  }));

/** The test files whose titles say that they show a line. */
export const filesShowing = (line: number): string[] =>
  marked.flatMap(({ file, lines }) => (lines.has(line) ? [file] : []));

/** What vitest takes to run just the tests that show one of these lines. */
export const titlesShowing = (...lines: readonly number[]): string => `\\(security (\\d+, )*(${lines.join('|')})[,)]`;
