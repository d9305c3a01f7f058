import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/cli/listen.ts';
import { operations } from '../../src/workspace/operations.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { served, type World, world } from '../support/world.ts';

let here: World;
let service: Awaited<ReturnType<typeof serviceIn>>;
let key: string;

beforeAll(async () => {
  here = await world({ people: { ada: 'admin' }, workspaces: { Growth: { ada: 'owner' } } });
  service = await serviceIn(here);
  key = await here.key('ada');
});

const post = async (path: string, body: string, headers: object = {}) => {
  const asJson = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const all = { authorization: `Bearer ${key}`, ...asJson, ...headers };
  return service.fetch(new Request(`http://localhost${path}`, { method: 'POST', body, headers: all }));
};
describe('what a request holds is looked at before anything is made of it (security 24)', () => {
  test.each([
    ['too deep', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, /20000 levels/, /1000 levels/],
    ['too deep, and never closed', '['.repeat(100_000), /20000 levels/, /1000 levels/],
    ['a million elements', `[${'0,'.repeat(1_000_000)}0]`, /600000 elements/, /600000 elements/],
    ['objects in a list', `[${'{},'.repeat(400_000)}0]`, /600000 elements/, /600000 elements/],
  ])('%s', async (_, body, ...words) => {
    const [mcp, rest] = [await post('/mcp', body), await post('/api/v1/workflows', body)];
    expect([mcp.status, await mcp.text()]).toEqual([413, expect.stringMatching(words[0] as RegExp)]);
    expect([400, 413]).toContain(rest.status);
    expect(await rest.text()).toMatch(words[1] as RegExp);
  });

  test('and a hundred thousand arguments are not told one by one that they are none', async () => {
    const response = await post(
      '/api/v1/workflows',
      `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":0`).join()}}`,
    );
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([
      422,
      expect.stringMatching(/more than 200/),
    ]);
  });

  test('brackets and commas within a text are none', async () => {
    const document = { steps: ['[,{'.repeat(100_000), '\\"['.repeat(1_000)] };
    const response = await post('/api/v1/workflows', JSON.stringify({ name: 'Texts', document }));
    expect(response.status).toBe(201);
  });

  test('of a batch there are 100 messages at most', async () => {
    const opening = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'test', version: '0' } };
    const message = (method: string, params?: object) => ({ jsonrpc: '2.0', id: 1, method, params });
    const opened = await post('/mcp', JSON.stringify(message('initialize', opening)));
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
    const batch = (count: number) =>
      JSON.stringify(Array.from({ length: count }, (_, id) => ({ ...message('ping'), id })));
    expect((await post('/mcp', batch(100), session)).status).toBe(200);
    expect((await post('/mcp', batch(101), session)).status).toBe(400);
  });
});

describe('whoever sends slowly is cut off, and others are served meanwhile', () => {
  let listening: Awaited<ReturnType<typeof listen>>;
  beforeAll(async () => {
    listening = await listen('127.0.0.1', 0, { head: 150, request: 300, look: 50 });
    listening.serve(service.fetch);
  });
  afterAll(() => listening.close());

  test.each([
    ['the head of a request', 'POST /api/v1/workflows HTTP/1.1\r\nHost: localhost\r\n'],
    [
      'a body',
      'POST /api/v1/workflows HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nContent-Type: application/json\r\n',
    ],
  ])('%s', async (_, head) => {
    const socket = connect(listening.port, '127.0.0.1');
    socket.on('error', () => {});
    const bearer = `Authorization: Bearer ${key}\r\n`;
    socket.write(head.includes('Length') ? `${head}${bearer}\r\n{` : head);
    const said = text(socket).catch(() => '');
    const health = await fetch(`http://127.0.0.1:${listening.port}/healthz`);
    expect(health.status).toBe(200);
    // It ends by itself: this would wait for ever else.
    expect(await said).toMatch(/^(HTTP\/1\.1 (408|400|413|500)|$)/);
    expect(health.headers.get('keep-alive')).toBe('timeout=75');
  });

  test('and of more connections than there may be the last is closed unheard', async () => {
    const narrow = await listen('127.0.0.1', 0, { connections: 1 });
    narrow.serve(service.fetch);
    const first = connect(narrow.port, '127.0.0.1');
    await once(first, 'connect');
    const second = connect(narrow.port, '127.0.0.1').on('error', () => {});
    second.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(await text(second).catch(() => '')).toBe('');
    first.destroy();
    await narrow.close();
  });
});

test('a statement that takes longer than it may is stopped, its call is told so, and nothing of it is done', async () => {
  const there = await world({ people: { ada: 'admin' }, workspaces: { Growth: { ada: 'owner' } } });
  const slow = await openPostern({ app: { ...served, options: '-c statement_timeout=300' } });
  afterAll(() => slow.close());
  await there.sql(`create function slowly() returns trigger language plpgsql as $$ begin
    if new.organization_id = '${there.organization}' then perform pg_sleep(5); end if; return new; end $$;
    create trigger slowly before insert on resource for each row execute function slowly()`);
  try {
    const session = await slow.admit(await there.key('ada'));
    await expect(session.perform(operations.create_workflow, { name: 'Late', document: {} })).rejects.toMatchObject({
      code: 'unavailable',
      details: { retry_after_seconds: 5 },
    });
    expect(await session.perform(operations.list_workflows, {})).toMatchObject({ items: [] });
  } finally {
    await there.sql('drop trigger slowly on resource; drop function slowly()');
  }
});

test('readers are served while more writers than there are connections wait behind a lock', async () => {
  const { body } = await rawly(service, key)('POST /workflows', { body: { name: 'Held', document: {} } });
  await here.sql('begin');
  await here.sql('select 1 from resource where organization_id = $1 for update', [here.organization]);
  try {
    const rest = rawly(service, key);
    const writing = Array.from({ length: 12 }, (_, i) =>
      rest(`PATCH /workflows/${body.id}`, { body: { revision: 1, name: `Held ${i}` } }),
    );
    const first = await Promise.race([
      Promise.all(writing).then(() => 'all writers'),
      rest(`GET /workflows/${body.id}`).then(({ status }) => status),
    ]);
    expect(first).toBe(200);
    expect(new Set((await Promise.all(writing)).map(({ status }) => status))).toEqual(new Set([409]));
  } finally {
    await here.sql('rollback');
  }
});

test('a process that is late with what it has takes on no more, and is there again afterwards', async () => {
  const busy = await serviceIn(here, { lateness: { look: 10, late: 60, looks: 3 } });
  const ask = async (path: string) => busy.fetch(new Request(`http://localhost${path}`));
  const turn = () => new Promise((done) => setTimeout(done));
  const work = () => {
    const until = performance.now() + 150;
    while (performance.now() < until);
    return turn();
  };
  await ask('/readyz');
  for (let i = 0; i < 6; i++) await work();
  const refused = await ask('/api/v1/me');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  for (const path of ['/healthz', '/readyz']) expect((await ask(path)).status).toBe(200);
  while ((await ask('/api/v1/me')).status === 503) await turn();
  expect((await ask('/api/v1/me')).status).toBe(401);
});
