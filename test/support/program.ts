import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { carryOut } from '../../src/cli/commands.ts';
import { startEmbedded } from '../../src/storage/embedded.ts';
import { calling, newClient } from './agent.ts';
import { bare, ended, main, node, type Running, root, running, type Settings } from './running.ts';

export { keyOf, postgresOf, root } from './running.ts';

const folders: string[] = [];
const servers = new Set<Running['end']>();

/** Ends what a test file has started and left; servers end in order, since each takes its PostgreSQL along. */
export async function allEnded(): Promise<void> {
  await Promise.all([...servers].map((end) => end()));
  for (const folder of folders.splice(0))
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** A folder for data that is removed after the test file. */
export function dataFolder(among = tmpdir()): string {
  const folder = mkdtempSync(join(among, 'postern-cli-'));
  folders.push(folder);
  return folder;
}

/** Runs `postern` with these words and settings to its end, as a process of its own. */
export const spawned = (words: readonly string[], settings: Settings, input = '') =>
  program([main, ...words], settings, input);

/** The same in this process, where nothing has to start; what serves has a process of its own. */
export const postern = (words: readonly string[], settings: Settings, input = '') =>
  (words[0] === 'start' || words[0] === 'stdio' ? spawned : carriedOut)(words, settings, input);

async function carriedOut(words: readonly string[], settings: Settings, input = '') {
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

/** What a command line says as it refuses, which it does before it serves. */
export async function refused(words: readonly string[], settings: Settings) {
  const { code, stderr } = await carriedOut(words, settings);
  return { code, says: stderr };
}

/** Starts `postern start` with these words and settings, and waits until it serves; it is ended after the test file. */
export const server = async (words: readonly string[], settings: Settings) =>
  endedAfterwards(await running(words, settings));

export function endedAfterwards(started: Running): Running {
  const end: Running['end'] = async (signal) => {
    const ending = await started.end(signal);
    servers.delete(end);
    return ending;
  };
  servers.add(end);
  return { ...started, end };
}

/** The embedded PostgreSQL of a data folder, without a server on it. */
export async function started(home: string) {
  const { connection, release } = await startEmbedded(home);
  const local = { ...connection, database: 'postgres' };
  return { owner: local, app: { ...local, user: 'postern_app' }, release };
}

/** A client of a running server, signed in with `key`. */
export async function signedIn(address: string, key: string, query = '') {
  const client = newClient();
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp${query}`), { requestInit }));
  return { call: calling(client), close: () => client.close() };
}
