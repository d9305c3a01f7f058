import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Guard, Line } from './line.ts';
import { lines } from './lines.ts';
import { filesShowing, titlesShowing } from './marks.ts';

/**
 * `npm run guards` takes each guard of the security list out, one at a time, in a copy of the project, runs that line's tests, and
 * expects one to fail; before that, they have to pass as the code is. `-- --only 8` asks one line alone.
 */
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const wanted = lines.filter(({ line }) => !values.only || values.only.includes(String(line)));
const root = join(import.meta.dirname, '../../..');
const copy = copied();

try {
  const failures = wanted.flatMap(tried);
  const guards = wanted.flatMap((it) => it.guards).length;
  process.stdout.write(`${failures.join('\n')}${failures.length ? '\n' : ''}`);
  process.stdout.write(`${wanted.length} lines, ${guards} guards: ${guards - failures.length} were noticed.\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true, force: true });
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

function tried({ line, expects, guards }: Line): string[] {
  process.stdout.write(`${line} ${expects}\n`);
  const whole = run(line);
  if (whole.failed > 0 || whole.passed === 0) return [`${line}: its tests do not pass as the code is.`];
  return guards.flatMap((guard) => {
    const without = withoutGuard(guard, () => run(line));
    const said =
      without.failed > 0 ? `noticed, by ${without.failed} of ${without.failed + without.passed}` : 'NOT NOTICED';
    process.stdout.write(`   ${said}: ${guard.file} ${guard.does}\n`);
    return without.failed > 0 ? [] : [`${line}: no test fails where ${guard.file} no longer ${guard.does}.`];
  });
}

function withoutGuard<T>({ file, from, to }: Guard, work: () => T): T {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    return work();
  } finally {
    writeFileSync(path, text);
  }
}

/** A test that ran and failed counts; a file that could not even be loaded does not, since that shows nothing of a guard. */
function run(line: number): { passed: number; failed: number } {
  const report = join(copy, '.report/guards.json');
  rmSync(report, { force: true });
  const words = ['vitest', 'run', ...filesShowing(line), '-t', titlesShowing(line)];
  spawnSync('npx', [...words, '--reporter=json', `--outputFile.json=${report}`], { cwd: copy, stdio: 'ignore' });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const statuses = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  return {
    passed: statuses.filter((it) => it === 'passed').length,
    failed: statuses.filter((it) => it === 'failed').length,
  };
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string }[] }[];
}
