import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Guard, Line } from './line.ts';
import { lines } from './lines.ts';
import { filesShowing, titlesShowing } from './marks.ts';

/**
 * `npm run guards` takes each guard of the security list out, one at a time, in a copy of the project, runs that line's tests until one
 * fails, and expects that; before, all of them have to pass as the code is. `-- --only 8` asks one line alone.
 */
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const wanted = lines.filter(({ line }) => !values.only || values.only.includes(String(line)));
const root = join(import.meta.dirname, '../../..');
// What a test waits for takes longer than what it does, so that two at once take little longer than one.
const copies = [copied(), copied()] as const;
const left = wanted.flatMap((it) => it.guards.map((guard) => ({ ...it, guard })));
const count = left.length;
const failures: string[] = [];
let noticed = 0;

try {
  const asIs = await run(copies[0], wanted);
  for (const { line } of wanted) failures.push(...failing(line, asIs).map((it) => `${line}: as the code is, ${it}`));
  if (failures.length === 0) await Promise.all(copies.map(takenOut));
  process.stdout.write(failures.map((it) => `${it}\n`).join(''));
  process.stdout.write(`${wanted.length} lines, ${count} guards: ${noticed} were noticed.\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  for (const it of copies) rmSync(it, { recursive: true, force: true });
}

/** Every file that git knows or would, beside the packages that are installed here. */
function copied(): string {
  const to = mkdtempSync(join(tmpdir(), 'postern-guards-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of listed.toString().split('\0').filter(Boolean))
    cpSync(join(root, file), join(to, file), { recursive: true });
  for (const packages of ['node_modules', 'test/peers/node_modules'])
    symlinkSync(join(root, packages), join(to, packages));
  return to;
}

/** Takes out one after another of those that are left. */
async function takenOut(copy: string): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) {
    const { line, guard } = next;
    const tests = await withoutGuard(copy, guard, () => run(copy, [next as Line], '--bail=1'));
    const failed = tests.find(({ status }) => status === 'failed');
    process.stdout.write(`${line}: ${guard.file} ${guard.does}: ${failed?.fullName ?? 'NOT NOTICED'}\n`);
    if (failed) noticed++;
    else failures.push(`${line}: no test fails where ${guard.file} no longer ${guard.does}.`);
  }
}

async function withoutGuard<T>(copy: string, { file, from, to }: Guard, work: () => Promise<T>): Promise<T> {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return work().finally(() => writeFileSync(path, text));
}

interface Test {
  readonly fullName: string;
  readonly status: string;
}

/** A test that ran and failed counts; a file that could not even be loaded does not, since that shows nothing of a guard. */
async function run(copy: string, those: readonly Line[], ...more: string[]): Promise<readonly Test[]> {
  const numbers = those.map(({ line }) => line);
  const files = new Set(numbers.flatMap(filesShowing));
  const report = join(copy, '.report/guards.json');
  rmSync(report, { force: true });
  const words = ['vitest', 'run', ...files, '-t', titlesShowing(...numbers), ...more];
  const reporting = ['--reporter=json', `--outputFile.json=${report}`];
  await once(spawn('npx', [...words, ...reporting], { cwd: copy, stdio: 'ignore' }), 'exit');
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: { assertionResults: Test[] }[] };
  return testResults.flatMap(({ assertionResults }) => assertionResults);
}

/** What is wrong with a line's tests before anything is taken out. */
function failing(line: number, tests: readonly Test[]): readonly string[] {
  const its = tests.filter(({ fullName }) => new RegExp(titlesShowing(line)).test(fullName));
  if (its.length === 0) return ['no test of it runs.'];
  return its.filter(({ status }) => status !== 'passed').map(({ fullName }) => `this fails: ${fullName}`);
}
