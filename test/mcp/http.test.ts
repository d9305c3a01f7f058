import { beforeAll, describe, expect, test } from 'vitest';
import { agent } from '../support/agent.ts';
import { serviceIn } from '../support/service.ts';
import { type World, world } from '../support/world.ts';

let here: World;
let service: Awaited<ReturnType<typeof serviceIn>>;
let ada: string;

beforeAll(async () => {
  here = await world({
    people: { ada: 'admin', ben: 'member' },
    workspaces: { Growth: { ada: 'owner', ben: 'creator' } },
    workflows: { payroll: { in: 'Growth', owner: 'ada' } },
  });
  service = await serviceIn(here, { allowedHosts: ['postern.acme.test'] });
  ada = await here.key('ada');
});

const hello = (method = 'initialize', more: object = {}) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method,
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' }, ...more },
  });

interface Sent {
  readonly query?: string;
  readonly secret?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}

const send = ({ query = '', secret = ada, body = hello(), headers = {}, method = 'POST' }: Sent = {}) =>
  service.fetch(
    new Request(`http://localhost/mcp${query}`, {
      method,
      ...(method === 'POST' && { body }),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(secret && { authorization: `Bearer ${secret}` }),
        ...headers,
      },
    }),
  );

describe('who is let in', () => {
  test.each([
    ['no key', { secret: '' }],
    ['a key that never was', { secret: 'pst_nothing' }],
    ['another scheme', { headers: { authorization: 'Basic YWRhOmFkYQ==' } }],
    ['a key in the address', { query: '?access_token=abc' }],
  ])('%s gets a 401 that says how (security 3, 4)', async (_, sent) => {
    const response = await send(sent);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated', status: 401 });
  });

  test('every reason for a 401 reads alike', async () => {
    const ended = await here.key('ada', { revokedAt: new Date(Date.now() - 1000) });
    const over = await here.key('ada', { expiresAt: new Date(Date.now() - 1000) });
    const answers = await Promise.all(
      [ended, over, 'pst_nothing'].map(async (secret) => (await send({ secret })).text()),
    );
    expect(new Set(answers).size).toBe(1);
  });

  test.each([
    ['host', 'evil.test', 403],
    ['host', 'localhost.evil.test', 403],
    ['host', 'localhost:8410', 200],
    ['host', '[::1]:8410', 200],
    ['host', 'postern.acme.test', 200],
    ['origin', 'null', 403],
    ['origin', 'https://evil.test', 403],
    ['origin', 'https://localhost.evil.test', 403],
    ['origin', 'http://localhost:3000', 200],
    ['origin', 'https://postern.acme.test', 200],
  ])('%s %s answers %i (security 1)', async (header, value, status) => {
    expect((await send({ headers: { [header]: value } })).status).toBe(status);
  });

  test('a session is opened by 16,384 characters at most (security 24)', async () => {
    expect((await send({ body: hello('initialize', { pad: 'x'.repeat(20_000) }) })).status).toBe(413);
  });

  test('a body above 4 MiB answers 413, told or not told beforehand (security 24)', async () => {
    const body = hello('initialize', { pad: 'x'.repeat(5 << 20) });
    expect((await send({ body })).status).toBe(413);
    expect((await send({ body, headers: { 'content-length': String(body.length) } })).status).toBe(413);
  });

  test('what is not JSON answers 415 or 400 (security 24)', async () => {
    expect((await send({ headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await send({ body: '{' })).status).toBe(400);
  });
});

describe('an address narrows its connection', () => {
  const listed = async (query: string, secret = ada) => {
    const { client, close } = await agent(service, secret, { query });
    const { tools } = await client.listTools();
    await close();
    return tools.map(({ name }) => name);
  };

  test('to toolsets', async () => {
    expect(await listed('toolsets=workflows')).toContain('open_workflow');
    expect(await listed('toolsets=workflows')).not.toContain('whoami');
    expect(await listed('toolsets=sharing')).not.toContain('open_workflow');
  });

  test('to reading, in the list and in the call', async () => {
    const names = await listed('read_only=true');
    expect(names).toContain('open_workflow');
    expect(names).not.toContain('edit_workflow');
    const { client } = await agent(service, ada, { query: 'read_only=true' });
    const calling = (name: string) => client.callTool({ name, arguments: { name: 'x', document: {} } });
    await expect(calling('create_workflow')).rejects.toThrow(/no tool .* only reads\. Connect without read_only/);
    await expect(calling('nonsense')).rejects.toThrow(/no tool nonsense .*tools\/list says which there are/);
  });

  test.each(['read_only=false&read_only=true', 'read_only=true&read_only=false'])(
    'to reading where it says so at all: %s (section 14)',
    async (query) => {
      expect(await listed(query)).toEqual(await listed('read_only=true'));
    },
  );

  test.each([
    ['toolsets=workflows,nonsense', /nonsense/],
    ['read_only=perhaps', /read_only/],
    ['read_only=true&read_only=perhaps', /read_only/],
  ])('%s is refused by name', async (query, words) => {
    const response = await send({ query: `?${query}` });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(words) });
  });

  test('no further than its operator narrowed them all', async () => {
    const narrowed = await serviceIn(here, { operator: { toolsets: ['workflows'], readOnly: true } });
    const names = async (query: string) =>
      (await (await agent(narrowed, ada, { query })).client.listTools()).tools.map(({ name }) => name);
    expect(await names('read_only=false')).toEqual(['list_workflows', 'open_workflow', 'list_revisions']);
    await expect(names('toolsets=sharing')).rejects.toThrow();
    await expect(serviceIn(here, { operator: { toolsets: ['nonsense'] } })).rejects.toThrow(/nonsense/);
  });

  test('and a credential does by its scopes alone (EXT-5)', async () => {
    const reader = await listed('', await here.key('ada', { scopes: ['read'] }));
    expect(reader).toContain('list_workflows');
    expect(reader).not.toContain('edit_workflow');
    expect(reader).not.toContain('decide_access_requests');
    expect(await listed('', await here.key('ada', { scopes: [] }))).toEqual(['whoami', 'mark_notifications_read']);
    expect(await listed('', await here.key('ben'))).toEqual(await listed('', ada));
  });
});

