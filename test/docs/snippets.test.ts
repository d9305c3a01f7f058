import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { calling, newClient } from '../support/agent.ts';
import { emptyDatabase, urlOf } from '../support/postgres.ts';
import { keyOf, root, signedIn } from '../support/program.ts';
import { blocks } from './pages.ts';

/** The home of someone who follows README, with the data where they lie unless told otherwise. */
const home = mkdtempSync(join(tmpdir(), 'postern-docs-'));
afterAll(() => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

const serves = 'Ctrl-C ends it.';

/** Runs lines of shell as someone would at a terminal. */
function shell(code: string, settings: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH ?? '', HOME: home, POSTERN_PORT: '0', ...settings };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', code], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const served = Promise.withResolvers<void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (stdout.includes(serves)) served.resolve();
  });
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const over = new Promise<{ well: boolean; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code, signal) => {
      served.resolve();
      // A shell says 130 of what Ctrl-C ended.
      const interrupted = (signal === 'SIGINT' || code === 130) && stdout.includes(serves);
      resolve({ well: code === 0 || interrupted, stdout, stderr });
    }),
  );
  return {
    over,
    /** As the terminal does: to all that runs there. */
    ctrlC: () => process.kill(-(child.pid as number), 'SIGINT'),
    ready: served.promise.then(() => ({ stdout, stderr })),
  };
}

/** The same, to its end; a server is ended once it serves. */
async function carriedOut(code: string, settings?: Record<string, string>) {
  const { over, ctrlC, ready } = shell(code, settings);
  if ((await ready).stdout.includes(serves)) ctrlC();
  const { well, stdout, stderr } = await over;
  expect(well, stderr).toBe(true);
  return stdout;
}

/** Without npm in between, which only looks up what the script says and takes half of the time. */
const directly = (code: string) => code.replaceAll('npm run -s postern --', `node_modules/.bin/${scriptOf('postern')}`);
const scriptOf = (name: string): string => JSON.parse(readFileSync('package.json', 'utf8')).scripts[name];

const readme = blocks.filter(({ file }) => file === 'README.md');
const scripts = readme.filter(({ language }) => language === 'sh');
/** The one block of shell that holds `text`. */
const blockWith = (text: string) => {
  const found = scripts.filter(({ code }) => code.includes(text));
  expect(found, text).toHaveLength(1);
  return found[0]?.code ?? '';
};

let running: ReturnType<typeof shell>;
let address = '';
let screen = '';

// What installs is .ci/run's; everything else is run here as it is written.
beforeAll(async () => {
  running = shell(blockWith('npm start').replace('npm ci && ', ''));
  const { stdout, stderr } = await running.ready;
  expect(stdout, stderr).toContain(serves);
  screen = stdout;
  address = /http:\/\/127\.0\.0\.1:\d+/.exec(screen)?.[0] ?? '';
});

test('every block of shell in README is one that is run here, by .ci/run, or by test/pack', () => {
  const run = [
    'npm start',
    'claude mcp add',
    'key create --person dan',
    'sign-in link dan',
    'call list_workflows',
    'api/v1',
    'import examples',
  ];
  const also = ['-- doctor\nnpm run -s postern -- --help', 'DATABASE_URL', 'rm -r', 'npm test\n', 'npx postern'];
  expect([...run, ...also].map(blockWith).sort()).toEqual(scripts.map(({ code }) => code).sort());
});

test('.ci/run carries out what installs and what tests, from the lock and from nothing', () => {
  const ci = readFileSync('.ci/run', 'utf8');
  for (const command of ['npm ci', 'npm test']) expect(ci).toMatch(new RegExp(`^(step )?${command}\\b`, 'm'));
  expect(scriptOf('test')).toMatch(/vitest run$/);
});

