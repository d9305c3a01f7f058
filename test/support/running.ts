import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = join(import.meta.dirname, '../..');
export const node = join(root, 'node_modules/.bin/node');

/** Where the programs lie that the run's setup joined (programs.ts); without it they run from their sources. */
const joined = process.env.TEST_PROGRAMS;
export const main = joined ? join(joined, 'main.js') : join(root, 'src/cli/main.ts');
/** A process of its own that serves standard input and output as told. */
export const child = joined
  ? join(joined, 'stdio-child.js')
  : fileURLToPath(new URL('./stdio-child.ts', import.meta.url));

export type Settings = Readonly<Record<string, string>>;

/**
 * Where what was compiled is kept. A program turns to it by itself, once its first file is compiled; where it is told before, it does not
 * load a compiler of TypeScript for that one file.
 */
export const compiled = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/postern') };

/** Of this process, only what a program needs to run at all. */
export const bare = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...compiled };

export type Running = Awaited<ReturnType<typeof running>>;

/** Starts `postern start` with these words and settings, and waits until it serves; whoever asks for it ends it. */
export const running = (words: readonly string[], settings: Settings) =>
  served(spawn(node, [main, 'start', '--port', '0', ...words], { cwd: root, env: { ...bare, ...settings } }));

/** Waits until what was started serves; it is ended by a signal to itself, or as `kill` says. */
export async function served(
  child: ChildProcessWithoutNullStreams,
  kill: (signal: NodeJS.Signals) => unknown = (signal) => child.kill(signal),
) {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const over = ended(child);
  while (!stdout.includes('Ctrl-C ends it.')) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`postern start ended with ${child.exitCode ?? child.signalCode}: ${stderr}`);
    await setTimeout(20);
  }
  return {
    pid: child.pid as number,
    address: /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? '',
    screen: stdout,
    stderr: () => stderr,
    over,
    /** Answers the exit code and how many milliseconds it took. */
    async end(signal: NodeJS.Signals = 'SIGTERM') {
      const since = performance.now();
      kill(signal);
      return { code: await over, took: performance.now() - since };
    },
  };
}

export const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.once('close', done));

/** The key that the screen shows for someone of the demo. */
export const keyOf = (screen: string, name: string): string =>
  new RegExp(`${name}@acme\\.test[^@]*?(postern_[0-9a-z]{84})`).exec(screen)?.[1] ?? '';

/** The embedded PostgreSQL of a data folder: the server first, then the processes that it started. */
export function postgresOf(folder: string): number[] {
  const first = Number.parseInt(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8'), 10);
  const parent = (pid: string) => Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  const others = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && safely(() => parent(pid)) === first);
  return [first, ...others.map(Number)];
}

function safely<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
