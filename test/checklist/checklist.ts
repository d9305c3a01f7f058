import { relative } from 'node:path';

/** A feature that the sources name, and where it is seen. */
export interface Row {
  readonly row: string;
  readonly feature: string;
  readonly rule: string;
  /** `door`: through MCP, REST or the command line. `studio`: only in a browser, `because` says why. */
  readonly seen: 'door' | 'studio';
  readonly because?: string;
}

/** What vitest's JSON reporter says of a run, as far as it is read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A test whose title bears a row. */
export interface Bearer {
  readonly file: string;
  readonly title: string;
  readonly status: string;
}

/** `shown`: a test passed and none failed. `failed`: one did not pass. `missing`: no test that counts bears it. */
export interface Line extends Row {
  readonly tests: readonly Bearer[];
  readonly result: 'shown' | 'failed' | 'missing';
}

export interface Told {
  readonly lines: readonly Line[];
  /** Rows that had a test, by the committed list, and have none that passes. */
  readonly lost: readonly string[];
  /** Titles whose rows can't be read, or name none, each as a sentence. */
  readonly errors: readonly string[];
  /** Test files that the report does not speak of. */
  readonly absent: readonly string[];
}

/** What a run shows of the checklist, beside what the committed list says was shown before. */
export function tell(
  rows: readonly Row[],
  before: readonly string[],
  report: Report,
  files: readonly string[],
  root: string,
): Told {
  const known = new Set(rows.map(({ row }) => row));
  const tests = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ file: relative(root, name), title: fullName, status })),
  );
  const lines = rows.map((it): Line => {
    const bearing = tests.filter(({ title }) => rowsIn(title).rows.includes(it.row));
    const counted = it.seen === 'studio' ? bearing.filter(({ file }) => file.startsWith(inBrowser)) : bearing;
    return { ...it, tests: bearing, result: resultOf(counted) };
  });
  const shown = new Set(lines.filter(({ result }) => result === 'shown').map(({ row }) => row));
  const spoken = new Set(report.testResults.map(({ name }) => relative(root, name)));
  return {
    lines,
    lost: before.filter((row) => !shown.has(row)),
    errors: [
      ...tests.flatMap(({ file, title }) => {
        const { rows: borne, unread } = rowsIn(title);
        return [
          ...borne.filter((row) => !known.has(row)).map((row) => `${file}: the checklist has no row ${row}: ${title}`),
          ...unread.map((text) => `${file}: rows are named one by one, like (001-18, 001-19), not ${text}: ${title}`),
        ];
      }),
      ...before.filter((row) => !known.has(row)).map((row) => `The list of rows shown names ${row}, which is no row.`),
    ],
    absent: files.filter((file) => !spoken.has(file)),
  };
}

/** Rows in their order, first by document, then by number. */
export const inOrder = (rows: Iterable<string>): string[] =>
  [...new Set(rows)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

const resultOf = (bearing: readonly Bearer[]): Line['result'] => {
  if (bearing.some(({ status }) => status === 'failed')) return 'failed';
  if (bearing.some(({ status }) => status === 'passed')) return 'shown';
  return bearing.length ? 'failed' : 'missing';
};

/** Where tests look at the Studio in a browser; what is only seen there is shown by no other. */
const inBrowser = 'test/studio/';

const isRow = /^\d{3}-\d{1,2}$/;
const looksLikeOne = /(?<![\d-])\d{3}-\d{1,2}(?![\d-])/;

/** The rows that a title bears, each by itself within parentheses, and what looks like rows and is not read. */
function rowsIn(title: string): { rows: string[]; unread: string[] } {
  const items = [...title.matchAll(/\(([^()]*)\)/g)].flatMap(([, inner = '']) =>
    inner.split(',').map((it) => it.trim()),
  );
  const outside = title.replaceAll(/\([^()]*\)/g, '');
  return {
    rows: items.filter((it) => isRow.test(it)),
    unread: [
      ...items.filter((it) => !isRow.test(it) && looksLikeOne.test(it)),
      ...(looksLikeOne.exec(outside) ?? []).map(String),
    ],
  };
}
