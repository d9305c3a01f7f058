import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { described } from './described.ts';
import { lines } from './lines.ts';
import { filesShowing } from './marks.ts';

test('every line of the list has a guard that is in the code, and a test that bears its number', () => {
  expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: 33 }, (_, i) => i + 1));
  for (const { line, guards } of lines) {
    expect(guards, `guards of line ${line}`).not.toEqual([]);
    expect(filesShowing(line), `tests of line ${line}`).not.toEqual([]);
    for (const { file, does, from, to } of guards) {
      expect(readFileSync(file, 'utf8').split(from).length - 1, `how often ${file} ${does}`).toBe(1);
      expect(to, `${file} without: ${does}`).not.toBe(from);
    }
  }
});

test('docs/security.md says which line is kept where, and shown by which test', async () => {
  await expect(described()).toMatchFileSnapshot('../../../docs/security.md');
});
