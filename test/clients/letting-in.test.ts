import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, expect, test } from 'vitest';
import { listen } from '../../src/cli/listen.ts';
import { openOperator } from '../../src/workspace/operator.ts';
import { calling } from '../support/agent.ts';
import { peers } from '../support/peer.ts';
import { serviceIn } from '../support/service.ts';
import { visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' }, workspaces: { growth: { ada: 'owner' } } });
const listening = await listen('127.0.0.1', 0);
afterAll(() => listening.close());
const address = `http://127.0.0.1:${listening.port}`;
const service = await serviceIn(here, {}, { address });
listening.serve(service.fetch);
const folder = mkdtempSync(join(tmpdir(), 'postern-clients-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A port that nobody listens on. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

/** The address that a program says someone has to go to. */
const told = (stream: NodeJS.ReadableStream) =>
  new Promise<string>((resolve) => {
    let said = '';
    stream.on('data', (part) => {
      said += part;
      const found = /http:\/\/127\.0\.0\.1:\d+\/oauth\/authorize\?\S+/.exec(said)?.[0];
      if (found) resolve(found);
    });
  });

test('mcp-remote, given the address alone, lets its person in and calls', async () => {
  const ada = await visiting(service, here, 'ada', address);
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [
      join(peers, 'mcp-remote/dist/proxy.js'),
      `${address}/mcp`,
      String(await freePort()),
      '--transport',
      'http-only',
    ],
    env: { PATH: '/nowhere', HOME: folder, MCP_REMOTE_CONFIG_DIR: folder },
    stderr: 'pipe',
  });
  const client = new Client({ name: 'test', version: '0' }, { versionNegotiation: { mode: 'legacy' } });
  const asked = told(transport.stderr as unknown as NodeJS.ReadableStream);
  const connected = client.connect(transport);
  const heard = await ada.answer(await asked, { extent: 'all' });
  await fetch(heard);
  await connected;
  expect((await calling(client)('whoami')).person.email).toBe(here.email('ada'));
  await client.close();
});

test('the conformance suite finds Postern an authorization server as it should be', async () => {
  const port = await freePort();
  const operator = await openOperator(here.connection);
  const redirect_uris = [`http://127.0.0.1:${port}/callback`];
  const { id } = await operator.addClient({ client_name: 'Conformance', redirect_uris }, false);
  await operator.close();
  const ada = await visiting(service, here, 'ada', address);
  const args = [
    'authorization',
    '--url',
    address,
    '--client-id',
    id,
    '--resource',
    `${address}/mcp`,
    '-p',
    String(port),
    '-o',
    folder,
  ];
  const suite = join(peers, '@modelcontextprotocol/conformance/dist/index.js');
  const child = spawn(process.execPath, [suite, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = text(child.stdout);
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  void told(child.stdout).then(async (question) => fetch(await ada.answer(question)));
  const code = await ended;
  expect(code, await said).toBe(0);
  expect(await said).toMatch(/3 passed, 0 failed/);
});