describe('a session of the 2025 protocol', () => {
  const open = async (sent: Sent = {}) => (await send(sent)).headers.get('mcp-session-id') ?? '';
  const ping = (id: string, sent: Sent = {}) =>
    send({ ...sent, body: hello('ping'), headers: { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' } });

  test('serves whoever opened it', async () => {
    expect((await ping(await open())).status).toBe(200);
  });

  test('is what a GET or DELETE needs', async () => {
    expect((await send({ method: 'GET' })).status).toBe(405);
    expect((await send({ method: 'DELETE' })).status).toBe(405);
    const id = await open();
    const session = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
    expect((await send({ method: 'DELETE', headers: session })).status).toBe(200);
    expect((await ping(id)).status).toBe(404);
  });

  test('is not there for another credential, nor for another narrowing (security 8, 32)', async () => {
    const id = await open();
    const ben = await here.key('ben');
    expect((await ping(id, { secret: ben })).status).toBe(404);
    expect((await ping(id, { query: '?toolsets=sharing' })).status).toBe(404);
    expect(await (await ping(id, { secret: ben })).text()).toBe(
      await (await ping('no-such-session', { secret: ben })).text(),
    );
  });

  test('ends at once with its credential', async () => {
    const { id, secret } = await here.credential('ada');
    const session = await open({ secret });
    expect((await ping(session, { secret })).status).toBe(200);
    await here.sql('update credential set revoked_at = now() where id = $1', [id]);
    expect((await ping(session, { secret })).status).toBe(401);
  });
});

describe('beside /mcp', () => {
  const get = (path: string) => service.fetch(new Request(`http://localhost${path}`));

  test('/healthz and /readyz answer anyone', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
  });

  test('everything else is not found, as a problem', async () => {
    const response = await get('/nothing');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
