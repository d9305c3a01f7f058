import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll } from 'vitest';
import { carryOut } from '../../src/cli/commands.ts';
import { calling, newClient } from './agent.ts';

export const root = join(import.meta.dirname, '../..');
const node = join(root, 'node_modules/.bin/node');
const main = join(root, 'src/cli/main.ts');

type Settings = Readonly<Record<string, string>>;

/** Of this process, only what a program needs to run at all. */
const bare = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };

const folders: string[] = [];
const running = new Set<() => Promise<unknown>>();

// Servers end in order, since each takes its PostgreSQL along.
afterAll(async () => {
  await Promise.all([...running].map((end) => end()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

/** A folder for data that is removed after the test file. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-cli-'));
  folders.push(folder);
  return folder;
}

/** Runs `postern` with these words and settings to its end, as a process of its own. */
export const spawned = (words: readonly string[], settings: Settings, input = '') =>
  program([main, ...words], settings, input);

/** The same in this process, where nothing has to start; what serves has a process of its own. */
export async function postern(words: readonly string[], settings: Settings, input = '') {
  if (words[0] === 'start' || words[0] === 'stdio') return spawned(words, settings, input);
  const { stdin, stdout, stderr } = process;
  const said = { stdout: [] as string[], stderr: [] as string[] };
  const writes = { stdout: stdout.write, stderr: stderr.write };
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = ((text: string) => said[name].push(text) > 0) as typeof stdout.write;
  Object.defineProperty(process, 'stdin', { value: Readable.from([input]), configurable: true });
  try {
    const code = await carryOut(words, { ...bare, ...settings });
    return { code, stdout: said.stdout.join(''), stderr: said.stderr.join('') };
  } finally {
    stdout.write = writes.stdout;
    stderr.write = writes.stderr;
    Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  }
}

/** Runs the project's own Node with these words to its end. */
export async function program(words: readonly string[], settings: Settings = {}, input = '') {
  const child = spawn(node, words, { cwd: root, env: { ...bare, ...settings } });
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]);
  return { code, stdout, stderr };
}

/** What a command line says as it refuses. */
export async function refused(words: readonly string[], settings: Settings) {
  const { code, stderr } = await postern(words, settings);
  return { code, says: stderr };
}

/** Starts `postern start` with these words and settings, and waits until it serves. */
export async function server(words: readonly string[], settings: Settings) {
  const child = spawn(node, [main, 'start', '--port', '0', ...words], { cwd: root, env: { ...bare, ...settings } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const over = ended(child);
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const since = performance.now();
    child.kill(signal);
    const code = await over;
    running.delete(end);
    return { code, took: performance.now() - since };
  };
  running.add(end);
  while (!stdout.includes('Ctrl-C ends it.')) {
    if (child.exitCode !== null) throw new Error(`postern start ended with ${child.exitCode}: ${stderr}`);
    await setTimeout(20);
  }
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? '';
  return {
    pid: child.pid as number,
    address,
    screen: stdout,
    stderr: () => stderr,
    /** Answers the exit code and how many milliseconds it took. */
    end,
  };
}

/** A client of a running server, signed in with `key`. */
export async function signedIn(address: string, key: string, query = '') {
  const client = newClient();
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp${query}`), { requestInit }));
  return { call: calling(client), close: () => client.close() };
}

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

const ended = (child: ReturnType<typeof spawn>) => new Promise<number | null>((done) => child.once('close', done));
