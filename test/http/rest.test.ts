import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { office } from '../support/office.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { served } from '../support/world.ts';

const many = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`w${i}`, { in: 'Growth', owner: 'ada' }]));
const here = await office({
  people: { ada: 'member', bo: 'member' },
  workspaces: { Growth: { ada: 'owner', bo: 'creator' }, Sales: { ada: 'creator' } },
  workflows: { ...many, deal: { in: 'Sales', owner: 'ada' }, hidden: { in: 'Growth', owner: 'bo' } },
});
const service = await serviceIn({ connection: served });
const secret = await here.key('ada');
const ask = rawly(service, secret);

test('what is created is 201, and Location opens it', async () => {
  const made = await ask('POST /workflows', { body: { name: 'New', document: {}, workspace: 'Growth' } });
  expect(made.status).toBe(201);
  const location = made.headers.get('location') ?? '';
  expect(location).toBe(`/api/v1/workflows/${made.body.id}`);
  expect(await ask(`GET ${location.slice('/api/v1'.length)}`)).toMatchObject({ status: 200, body: made.body });
});

test('a list goes on at Link, which a client of HTTP follows without reading', async () => {
  const names: string[] = [];
  let line: string | undefined = 'GET /workflows?limit=3&workspace=Growth&query=w';
  let pages = 0;
  while (line) {
    const { status, body, headers } = await ask(line);
    expect(status).toBe(200);
    names.push(...body.items.map(({ name }: { name: string }) => name));
    const next: string | undefined = /^<\/api\/v1([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    expect(next !== undefined).toBe(body.next_cursor !== undefined);
    line = next && `GET ${next}`;
    pages++;
  }
  expect(pages).toBeGreaterThan(2);
  expect(names.filter((name) => /^w\d$/.test(name)).sort()).toEqual(Object.keys(many));
});

test('what is consequential answers 202 with a preview, and is done with its token, once (EXT-8)', async () => {
  const line = `DELETE /workflows/${here.id('w0')}`;
  const first = await ask(line);
  expect(first).toMatchObject({
    status: 202,
    body: { preview: { to: { deleted: true } }, confirm: expect.any(String) },
  });
  expect((await ask(`GET /workflows/${here.id('w0')}`)).status).toBe(200);

  const made = await ask(line, { headers: { 'postern-confirm': 'made-up' } });
  expect([made.status, made.body.code, Object.keys(made.body.current)]).toEqual([
    409,
    'confirmation_stale',
    ['preview', 'confirm'],
  ]);
  const headers = { 'postern-confirm': first.body.confirm };
  expect(await ask(line, { headers })).toMatchObject({ status: 200, body: { deleted: true } });
  expect((await ask(line, { headers })).status).toBe(404);
  expect((await ask(`POST /workflows/${here.id('w0')}/restore`)).status).toBe(200);
  expect((await ask(line, { headers })).body.code).toBe('confirmation_stale');
});

test('a preview of MCP is confirmed here, and not by another key (EXT-8)', async () => {
  const { call } = await here.seated(secret);
  const { confirm } = await call('delete_workflow', { id: here.id('w1') });
  const line = `DELETE /workflows/${here.id('w1')}`;
  const headers = { 'postern-confirm': confirm };
  expect((await ask(line, { headers, secret: await here.key('ada') })).body.code).toBe('confirmation_stale');
  expect((await ask(line, { headers })).status).toBe(200);
});

test('a token is refused where there is nothing to confirm', async () => {
  const { status, body } = await ask('GET /me', { headers: { 'postern-confirm': 'x' } });
  expect([status, body.code]).toEqual([422, 'invalid_argument']);
});

test('a write is done once for its Idempotency-Key, over REST and MCP together (EXT-9)', async () => {
  const body = { name: 'Once', document: {}, workspace: 'Growth' };
  const headers = { 'idempotency-key': 'once' };
  const first = await ask('POST /workflows', { body, headers });
  const again = await ask('POST /workflows', { body, headers });
  expect([again.status, again.body.id]).toEqual([201, first.body.id]);
  const { call } = await here.seated(secret);
  const overMcp = await call('create_workflow', body, { 'postern/idempotency-key': 'once' });
  expect(overMcp.id).toBe(first.body.id);

  const other = await ask('POST /workflows', { body: { ...body, name: 'Twice' }, headers });
  expect([other.status, other.body.code]).toEqual([422, 'invalid_argument']);
  expect((await ask('GET /workflows?query=Once')).body.total).toBe(1);
});

test('read_only and workspace in the address narrow a call, as they narrow a connection', async () => {
  const deal = `/workflows/${here.id('deal')}`;
  const body = { revision: 1, name: 'n' };
  expect(await ask(`PATCH ${deal}?read_only=true`, { body })).toMatchObject({
    status: 403,
    body: { code: 'read_only' },
  });
  expect((await ask(`GET ${deal}?workspace=Sales`)).status).toBe(200);
  for (const workspace of ['Growth', here.id('Growth'), 'nowhere', outside('workspace', newId())])
    expect((await ask(`GET ${deal}?workspace=${workspace}`)).body.code).toBe('not_found');
  expect((await ask(`PATCH ${deal}?workspace=Growth`, { body })).body.code).toBe('not_found');
  expect(await ask(`GET ${deal}?read_only=yes`)).toMatchObject({ status: 422, body: { code: 'invalid_argument' } });
});

test('an operator’s narrowing holds here too, and what is turned off is not there', async () => {
  const narrow = await serviceIn({ connection: served }, { operator: { toolsets: ['workflows'], readOnly: true } });
  const askThere = rawly(narrow, secret);
  const nothing = await askThere('GET /nothing/at/all');
  expect([nothing.status, nothing.body.type]).toEqual([404, 'about:blank']);
  for (const line of ['GET /me', `GET /resources/${here.id('w2')}/access`, 'POST /access-requests'])
    expect((await askThere(line)).text).toBe(nothing.text);
  expect((await askThere('POST /workflows', { body: { name: 'n', document: {} } })).body.code).toBe('read_only');
  expect((await askThere('POST /workflows?read_only=false', { body: { name: 'n', document: {} } })).body.code).toBe(
    'read_only',
  );
});

test('an address that is not there is a plain 404, with a key and without', async () => {
  for (const line of ['GET /', 'GET /workflow', 'GET /workflows/', 'POST /workflows/x/y/z', 'DELETE /openapi']) {
    const [signed, unsigned] = [await ask(line), await ask(line, { secret: '' })];
    expect([signed.status, signed.body]).toMatchObject([404, { type: 'about:blank', title: 'Not Found' }]);
    expect(unsigned.text).toBe(signed.text);
  }
});

test('a method that is not there is told with those that are, before anything is looked at', async () => {
  for (const id of [here.id('w2'), here.id('hidden'), 'x']) {
    const { status, headers, body } = await ask(`PUT /workflows/${id}`, { secret: '' });
    expect([status, headers.get('allow'), body.status]).toEqual([405, 'GET, HEAD, PATCH, DELETE, OPTIONS', 405]);
    const options = await ask(`OPTIONS /workflows/${id}`, { secret: '' });
    expect([options.status, options.headers.get('allow'), options.text]).toEqual([204, headers.get('allow'), '']);
  }
});

test('pages of other origins get nowhere, and none is told that it may', async () => {
  const { status, headers } = await ask('GET /me', { headers: { origin: 'https://elsewhere.example' } });
  expect(status).toBe(403);
  for (const it of [headers, (await ask('OPTIONS /me')).headers, (await ask('GET /me')).headers])
    expect([...it.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('a key in the address is refused', async () => {
  const { status, body } = await ask(`GET /me?access_token=${secret}`, { secret: '' });
  expect([status, body.code]).toEqual([401, 'unauthenticated']);
});

test('what is too many says how long to wait', async () => {
  const bo = rawly(service, await here.key('bo'));
  const wish = () => bo('POST /access-requests', { body: { id: outside('workflow', newId()) } });
  for (let i = 0; i < 20; i++) expect((await wish()).status).toBe(201);
  const { status, headers, body } = await wish();
  expect([status, body.code]).toEqual([429, 'rate_limited']);
  expect(headers.get('retry-after')).toBe(String(body.retry_after_seconds));
});

test('an unforeseen failure shows a reference, and its cause only in the log', async () => {
  await here.sql('alter table revision rename to secret_table');
  try {
    const { status, body, text } = await ask(`GET /workflows/${here.id('w2')}`);
    expect([status, body.code]).toEqual([500, 'internal']);
    expect(text).not.toMatch(/secret_table|relation/);
    const reference = body.instance.replace('urn:uuid:', '');
    expect(service.logged.at(-1)).toMatchObject({
      details: { reference, operation: 'open_workflow', err: expect.any(Error) },
    });
    const headers = { 'x-request-id': 'given-by-a-proxy' };
    expect((await ask(`GET /workflows/${here.id('w2')}`, { headers })).body.instance).toBe('#given-by-a-proxy');
  } finally {
    await here.sql('alter table secret_table rename to revision');
  }
});
