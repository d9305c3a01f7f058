import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { whenInstalled } from '../peers/install.ts';

await whenInstalled();

export const peers = join(import.meta.dirname, '../peers/node_modules');
const programs = {
  conformance: join(peers, '@modelcontextprotocol/conformance/dist/index.js'),
  inspector: join(peers, '@modelcontextprotocol/inspector/clients/launcher/build/index.js'),
  mcpb: join(peers, '@anthropic-ai/mcpb/dist/cli/cli.js'),
  publint: join(peers, 'publint/src/cli.js'),
  attw: join(peers, '@arethetypeswrong/cli/dist/index.js'),
  'openapi-ts': join(peers, '@hey-api/openapi-ts/bin/run.js'),
  tsc: join(peers, '../../../node_modules/typescript/bin/tsc'),
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
