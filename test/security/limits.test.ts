import { beforeAll, describe, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { newSecret } from '../../src/terms/secret.ts';
import { agent } from '../support/agent.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { type World, world } from '../support/world.ts';

let here: World;
let service: Awaited<ReturnType<typeof serviceIn>>;
const rates = { person: 40, costly: 4, address: 3 };

beforeAll(async () => {
  here = await world({
    people: { ada: 'admin', ben: 'member', cy: 'member', dee: 'member', eve: 'member', finn: 'member' },
    workspaces: {
      Growth: { ada: 'owner', ben: 'creator', cy: 'creator', dee: 'creator', eve: 'creator', finn: 'creator' },
    },
    workflows: { plan: { in: 'Growth', owner: 'ada' } },
  });
  service = await serviceIn(here, { rates });
});

/** Asks until it is refused; answers how often it was not, and the refusal. */
const until = async <T>(refused: (answer: T) => boolean, ask: () => Promise<T>) => {
  for (let times = 0; times < 100; times++) {
    const answer = await ask();
    if (refused(answer)) return { times, answer };
  }
  throw new Error('nothing was refused');
};

describe('a person has so many requests within a minute, by all their keys together (security 25)', () => {
  test('over REST: 429 says when there is more, and each answer before how many are left', async () => {
    const [one, two] = [rawly(service, await here.key('ben')), rawly(service, await here.key('ben'))];
    const first = await one('GET /me');
    expect(first.headers.get('ratelimit-policy')).toBe('"person";q=40;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"person";r=39;t=\d+$/);
    let turn = 0;
    const { times, answer } = await until(
      ({ status }) => status === 429,
      () => (turn++ % 2 ? one : two)('GET /me'),
    );
    expect(times).toBe(39);
    expect(answer.body).toMatchObject({ code: 'rate_limited', retry_after_seconds: expect.any(Number) });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    // It comes before what is wrong with the call, and before whether its target is there (EXT-11).
    for (const line of [
      'GET /me?nonsense=1',
      `GET /workflows/${here.id('plan')}`,
      `GET /workflows/${outside('workflow', newId())}`,
    ])
      expect((await one(line)).body).toMatchObject({ code: 'rate_limited' });
  });

  test('over MCP: hits and misses count alike, and each message of a batch', async () => {
    const key = await here.key('cy');
    const post = async (body: unknown, headers: object = {}) =>
      service.fetch(
        new Request('http://localhost/mcp', {
          method: 'POST',
          body: JSON.stringify(body),
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            ...headers,
          },
        }),
      );
    const clientInfo = { name: 'test', version: '0' };
    const params = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo };
    const opened = await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
    const pings = (count: number) => Array.from({ length: count }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }));
    expect((await post(pings(30), session)).status).toBe(200);
    expect((await post(pings(10), session)).status).toBe(429);
    const { times } = await until(
      ({ status }) => status === 429,
      () => post({ nonsense: true }, session),
    );
    expect(times).toBe(8);
  });
});

test('a tool that costs much is called less often: each of them by itself, and the log has that it was too much (security 25)', async () => {
  const { call } = await agent(service, await here.key('dee'));
  const asked = () => call('request_access', { id: outside('workflow', newId()) });
  const { times, answer } = await until(({ refused }) => refused, asked);
  expect(times).toBe(4);
  expect(answer.error).toMatchObject({ code: 'rate_limited', retry_after_seconds: expect.any(Number) });
  // Whether there is something to ask for makes no difference.
  const { retry_after_seconds: _, ...again } = (await call('request_access', { id: here.id('plan') })).error;
  expect(answer.error).toMatchObject(again);
  expect(await call('search_directory', { query: 'a' })).toHaveProperty('items');
  expect(await call('list_workflows')).toHaveProperty('items');
  const rows = await here.sql(
    `select 1 from activity where organization_id = $1 and person_id = $2 and outcome = 'deny' and action = 'request.make'`,
    [here.organization, here.uuid('dee')],
  );
  expect(rows).toHaveLength(1);
});

test('a file is counted once, however many pages it has', async () => {
  const rest = rawly(service, await here.key('ada'));
  for (let i = 0; i < rates.costly; i++) expect((await rest('GET /activity/export?format=csv')).status).toBe(200);
  expect((await rest('GET /activity/export?format=csv')).status).toBe(429);
});

describe('keys that hold nothing, from one address (security 25)', () => {
  const from = async (address: string, secret: string) => {
    const request = new Request('http://localhost/api/v1/me', { headers: { authorization: `Bearer ${secret}` } });
    const incoming = { socket: { remoteAddress: address }, headers: {} };
    return (await service.fetch(request, { incoming } as never)).status;
  };
  const guess = () => newSecret(here.organization, newId());
  const guesses = async (address: string, times = 6) => {
    const all: number[] = [];
    for (let i = 0; i < times; i++) all.push(await from(address, guess()));
    return all;
  };

  test('are not even looked at after so many, while others and who is known are let in', async () => {
    const [known, other] = [await here.key('finn'), await here.key('finn')];
    expect(await from('192.0.2.1', known)).toBe(200);
    expect(await guesses('192.0.2.1')).toEqual([401, 401, 401, 429, 429, 429]);
    expect(await from('192.0.2.1', other)).toBe(429);
    expect(await from('192.0.2.2', other)).toBe(200);
    expect(await from('192.0.2.1', known)).toBe(200);
    expect(await from('192.0.2.1', other)).toBe(200);
    await here.sql('update credential set revoked_at = now() where person_id = $1', [here.uuid('finn')]);
    expect([await from('192.0.2.1', known), await from('192.0.2.1', known)]).toEqual([401, 429]);
    expect(await here.sql(`select key from rate where key like '%192.0.2%'`), 'no address is kept').toEqual([]);
  });

  test('count by the network of an IPv6 address, and a key that holds counts for nothing', async () => {
    const key = await here.key('eve');
    for (let i = 0; i < 6; i++) expect(await from('2001:db8:1:2::5', key)).toBe(200);
    expect(await guesses('2001:db8:1:2::5', 3)).toEqual([401, 401, 401]);
    expect(await from('2001:db8:1:2:ffff::6', guess())).toBe(429);
    expect(await from('2001:db8:1:3::5', guess())).toBe(401);
  });
});
