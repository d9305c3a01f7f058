import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readSettings } from '../../src/cli/settings.ts';
import { identity } from '../../src/mcp/server.ts';
import { blocks, commandsOf } from '../docs/pages.ts';
import { calling, newClient } from '../support/agent.ts';
import { peer, peers } from '../support/peer.ts';
import { emptyDatabase, urlOf } from '../support/postgres.ts';
import { dataFolder, endedAfterwards, keyOf, postern, program, signedIn } from '../support/program.ts';
import { type Running, served } from '../support/running.ts';
import { bundle, carriedOut, packageIn, provide, registered, stage } from './bundle.ts';
import { imageIn } from './image.ts';
import { manifestOf } from './manifest.ts';
import { own, root } from './own.ts';

/** Someone else's machine: an empty folder, a home of their own, npm, and this Node. */
const folder = dataFolder();
const made = (name: string) => mkdirSync(join(folder, name), { recursive: true }) ?? join(folder, name);
const [empty, home] = [made('empty'), made('home')];
const env = { PATH: `${join(root, 'node_modules/node/bin')}:${process.env.PATH}`, HOME: home, POSTERN_PORT: '0' };
const packed = packageIn(folder);
const installed = join(empty, 'node_modules', own.name);
const [install = '', start = ''] = blocks.filter(({ code }) => code.includes('npx postern')).flatMap(commandsOf);
const quick = { npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_loglevel: 'error' };
provide(empty);
carriedOut('sh', ['-c', install.replace('/path/to/postern', folder)], empty, { ...process.env, ...quick });
const file = join(folder, 'postern.mcpb');
const unpacked = join(folder, 'unpacked');
const staged = made('staged');
stage(packed, staged, 'bridge');
await bundle(staged, file);
await peer('mcpb', 'unpack', file, unpacked);
let running: Running;

beforeAll(async () => {
  const child = spawn('sh', ['-c', start], { cwd: empty, env, detached: true });
  // As a terminal does on Ctrl-C: to all that runs there.
  running = endedAfterwards(await served(child, (signal) => process.kill(-(child.pid as number), signal)));
});

/** A client of what these words start, and who it is there. */
async function started(told: { command: string; args?: string[]; env?: Record<string, string> }) {
  // In the elder protocol, since a client of the newer starts everything twice, the first time to look what it speaks.
  const client = newClient({ era: '2025' });
  await client.connect(new StdioClientTransport({ ...told, env: { ...env, ...told.env }, cwd: '/', stderr: 'ignore' }));
  const { person } = await calling(client)('whoami');
  return { client, email: person.email, call: calling(client) };
}

describe('the package', () => {
  test('holds what runs and its pages, nothing else, and weighs less than 500 kB', () => {
    const held = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((it) => it.isFile())
      .map((it) => join(it.parentPath, it.name).slice(installed.length + 1));
    const run =
      /^dist\/(src|tools)\/.*\.(js|css|svg|schema\.json|LICENSE|NOTICE)$|^dist\/examples\/[\w-]+\.(json|yaml|md)$/;
    expect(held.filter((path) => !run.test(path)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'package.json',
      'src/cli/postern.mjs',
    ]);
    expect(held.length).toBeGreaterThan(350);
    expect(statSync(packed).size).toBeLessThan(500_000);
  });

  test('is found well by publint and attw', async () => {
    const [lint, types] = await Promise.all([peer('publint', 'run', packed, '--strict'), peer('attw', packed)]);
    expect(lint).toMatchObject({ code: 0, stdout: expect.stringMatching(/All good!\s*$/) });
    expect(types).toMatchObject({ code: 0, stdout: expect.stringContaining('does not contain types') });
  });

  test('runs the demo by npx alone, in an empty folder, and a client finds its workflows', async () => {
    const { call, close } = await signedIn(running.address, keyOf(running.screen, 'cleo'));
    expect((await call('list_workflows', { limit: 50 })).items.length).toBeGreaterThan(5);
    await close();
    expect(running.screen).toContain(join(home, '.local/share/postern'));
    expect(running.screen).toContain('  npx postern sign-in link');
  });

  test('is started again, on the same data, by what its screen says to paste', async () => {
    const json = [...running.screen.matchAll(/^ {2}\{$.*?^ {2}\}$/gms)].map(([text]) => text)[1] ?? '';
    const { client, email } = await started(JSON.parse(json).mcpServers.postern);
    expect(client.getServerVersion()).toMatchObject({ name: identity.name, version: own.version });
    expect(email).toBe('cleo@acme.test');
    await client.close();
  });

  test('loads every command', () => {
    expect(carriedOut('npx', ['postern', '--help'], empty, env)).toMatch(/^ {2}stdio +Speaks MCP/m);
  });

  test('says on an older Node which one it takes', async () => {
    const older = "Object.defineProperty(process, 'versions', { value: { node: '22.16.0' } })";
    const bin = join(installed, own.bin.postern);
    const { code, stdout, stderr } = await program(['--import', `data:text/javascript,${older}`, bin, '--help']);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Postern needs Node 22.17 or newer, and this is 22.16.0.\n',
    });
  });
});

