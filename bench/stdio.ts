import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { type Figure, middle } from './measure.ts';

const root = join(import.meta.dirname, '..');
const runs = 7;

/** How long a client waits for its first tools/list on existing data, in seconds, from the start of the process that mcp.json names. */
export async function stdio(): Promise<Figure[]> {
  const home = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  try {
    const server = await startDemo(home);
    const joined = await waits(home, server.key);
    await server.end();
    const alone = await waits(home, server.key);
    return [figureOf('a server holds the data', joined), figureOf('nobody holds the data, PostgreSQL starts', alone)];
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function figureOf(question: string, seconds: readonly number[]): Figure {
  const slowest = Math.max(...seconds).toFixed(2);
  return { question, figure: middle(seconds), bound: 1.5, note: `of ${seconds.length}, the slowest ${slowest} s` };
}

async function waits(home: string, key: string): Promise<number[]> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) seconds.push(await waitFor(home, key));
  return seconds;
}

async function waitFor(home: string, key: string): Promise<number> {
  const { command, args } = JSON.parse(readFileSync(join(root, 'mcp.json'), 'utf8')).mcpServers.postern;
  const client = new Client({ name: 'bench', version: '1' });
  const start = performance.now();
  await client.connect(
    new StdioClientTransport({
      command,
      args,
      cwd: root,
      stderr: 'ignore',
      env: { PATH: process.env.PATH ?? '', POSTERN_HOME: home, POSTERN_KEY: key },
    }),
  );
  const { tools } = await client.listTools();
  const took = (performance.now() - start) / 1000;
  await client.close();
  if (tools.length === 0) throw new Error('there are no tools');
  return took;
}

/** The demo's data, the server that made them, and a key of someone there. */
async function startDemo(home: string) {
  const child = spawn(process.execPath, ['src/cli/main.ts', 'start', '--demo', '--port', '0'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', POSTERN_HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const screen = await read(child, 'Ctrl-C ends it.');
  const key = /postern_[0-9a-z]{84}/.exec(screen)?.[0];
  if (!key) throw new Error('postern start made no demo');
  return {
    key,
    async end() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function read({ stdout }: ChildProcess, until: string): Promise<string> {
  let text = '';
  for await (const chunk of stdout ?? []) {
    text += chunk;
    if (text.includes(until)) break;
  }
  return text;
}
