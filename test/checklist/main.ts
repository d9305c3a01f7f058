import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inOrder, type Line, type Row, tell } from './checklist.ts';

/**
 * `npm run checklist`: which features the last run of the tests showed, and by which tests; ends with 1 where one that had a test lost it.
 * `-- -u` adds what is shown now to the committed list; `-- --remove 001-18` takes a row out of it, one by one; `-- --brief` leaves out the rows.
 */
const { values } = parseArgs({
  options: {
    update: { type: 'boolean', short: 'u', default: false },
    remove: { type: 'string', multiple: true, default: [] },
    brief: { type: 'boolean', default: false },
    report: { type: 'string', default: '.report/tests.json' },
    shown: { type: 'string', default: 'test/checklist/shown.json' },
    tests: { type: 'string', default: 'test' },
  },
});
const root = join(import.meta.dirname, '../..');
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
process.chdir(root);

const { said, failed } = existsSync(values.report)
  ? checked()
  : { said: [`There is no report of a test run at ${values.report}: run \`npm test\` first.`], failed: true };
process.stdout.write(`${said.join('\n')}\n`);
process.exitCode = failed ? 1 : 0;

function checked(): { said: readonly string[]; failed: boolean } {
  const rows: Row[] = read('test/checklist/rows.json');
  const before: string[] = read(values.shown).filter((row: string) => !values.remove.includes(row));
  const files = globSync(`${values.tests}/**/*.test.ts`, { exclude: ['**/node_modules/**', 'test/peers/**'] });
  const { lines, lost, errors, absent } = tell(rows, before, read(values.report), files, root);
  const shown = lines.filter(({ result }) => result === 'shown').map(({ row }) => row);
  const failing = lines.filter(({ result }) => result === 'failed');

  const isPart = absent.length > 0;
  if (values.update || values.remove.length) {
    const kept = inOrder(values.update ? [...before, ...shown] : before);
    writeFileSync(values.shown, `${JSON.stringify(kept, null, 2)}\n`);
  }
  const said = [
    ...(values.brief ? [] : [...lines.map(lineOf), '']),
    `${shown.length} of ${rows.length} rows are shown by tests that passed.`,
    ...listed('Only in a browser, and by no test yet', lines.filter(isOnlyInBrowser)),
    ...listed(
      'Missing',
      lines.filter((it) => it.result === 'missing' && !isOnlyInBrowser(it)),
    ),
    ...listed('Failed', failing),
    ...errors,
    ...(isPart
      ? [`The report is of a part of the tests: ${absent.length} files are not in it, like ${absent[0]}.`]
      : []),
    ...(!isPart && lost.length ? [`Lost: ${lost.join(', ')} had a test that passed, and has none now.`] : []),
  ];
  const isIncomplete = isPart ? !values.update : lost.length > 0;
  return { said, failed: errors.length > 0 || failing.length > 0 || isIncomplete };
}

function listed(what: string, those: readonly Line[]): string[] {
  return those.length ? [`${what}: ${those.map(({ row }) => row).join(', ')}.`] : [];
}

function isOnlyInBrowser({ seen, result }: Line): boolean {
  return seen === 'studio' && result === 'missing';
}

function lineOf({ row, feature, rule, result, because, tests }: Line): string {
  const own = result === 'missing' && because ? `in a browser only: ${because}` : result;
  return [
    `${row.padEnd(7)} ${feature} [${rule}]: ${own}`,
    ...tests.map(({ file, title, status }) => `          ${status} ${file}: ${title}`),
  ].join('\n');
}