test('the image of the Dockerfile serves on a database as compose.yaml has it, under its public address, and is found well', async () => {
  const stages = { packed: join(folder, 'stage-packed'), needed: join(folder, 'stage-needed') };
  for (const at of Object.values(stages)) mkdirSync(join(at, 'build'), { recursive: true });
  carriedOut('tar', ['-xzf', packed, '-C', join(stages.packed, 'build')]);
  symlinkSync(join(empty, 'node_modules'), join(stages.needed, 'build/node_modules'));
  const image = imageIn(made('image'), stages);
  expect(image.env).toMatchObject({ POSTERN_HOST: '0.0.0.0', POSTERN_PORT: '8410' });

  const [program = '', ...words] = image.words;
  const settings = {
    DATABASE_URL: urlOf(await emptyDatabase()),
    POSTERN_PUBLIC_URL: 'https://postern.example',
    POSTERN_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
  const path = { PATH: `${image.env.PATH?.split(':')[0]}:${env.PATH}` };
  const child = spawn(program, words, { cwd: '/', env: { ...image.env, ...path, ...settings, POSTERN_PORT: '0' } });
  const inside = endedAfterwards(await served(child));
  expect(inside.screen).toContain('MCP      https://postern.example/mcp\n');
  expect(inside.screen).not.toContain('0.0.0.0');
  expect(inside.screen).toContain('  postern sign-in link');

  const [node = '', ...asks] = image.health;
  carriedOut(node, asks, '/', { ...path, POSTERN_PORT: new URL(inside.address).port });
  expect(await inside.end()).toMatchObject({ code: 0 });
});

describe('a bundle', () => {
  /** Starts what Claude Desktop does for the bundle in `at`, with these answers to what it asks. */
  async function startedBy(at: string, answers: Record<string, string>) {
    const { getMcpConfigForManifest } = await import(join(peers, '@anthropic-ai/mcpb/dist/index.js'));
    const manifest = JSON.parse(readFileSync(join(at, 'manifest.json'), 'utf8'));
    const place = { extensionPath: at, systemDirs: {}, pathSeparator: '/' };
    const { client, ...it } = await started(await getMcpConfigForManifest({ manifest, userConfig: answers, ...place }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(manifest.tools.map(({ name }: { name: string }) => name));
    return { ...it, close: () => client.close() };
  }

  test('is valid for its makers, whichever it is', async () => {
    // What the whole one holds is what npm installs, and a manifest.
    writeFileSync(join(empty, 'manifest.json'), JSON.stringify(manifestOf('whole')));
    cpSync(join(import.meta.dirname, 'icon.png'), join(empty, 'icon.png'));
    for (const at of [empty, unpacked])
      expect(await peer('mcpb', 'validate', join(at, 'manifest.json'))).toMatchObject({ code: 0 });
  });

  test('for any machine holds JavaScript alone, weighs less than 12 MB, and leads to a Postern elsewhere', async () => {
    expect(globSync('**/*.{node,so,dylib,dll,exe}', { cwd: unpacked })).toEqual([]);
    expect(statSync(file).size).toBeLessThan(12_000_000);
    const answers = { url: `${running.address}/mcp`, key: keyOf(running.screen, 'ben') };
    const { email, close } = await startedBy(unpacked, answers);
    expect(email).toBe('ben@acme.test');
    await close();
  });

  test('for this machine needs no answer: it makes the demo, and acts as Cleo with a key that ends with it', async () => {
    const data = join(folder, 'desktop');
    const { email, call, close } = await startedBy(empty, { home: data });
    expect(email).toBe('cleo@acme.test');
    expect((await call('list_workflows')).items.length).toBeGreaterThan(5);
    await close();
    const { stdout } = await postern(['key', 'list'], { POSTERN_HOME: data });
    const [demo, ...lent] = stdout.split('\n').filter((line) => line.includes('cleo@'));
    expect(demo).toMatch(/ active$/);
    for (const key of lent) expect(key).toMatch(/ revoked$/);
    expect(lent.length).toBeGreaterThan(0);
  });

  test('is told of to the registry as its schema has it, by the digest of its bytes', () => {
    const told = registered(file, 'https://postern.example/postern.mcpb');
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const valid = ajv.compile(JSON.parse(readFileSync(join(import.meta.dirname, 'server-json.schema.json'), 'utf8')));
    expect(valid(told), JSON.stringify(valid.errors)).toBe(true);
    expect(valid({ ...told, packages: [{ ...told.packages[1], fileSha256: undefined }] })).toBe(false);
    expect(told).toMatchObject({ name: own.mcpName, version: own.version });
    expect(told.packages[1]).toMatchObject({ fileSha256: hash('sha256', readFileSync(file)) });
    for (const { name } of told.packages[0]?.environmentVariables ?? [])
      expect(() => readSettings({ [name]: 'https://postern.example/mcp' }), name).not.toThrow();
  });
});

test('ended by Ctrl-C, npx leaves nothing running', async () => {
  await running.end('SIGINT');
  // npm does not wait for what Ctrl-C ends.
  const pid = join(home, '.local/share/postern/data/postmaster.pid');
  await vi.waitFor(() => expect(existsSync(pid)).toBe(false), 5_000);
});