describe.concurrent('in a shell', { timeout: 90_000 }, () => {
  test('a key is made into a variable, and listed', async () => {
    const stdout = await carriedOut(`${blockWith('key create --person dan')}\necho "$POSTERN_KEY"`);
    expect(stdout).toMatch(/^key_\w{26} +dan@acme\.test +laptop +read,request +all +\d{4}-\d\d-\d\d +active$/m);
    expect(stdout).toMatch(/^postern_\w{84}$/m);
  });

  test('a link to sign in is made for someone', async () => {
    expect(await carriedOut(directly(blockWith('sign-in link dan')))).toMatch(/\/set-password#link_\w{58}\n$/);
  });

  test('tools are called as that person, with ids of their own', async () => {
    const key = keyOf(screen, 'dan');
    const { call, close } = await signedIn(address, key);
    const { items } = await call('list_workflows', { query: 'lead' });
    await close();
    const block = directly(blockWith('call list_workflows')).replaceAll(/wf_\w{26}/g, items[0].id);
    const stdout = await carriedOut(block, { POSTERN_KEY: key });
    expect(stdout.match(/^{$/gm)).toHaveLength(3);
    expect(stdout).toContain('"/nodes/0": {');
    expect(stdout).toContain('"via": "group:Marketing"');
  });

  test('REST answers a program as it answers a tool', async () => {
    const block = blockWith('api/v1').replaceAll('http://127.0.0.1:8410', address);
    const stdout = await carriedOut(block, { POSTERN_KEY: keyOf(screen, 'dan') });
    expect(stdout).toMatch(/^{"items":\[{"id":"wf_/);
    expect(stdout).toMatch(/{"id":"req_\w{26}",.*"status":"pending"/);
  });

  test('the examples are imported', async () => {
    expect(await carriedOut(directly(blockWith('import examples')))).toBe('12 imported, 0 broken.\n');
  });

  test('doctor finds everything well, and the help names every command', async () => {
    const stdout = await carriedOut(directly(blockWith('-- --help')));
    expect(stdout).toMatch(/^ok +Row-level security guards/m);
    expect(stdout).toMatch(/^ {2}key revoke ID/m);
  });

  test('a PostgreSQL of one’s own is set up, served from, and found well', async () => {
    const place = await emptyDatabase();
    const block = blockWith('DATABASE_URL').replace(/postgresql:\S+/, `'${urlOf(place)}'`);
    const stdout = await carriedOut(directly(block));
    expect(stdout).toContain('Acme (org_');
    expect(stdout).not.toMatch(/^problem/m);
    expect(stdout).toContain(`Data     ${place.database} on`);
  });
});

describe.concurrent('a client', { timeout: 90_000 }, () => {
  const placed = (text: string) =>
    text
      .replaceAll('/path/to/postern', root)
      .replaceAll('http://127.0.0.1:8410', address)
      .replaceAll(/YOUR_KEY|\$\{(env:|input:)?(POSTERN_KEY|postern-key)\}/g, keyOf(screen, 'cleo'));

  /** Connects as the entry of a client's settings says, and is Cleo there. */
  async function connected({ command, args, env, url, headers }: Entry) {
    const client = newClient({ era: '2025' });
    const own = { PATH: process.env.PATH ?? '', HOME: home };
    await client.connect(
      command
        ? new StdioClientTransport({
            command,
            args: args ?? [],
            cwd: tmpdir(),
            env: { ...own, ...env },
            stderr: 'ignore',
          })
        : new StreamableHTTPClientTransport(new URL(url ?? ''), { requestInit: { headers: headers ?? {} } }),
    );
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('request_access');
    expect(await calling(client)('whoami')).toMatchObject({ person: { email: 'cleo@acme.test' } });
    await client.close();
  }

  interface Entry {
    readonly command?: string;
    readonly args?: string[];
    readonly env?: Record<string, string>;
    readonly url?: string;
    readonly headers?: Record<string, string>;
  }

  const configs = readme.filter(({ language }) => language === 'json');

  test.each(configs.map(({ code }) => [code.replaceAll(/\s+/g, ' ').slice(0, 90), code]))(
    'that is told %s… finds the tools',
    async (_, code) => {
      const { mcpServers, servers } = JSON.parse(placed(code));
      const entries = Object.values<Entry>(mcpServers ?? servers);
      expect(entries).toHaveLength(1);
      for (const entry of entries) await connected(entry);
    },
  );

  test('of Claude Code is told the address and the key by one command', async () => {
    const said = await carriedOut(`claude() { printf '%s\\n' "$@"; }\n${placed(blockWith('claude mcp add'))}`);
    const [mcp, add, , transport, name, url = '', , header = ''] = said.trim().split('\n');
    expect([mcp, add, transport, name]).toEqual(['mcp', 'add', 'http', 'postern']);
    const [field = '', value = ''] = header.split(': ');
    await connected({ url, headers: { [field]: value } });
  });
});

test('JSON on every other page can be read', () => {
  for (const { code } of blocks.filter(({ language }) => language === 'json')) JSON.parse(code);
});

test('ended with Ctrl-C, its data is taken away with one folder', async () => {
  expect(home).toContain('postern-docs-');
  running.ctrlC();
  expect((await running.over).well).toBe(true);
  expect(existsSync(join(home, '.local/share/postern/data/PG_VERSION'))).toBe(true);
  // npm does not wait for what Ctrl-C ends; that takes 5 s at most.
  await vi.waitFor(() => expect(existsSync(join(home, '.local/share/postern/data/postmaster.pid'))).toBe(false), 5_000);
  await carriedOut(`${blockWith('rm -r')}test ! -e ~/.local/share/postern`);
});
