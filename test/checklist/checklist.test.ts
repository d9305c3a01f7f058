import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { dataFolder, program, root } from '../support/program.ts';
import { inOrder, type Report, type Row, tell } from './checklist.ts';

const rows: Row[] = JSON.parse(readFileSync(join(import.meta.dirname, 'rows.json'), 'utf8'));

let folder: string;
beforeEach(() => {
  folder = dataFolder();
});

/** A report of one file, this one, that has tests of these titles. */
const reported = (tests: Readonly<Record<string, string>>): Report => ({
  testResults: [
    {
      name: import.meta.filename,
      status: 'passed',
      assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
    },
  ],
});

/** Runs the program on a report and a list of rows shown, as if this folder's were all the tests. */
async function checklist(report: Report | undefined, before: readonly string[], ...words: string[]) {
  const paths = { report: join(folder, 'report.json'), shown: join(folder, 'shown.json') };
  if (report) writeFileSync(paths.report, JSON.stringify(report));
  writeFileSync(paths.shown, JSON.stringify(before));
  const ran = await program([
    'test/checklist/main.ts',
    ...['--report', paths.report, '--shown', paths.shown, '--tests', 'test/checklist'],
    ...words,
  ]);
  return { ...ran, shown: JSON.parse(readFileSync(paths.shown, 'utf8')) };
}

test('it has every row once, in order, and says of each that takes a browser why', () => {
  expect(rows).toHaveLength(122);
  const numbers = rows.map(({ row }) => row);
  expect(numbers).toEqual(inOrder(numbers));
  expect(rows.filter(({ seen, because }) => (seen === 'studio') !== (because !== undefined))).toEqual([]);
});

describe('npm run checklist', () => {
  test('prints each row with its feature, its tests and their result, and what is missing', async () => {
    const ran = await checklist(reported({ 'an approved request promotes (REQ-3, 001-18)': 'passed' }), ['001-18']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(
      '001-18  Approve: Private is promoted to Shared [REQ-3]: shown\n          passed test/checklist/checklist.test.ts: an approved request promotes (REQ-3, 001-18)\n',
    );
    expect(ran.stdout).toContain('1 of 122 rows are shown by tests that passed.');
    expect(ran.stdout).toMatch(/^Missing: 000-1, 000-2, .*001-17, 001-19,/m);
    expect(ran.stdout).toMatch(/^Only in a browser, and by no test yet: 001-5, 001-8,/m);
  });

  test.each<[string, Record<string, string>]>([
    ['its test is gone', { 'something else (REQ-3)': 'passed' }],
    ['its test bears it no more', { 'an approved request promotes (REQ-3)': 'passed' }],
    ['its test is skipped', { 'an approved request promotes (001-18)': 'skipped' }],
    ['its test fails', { 'an approved request promotes (001-18)': 'failed' }],
    ['one of its tests fails', { 'it promotes (001-18)': 'passed', 'it promotes twice (001-18)': 'failed' }],
  ])('ends with 1 where a row that had a test lost it: %s', async (_what, tests) => {
    const ran = await checklist(reported(tests), ['001-18']);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('Lost: 001-18 had a test');
  });

  test('ends with 1 where there is no report, and where it is of a part of the tests', async () => {
    const none = await checklist(undefined, []);
    expect([none.code, none.stdout]).toEqual([1, expect.stringContaining('run `npm test` first')]);
    const part = await checklist({ testResults: [] }, []);
    expect([part.code, part.stdout]).toEqual([1, expect.stringContaining('The report is of a part of the tests')]);
  });

  test.each([
    ['a row that the checklist does not have', 'it promotes (REQ-3, 001-99)', 'has no row 001-99'],
    ['a range', 'it promotes (001-18..20)', 'not 001-18..20'],
    ['a range by words', 'it promotes (001-18 to 001-20)', 'not 001-18 to 001-20'],
    ['a row out of parentheses', '001-18 it promotes', 'not 001-18'],
  ])('ends with 1 where a title names %s', async (_what, title, says) => {
    const ran = await checklist(reported({ [title]: 'passed' }), []);
    expect([ran.code, ran.stdout]).toEqual([1, expect.stringContaining(says)]);
  });

  test('-u adds what is shown, in order, and takes nothing away; taking away names each row', async () => {
    const report = reported({ 'b (002-2)': 'passed', 'a (001-18)': 'passed', 'c (000-1)': 'failed' });
    const added = await checklist(report, ['001-3', '001-17'], '-u');
    expect(added.shown).toEqual(['001-3', '001-17', '001-18', '002-2']);
    const removed = await checklist(report, added.shown, '--remove', '001-3', '--remove', '001-17');
    expect(removed.shown).toEqual(['001-18', '002-2']);
  });
});

test('what is seen only in a browser is shown by a test in one, and by no other', () => {
  const result = (file: string) =>
    tell(
      rows,
      [],
      {
        testResults: [
          {
            name: join(root, file),
            status: 'passed',
            assertionResults: [{ fullName: 'a locked card (001-11)', status: 'passed' }],
          },
        ],
      },
      [],
      root,
    ).lines.find(({ row }) => row === '001-11');
  expect(result('test/tools/listing.test.ts')).toMatchObject({ result: 'missing', tests: [{ status: 'passed' }] });
  expect(result('test/studio/cards.test.ts')).toMatchObject({ result: 'shown' });
});

test('a title’s rows are read within parentheses, beside rules, from its suites as well; dates are none', () => {
  const { lines, errors } = tell(
    rows,
    [],
    reported({ 'sharing (002-1) of 2026-07-28 opens (GRP-4, 002-3, 002-4)': 'passed' }),
    [],
    root,
  );
  expect(lines.filter(({ result }) => result === 'shown').map(({ row }) => row)).toEqual(['002-1', '002-3', '002-4']);
  expect(errors).toEqual([]);
});
