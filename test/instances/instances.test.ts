import { randomUUID } from 'node:crypto';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inside, newId, outside } from '../../src/terms/ids.ts';
import { newSecret } from '../../src/terms/secret.ts';
import { follow } from '../support/following.ts';
import { along, type Leg } from '../support/legs.ts';
import { signedIn } from '../support/program.ts';
import { type World, world } from '../support/world.ts';
import { fleet } from './fleet.ts';
import { roll } from './rolling.ts';

let here: World;
let those: Awaited<ReturnType<typeof fleet>>;
let addresses: readonly string[];

beforeAll(async () => {
  here = await world({
    people: { ada: 'admin', ben: 'member', cy: 'member', dee: 'member' },
    workspaces: { Growth: { ada: 'owner', ben: 'creator', cy: 'creator', dee: 'creator' } },
    workflows: { plan: { in: 'Growth', owner: 'ben', visibility: 'everyone' } },
  });
  those = await fleet(here, 3, { POSTERN_RATE_PERSON: '0', POSTERN_RATE_COSTLY: '6', POSTERN_RATE_ADDRESS: '12' });
  addresses = those.each();
}, 180_000);
afterAll(() => those.close());

const ways = () => ({ url: `${those.front.address}/mcp`, app: here.connection });
/** The same caller at each server. */
const atEach = async (key: string) => Promise.all(addresses.map((address) => signedIn(address, key)));
const posted = (address: string, key: string, body: object, headers: object = {}) =>
  fetch(`${address}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
  });

test.each<Leg>(['client 2.x, protocol of 2026, HTTP', 'client 2.x, protocol of 2025, HTTP', 'sdk 1.x, HTTP'])(
  'one conversation goes from server to server: %s',
  async (leg) => {
    const before = those.front.served();
    const { client, call } = await along(leg, ways(), await here.key('ada'), { person: () => 'accept' });
    const { id, revision } = await call('create_workflow', {
      name: 'Round',
      document: { steps: [] },
      workspace: 'Growth',
    });
    expect(await call('edit_workflow', { id, revision, merge: { steps: [1] } })).toMatchObject({ revision: 2 });
    // The person is asked by one server, and the client answers at the next.
    for (let i = 0; i < 3; i++) {
      const made = await call('create_workflow', { name: 'Gone', document: {}, workspace: 'Growth' });
      expect(await call('delete_workflow', { id: made.id })).toMatchObject({ deleted: true });
    }
    expect(await call('open_workflow', { id })).toMatchObject({ name: 'Round', revision: 2 });
    await client.close();
    const shares = those.front.served().map((served, i) => served - (before[i] ?? 0));
    expect(Math.min(...shares)).toBeGreaterThan(2);
  },
);

test.each<Leg>(['client 2.x, protocol of 2026, HTTP', 'client 2.x, protocol of 2025, HTTP', 'sdk 1.x, HTTP'])(
  'what is followed by one server is told of what is written at another: %s (NOT-1)',
  async (leg) => {
    const { client } = await along(leg, ways(), await here.key('cy'));
    const uri = `postern://workflow/${here.id('plan')}`;
    const followed = await follow(client as Client, leg, [uri]);
    expect(followed.uris).toEqual([uri]);
    for (const at of await atEach(await here.key('ben'))) {
      followed.heard();
      const { revision } = await at.call('open_workflow', { id: here.id('plan') });
      await at.call('edit_workflow', { id: here.id('plan'), revision, merge: { edits: revision } });
      await followed.until(uri);
    }
    await client.close();
  },
);

test('a preview of one server is confirmed at the next, once, whichever it comes to (EXT-8)', async () => {
  const [one, two, three] = (await atEach(await here.key('ben'))) as [Seat, Seat, Seat];
  const { id } = await one.call('create_workflow', { name: 'Mine', document: {}, workspace: 'Growth' });
  const { confirm } = await one.call('set_visibility', { id, visibility: 'everyone' });
  expect(await two.call('set_visibility', { id, visibility: 'everyone', confirm })).toMatchObject({
    visibility: 'everyone',
  });
  const again = await three.call('set_visibility', { id, visibility: 'everyone', confirm });
  expect(again.error.code).toBe('confirmation_stale');
});

test('a write with its idempotency key is done once, whichever servers it comes to at once (EXT-9)', async () => {
  const key = randomUUID();
  const seats = await atEach(await here.key('dee'));
  const args = { name: 'Once', document: {}, workspace: 'Growth' };
  const all = await Promise.all(
    seats.map(({ call }) => call('create_workflow', args, { 'postern/idempotency-key': key })),
  );
  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
});

test('a wait at one server is woken by a write at another (NOT-1)', async () => {
  const [one, two] = (await atEach(await here.key('cy'))) as [Seat, Seat, Seat];
  const asker = await signedIn(addresses[2] as string, await here.key('dee'));
  const { id } = await two.call('create_workflow', { name: 'Asked for', document: {}, workspace: 'Growth' });
  const { next_cursor: after } = await one.call('list_notifications', {});
  const waiting = one.call('list_notifications', { wait: 20, ...(after && { cursor: after }) });
  await asker.call('request_access', { id, message: 'Please' });
  expect((await waiting).items.length).toBeGreaterThan(0);
});

