import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const peers = join(import.meta.dirname, '../peers/node_modules/@modelcontextprotocol');
const programs = {
  conformance: join(peers, 'conformance/dist/index.js'),
  inspector: join(peers, 'inspector/clients/launcher/build/index.js'),
};

/** Runs a program that others wrote, on the node that runs the tests. */
export async function peer(program: keyof typeof programs, ...args: string[]) {
  const env = { ...process.env, MCP_INSPECTOR_SECRET_STORE: 'memory', NO_COLOR: '1' };
  const child = spawn(process.execPath, [programs[program], ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('exit', done)),
  ]);
  return { code, stdout, stderr };
}
