import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { beforeAll, expect, test } from 'vitest';
import { calling, newClient } from '../support/agent.ts';
import { furnishedHome } from '../support/home.ts';
import { keyOf, postern, root, server, signedIn } from '../support/program.ts';
import { bare, ended, main, node } from '../support/running.ts';

const { mcpServers } = JSON.parse(readFileSync(join(root, 'mcp.json'), 'utf8'));
const home = furnishedHome();
let running: Awaited<ReturnType<typeof server>>;
const key = (name: string) => keyOf(running.screen, name);

beforeAll(async () => {
  running = await server(['--demo'], { POSTERN_HOME: home });
});

/** Starts what mcp.json says, from the project's folder, with the person's key filled in, as a client does. */
async function started(settings: Record<string, string>) {
  const { command, args, env } = mcpServers.postern;
  const filled = Object.fromEntries(
    Object.entries<string>(env).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)\}/, (_, it) => settings[it] ?? ''),
    ]),
  );
  const client = newClient();
  await client.connect(
    new StdioClientTransport({
      command,
      args,
      cwd: root,
      stderr: 'ignore',
      env: { PATH: process.env.PATH ?? '', ...settings, ...filled },
    }),
  );
  const tools = async () => (await client.listTools()).tools.map(({ name }) => name);
  return { call: calling(client), tools, close: () => client.close() };
}

test('what mcp.json says, two of it and a server, work on one data folder at the same time', async () => {
  const [cleo, ben] = await Promise.all(
    ['cleo', 'ben'].map((name) => started({ POSTERN_HOME: home, POSTERN_KEY: key(name) })),
  );
  const web = await signedIn(running.address, key('ben'));
  const made = await cleo?.call('create_workflow', { name: 'From the desk', document: { a: 1 }, workspace: 'Growth' });
  await cleo?.call('share_resource', { id: made?.id, with: 'person:ben@acme.test', role: 'viewer' });
  expect(await ben?.call('open_workflow', { id: made?.id })).toMatchObject({
    name: 'From the desk',
    owner: 'cleo@acme.test',
  });
  expect(await web.call('open_workflow', { id: made?.id })).toMatchObject({ name: 'From the desk' });
  await Promise.all([cleo?.close(), ben?.close(), web.close()]);
});

test('the operator of the program says which toolsets and workspace its connection has, and that it only reads (section 14)', async () => {
  const { tools, call, close } = await started({
    POSTERN_HOME: home,
    POSTERN_KEY: key('ada'),
    POSTERN_TOOLSETS: 'groups, sharing',
    POSTERN_READ_ONLY: 'true',
    POSTERN_WORKSPACE: 'Growth',
  });
  const names = await tools();
  expect(names).toEqual(expect.arrayContaining(['get_group', 'whoami']));
  for (const other of ['list_workflows', 'create_group', 'list_members']) expect(names).not.toContain(other);
  expect((await call('whoami')).workspaces).toMatchObject([{ name: 'Growth' }]);
  await close();
});

test('POSTERN_URL makes it a bridge to a server elsewhere', async () => {
  const { call, close } = await started({ POSTERN_URL: `${running.address}/mcp`, POSTERN_KEY: key('eve') });
  expect(await call('whoami')).toMatchObject({ person: { email: 'eve@acme.test' } });
  await close();
});

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '0' } },
});

test.each`
  what                         | settings                                        | says
  ${'no key'}                  | ${{}}                                           | ${/POSTERN_KEY is not set.*key create/}
  ${'an unfilled placeholder'} | ${mcpServers.postern.env}                       | ${/placeholder/}
  ${'an unknown key'}          | ${{ POSTERN_KEY: `postern_${'0'.repeat(84)}` }} | ${/unknown or has ended/}
`('with $what it says so in words on standard error, and ends', async ({ settings, says }) => {
  const { code, stdout, stderr } = await postern(['stdio'], { POSTERN_HOME: home, ...settings }, `${initialize}\n`);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/postern_0|\bat .*\.[jt]s:/);
});

test.each([
  ['SIGTERM', 'on the data here', () => ({ POSTERN_HOME: home })],
  ['SIGINT', 'as a bridge', () => ({ POSTERN_URL: running.address })],
] as const)('%s ends it in order %s, though its client is still there', async (signal, _, settings) => {
  const child = spawn(node, [main, 'stdio'], { cwd: root, env: { ...bare, POSTERN_KEY: key('ada'), ...settings() } });
  const over = ended(child);
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } };
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  await once(child.stdout, 'data');
  child.kill(signal);
  expect(await over).toBe(0);
});

test('it ends in order when its input ends', async () => {
  const { code, stdout } = await postern(['stdio'], { POSTERN_HOME: home, POSTERN_KEY: key('cleo') }, '');
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
});

test('with --demo and nothing set it is Cleo where the demo is, and nobody on the data of others', async () => {
  const other = { POSTERN_HOME: furnishedHome() };
  await postern(['init', '--organization', 'Other', '--admin', 'ada@other.test'], other);
  const { code, stdout, stderr } = await postern(['stdio', '--demo'], other);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/the data here are not those of the demo.*key create/);
  expect(existsSync(join(other.POSTERN_HOME, 'data/postmaster.pid'))).toBe(false);
});