test('what was taken from someone at one server is gone at all of them with the next call (DEC-8)', async () => {
  const { id, secret } = await here.credential('dee');
  const seats = await atEach(secret);
  const other = await signedIn(addresses[0] as string, await here.key('dee'), '?toolsets=people,organization');
  const session = await opened(addresses[1] as string, secret);
  expect(await other.call('end_connection', { id: outside('credential', id) })).not.toHaveProperty('refused');
  for (const { call } of seats) await expect(call('whoami')).rejects.toThrow(/Not signed in/);
  for (const address of addresses)
    expect((await posted(address, secret, { method: 'ping' }, session)).status).toBe(401);
});

type Seat = Awaited<ReturnType<typeof signedIn>>;

const opened = async (address: string, key: string, capabilities: object = {}) => {
  const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'test', version: '0' } };
  const response = await posted(address, key, { method: 'initialize', params });
  await response.text();
  return { 'mcp-session-id': response.headers.get('mcp-session-id') ?? '', 'mcp-protocol-version': '2025-11-25' };
};

describe('a session of the 2025 protocol', () => {
  test('is there at every server for whoever opened it, for nobody else, and for no other narrowing (security 8)', async () => {
    const [ada, ben] = [await here.key('ada'), await here.key('ben')];
    const session = await opened(addresses[0] as string, ada);
    const missing = { ...session, 'mcp-session-id': randomUUID() };
    for (const address of addresses) {
      const [hidden, none] = [
        await posted(address, ben, { method: 'ping' }, session),
        await posted(address, ben, { method: 'ping' }, missing),
      ];
      expect([hidden.status, await hidden.text()]).toEqual([404, await none.text()]);
      const narrowed = await posted(
        `${address}/mcp?read_only=true#`.replace('/mcp', ''),
        ada,
        { method: 'ping' },
        session,
      );
      expect(narrowed.status).not.toBe(200);
      expect((await posted(address, ada, { method: 'ping' }, session)).status).toBe(200);
    }
  });

  test('ends at every server where it is ended at one, its streams too (security 32)', async () => {
    const ada = await here.key('ada');
    const session = await opened(addresses[0] as string, ada);
    const headers = { authorization: `Bearer ${ada}`, accept: 'text/event-stream', ...session };
    const stream = await fetch(`${addresses[1]}/mcp`, { headers: { ...headers, 'last-event-id': '1' } });
    expect(stream.status).toBe(200);
    for (const address of addresses) await posted(address, ada, { method: 'ping' }, session);
    const ended = await fetch(`${addresses[2]}/mcp`, { method: 'DELETE', headers });
    expect(ended.status).toBe(200);
    // Nothing was replayed, and it ends by itself.
    expect((await stream.text()).replaceAll(': keepalive\n\n', '')).toBe('');
    for (const address of addresses) expect((await posted(address, ada, { method: 'ping' }, session)).status).toBe(404);
  });

  test('has its stream at the server where its client opened it last', async () => {
    const ada = await here.key('ada');
    const session = await opened(addresses[0] as string, ada);
    const headers = { authorization: `Bearer ${ada}`, accept: 'text/event-stream', ...session };
    const first = await fetch(`${addresses[1]}/mcp`, { headers });
    const second = await fetch(`${addresses[2]}/mcp`, { headers });
    expect(await first.text()).toBe('');
    await second.body?.cancel();
  });
});

test('all servers give way to new ones under load: no acknowledged write is lost, none is done twice, and nobody is answered 5xx', async () => {
  const { acknowledged, refused, failures, ends, kept, names } = await roll(those, here);
  addresses = those.each();
  expect(failures).toEqual([]);
  expect(refused).toEqual([]);
  expect(ends).toEqual([0, 0, 0]);
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(acknowledged.filter((id) => !kept.includes(inside('workflow', id) ?? ''))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

describe('limits count on all servers together (security 25)', () => {
  test('of each tool that costs much', async () => {
    const seats = await atEach(await here.key('dee'));
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (seats[i % 3] as Seat).call('search_directory', { query: 'a' })),
    );
    const refused = all.filter(({ error }) => error);
    expect(refused).toHaveLength(6);
    for (const { error } of refused)
      expect(error).toMatchObject({ code: 'rate_limited', retry_after_seconds: expect.any(Number) });
  });

  test('of keys that hold nothing from one address; who is known is let in all the same', async () => {
    const key = await here.key('ada');
    const known = await atEach(key);
    const statuses = await Promise.all(
      Array.from({ length: 36 }, async (_, i) => {
        const guess = newSecret(here.organization, newId());
        return (await posted(addresses[i % 3] as string, guess, { method: 'ping' })).status;
      }),
    );
    // Of the twelve, what a server has been given back for a key that held is its own.
    const asked = statuses.filter((it) => it === 401).length;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(12);
    expect(statuses.filter((it) => it === 429)).toHaveLength(36 - asked);
    for (const { call } of known) expect(await call('whoami')).toMatchObject({ person: expect.anything() });
  });
});
