import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { dataFolder, keyOf, postern, server, signedIn } from '../support/program.ts';
import { password, visitorAt } from '../support/visitor.ts';

const folder = dataFolder();
const settings = { POSTERN_HOME: folder };
let running: Awaited<ReturnType<typeof server>>;

beforeAll(async () => {
  running = await server(['--demo'], settings);
});

const names = ['ada', 'ben', 'cleo', 'dan', 'eve', 'finn'];
const lists = async (address: string, key: string) => {
  const { call, close } = await signedIn(address, key);
  const { items } = (await call('list_workflows', { limit: 50 })) as {
    items: { name: string; visibility: string; owner: string; via: string }[];
  };
  await close();
  return items;
};

test('the screen shows the addresses, a key for each of the demo people, and what to paste (section 15)', () => {
  expect(running.screen).toContain(`${running.address}/mcp`);
  const keys = names.map((name) => keyOf(running.screen, name));
  expect(new Set(keys.map((key) => key.length))).toEqual(new Set([92]));
  expect(new Set(keys).size).toBe(6);
  const pasted = [...running.screen.matchAll(/^ {2}\{$.*?^ {2}\}$/gms)].map(
    ([json]) => JSON.parse(json).mcpServers.postern,
  );
  expect(pasted).toEqual([
    { url: `${running.address}/mcp`, headers: { Authorization: `Bearer ${keys[2]}` } },
    {
      command: expect.stringMatching(/node$/),
      args: [expect.stringMatching(/src\/cli\/main\.ts$/), 'stdio'],
      env: { POSTERN_KEY: keys[2], POSTERN_HOME: folder },
    },
  ]);
});

test('someone of the demo signs in with a browser, by a link that the operator makes while it runs (ORG-11)', async () => {
  expect(running.screen).toContain('sign-in link ada@acme.test');
  const port = new URL(running.address).port;
  const { stdout } = await postern(['sign-in', 'link', 'ada@acme.test'], { ...settings, POSTERN_PORT: port });
  const [, origin, secret = ''] = /^(http:\/\/localhost:\d+)\/set-password#(link_\w+)\n$/.exec(stdout) ?? [];
  expect(origin).toBe(running.screen.match(/Sign in {2}(\S+)\/sign-in/)?.[1]);
  const it = visitorAt(fetch, running.address);
  expect(await it.post('/set-password', { secret, password, again: password })).toMatchObject({ to: '/account' });
  expect((await it.get('/account')).text).toContain('ada@acme.test');
  const nobody = await postern(['sign-in', 'link', 'nobody@acme.test'], settings);
  expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('Nobody active has the email') });
});

test('it listens on this machine’s own address and on no other (security 2)', async () => {
  await expect(fetch(`${running.address.replace('127.0.0.1', '127.0.0.2')}/healthz`)).rejects.toThrow();
});

test('it is healthy, and ready', async () => {
  for (const path of ['healthz', 'readyz'])
    expect(await fetch(`${running.address}/${path}`).then((it) => it.json())).toEqual({ status: 'ok' });
});

test('the demo has workflows at every level, one of a group, one of the organization, and a pending request (section 15)', async () => {
  const [ada, cleo, dan, eve, finn] = await Promise.all(
    ['ada', 'cleo', 'dan', 'eve', 'finn'].map((name) => lists(running.address, keyOf(running.screen, name))),
  );
  expect(new Set(cleo?.map(({ visibility }) => visibility))).toEqual(new Set(['private', 'shared', 'everyone']));
  expect(dan?.find(({ name }) => name === 'Lead intake')).toMatchObject({
    via: 'group:Marketing',
    visibility: 'shared',
  });
  expect(ada?.find(({ name }) => name === 'Order fulfilment')).toMatchObject({
    owner: 'organization',
    visibility: 'everyone',
  });
  expect(ada?.map(({ name }) => name)).not.toContain('Quarterly pricing');
  expect(eve?.map(({ name }) => name)).toEqual(['Support answers']);
  expect(finn?.length).toBe(4);
  const { call, close } = await signedIn(running.address, keyOf(running.screen, 'cleo'));
  expect(await call('list_access_requests', { box: 'incoming' })).toMatchObject({
    total: 1,
    items: [{ status: 'pending', from: 'dan@acme.test' }],
  });
  await close();
});

test('a port that is taken is named with the setting that changes it, and nothing is left behind', async () => {
  const port = new URL(running.address).port;
  const elsewhere = join(folder, 'elsewhere');
  const { code, stdout, stderr } = await postern(['start', '--demo', '--port', port], { POSTERN_HOME: elsewhere });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken`);
  expect(stderr).toContain('POSTERN_PORT');
  expect(existsSync(elsewhere)).toBe(false);
});

test('SIGTERM ends it within 5 s although a stream is open, and the next start finds the data and makes no second demo', async () => {
  const key = keyOf(running.screen, 'cleo');
  const before = await lists(running.address, key);
  const stream = await openStream(running.address, key);
  const { code, took } = await running.end();
  expect(code).toBe(0);
  expect(took).toBeLessThan(5_000);
  await stream.over;
  expect(existsSync(join(folder, 'data/postmaster.pid'))).toBe(false);

  running = await server(['--demo'], settings);
  expect(running.screen).toContain('no demo was made');
  expect(running.screen).not.toContain('postern_0');
  expect(await lists(running.address, key)).toEqual(before);
});

/** An event stream of the protocol of 2025, which a client keeps open. */
async function openStream(address: string, key: string) {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '0' } };
  const opened = await fetch(`${address}/mcp`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  });
  await opened.text();
  const session = opened.headers.get('mcp-session-id') ?? '';
  const stream = await fetch(`${address}/mcp`, { headers: { ...headers, 'mcp-session-id': session } });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  return { over: stream.text().catch(() => 'cut') };
}
