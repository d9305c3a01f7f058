import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { agent, type Era } from '../support/agent.ts';
import { follow, quiet } from '../support/following.ts';
import { confirmed, office } from '../support/office.ts';
import { serviceIn } from '../support/service.ts';
import { type KeyTold, superuser } from '../support/world.ts';

let here: Awaited<ReturnType<typeof office>>;
let service: Awaited<ReturnType<typeof serviceIn>>;
/** One after another, and each evenly, they take ten seconds, beside all that comes before. */
let hundred: Promise<readonly string[]>;

const many = Object.fromEntries([...Array(101).keys()].map((i) => [`report ${i}`, { in: 'Growth', owner: 'ada' }]));

beforeAll(async () => {
  here = await office({
    people: { ada: 'member', ben: 'member', root: 'admin' },
    workspaces: { Growth: { ada: 'creator', ben: 'creator' }, Finance: { ben: 'creator', ada: 'viewer' } },
    workflows: {
      ...many,
      plan: { in: 'Growth', owner: 'ben', visibility: 'everyone' },
      books: { in: 'Finance', owner: 'ben', visibility: 'everyone' },
      secret: { in: 'Growth', owner: 'ben' },
    },
  });
  service = await serviceIn(here);
  hundred = followedOf(Object.keys(many).map(uri));
});

const uri = (name: string) => `postern://workflow/${here.id(name)}`;
const as = async (who: string, { era = '2026', ...how }: KeyTold & { era?: Era } = {}, query = '') => {
  const { id, secret } = await here.credential(who, how);
  return { id, secret, client: (await agent(service, secret, { era, query })).client };
};
/** Those that one connection of ada's follows. */
async function followedOf(uris: readonly string[]) {
  const { client } = await as('ada', { era: '2025' });
  const it = await follow(client, '2025', uris);
  await client.close();
  return it.uris;
}
let edits = 0;
const edit = async (name: string) => {
  const ben = here.as('ben');
  const { revision } = await ben('open_workflow', { id: here.id(name) });
  await ben('edit_workflow', { id: here.id(name), revision, merge: { edits: ++edits } });
};
const openings = async (credential: string) =>
  (
    await superuser.query('select action, outcome from activity where credential_id = $1 order by at, id', [credential])
  ).rows.map(({ action, outcome }) => `${action} ${outcome}`);

describe.each<Era>(['2026', '2025'])('following over the protocol of %s', (era) => {
  test('begins with an opening in the log, or a refusal; events are no openings (ACT-1)', async () => {
    const { id, client } = await as('ada', { era });
    const it = await follow(client, era, [uri('plan'), uri('secret'), 'postern://me']);
    expect(it.uris).toEqual([uri('plan'), 'postern://me']);
    await edit('plan');
    await it.until(uri('plan'));
    expect(await openings(id)).toEqual(['resource.open allow', 'resource.open hide']);
    await client.close();
  });

  test('tells that one stands otherwise oneself, and nothing of how others do', async () => {
    const { client } = await as('ada', { era });
    const it = await follow(client, era, ['postern://me']);
    const role = (who: string, role: string) =>
      here.sql('update workspace_member set role = $1 where person_id = $2 and workspace_id = $3', [
        role,
        here.uuid(who),
        here.uuid('Finance'),
      ]);
    await role('ben', 'viewer');
    await quiet();
    expect(it.heard()).toEqual([]);
    await role('ada', 'creator');
    await it.until('postern://me');
    await role('ada', 'viewer');
    await role('ben', 'creator');
    await client.close();
  });

  test('a viewer is not told whom else it is shared with, nor anything once they can’t open it any more (security 19)', async () => {
    const { client } = await as('ada', { era });
    const it = await follow(client, era, [uri('plan')]);
    const ben = here.as('ben');
    await ben('share_resource', { id: here.id('plan'), with: 'person:root@acme.test', role: 'viewer' });
    await confirmed(ben, 'set_visibility', { id: here.id('plan'), visibility: 'private' });
    await edit('plan');
    await quiet();
    expect(it.heard()).toEqual([]);
    await confirmed(ben, 'set_visibility', { id: here.id('plan'), visibility: 'everyone' });
    await client.close();
  });

  test('a connection that is narrowed follows nothing beyond, and a key without a scope no list (EXT-4) (security 19)', async () => {
    const narrowed = await as('ada', { era }, 'workspace=Growth');
    expect((await follow(narrowed.client, era, [uri('plan'), uri('books')])).uris).toEqual([uri('plan')]);
    const bare = await as('ada', { era, scopes: [] });
    const all = [uri('plan'), 'postern://notifications', 'postern://requests/sent', 'postern://me'];
    expect((await follow(bare.client, era, all)).uris).toEqual(['postern://me']);
    await Promise.all([narrowed.client.close(), bare.client.close()]);
  });

  test('it ends with a key that comes to its end', async () => {
    const end = Date.now() + 2_000;
    const { client } = await as('ada', { era, expiresAt: new Date(end) });
    const it = await follow(client, era, [uri('plan')]);
    expect(it.uris).toEqual([uri('plan')]);
    if (it.closed) expect(await it.closed).toBe('graceful');
    await pause(Math.max(0, end + 300 - Date.now()));
    await edit('plan');
    await quiet();
    expect(it.heard()).toEqual([]);
    await client.close();
  });

  test('what nobody was told of while the connection that hears was broken is told of once it is back (NOT-1)', async () => {
    const { client } = await as('ada', { era });
    const it = await follow(client, era, [uri('plan'), 'postern://notifications']);
    await superuser.query('set session_replication_role = replica');
    await here.sql('update resource set name = $1 where id = $2', [`plan ${era}`, here.uuid('plan')]);
    await here.sql(
      `insert into notification (organization_id, id, person_id, event) values ($1, $2, $3, 'request_approved')`,
      [here.organization, newId(), here.uuid('ada')],
    );
    await superuser.query('reset session_replication_role');
    await quiet();
    expect(it.heard()).toEqual([]);
    await superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'postern news' and datname = current_database()`,
    );
    await it.until(uri('plan'), 'postern://notifications');
    await client.close();
  });
});

test('a hidden address, a missing one and none at all are refused alike (EXT-2)', async () => {
  const { client } = await as('ada', { era: '2025' });
  const answer = (address: string) =>
    client.subscribeResource({ uri: address }).then(
      () => 'followed',
      ({ code, message, data }) => JSON.stringify({ code, message, data }).replaceAll(address, 'URI'),
    );
  const hidden = await answer(uri('secret'));
  expect(JSON.parse(hidden)).toMatchObject({ code: -32602, data: { uri: 'URI' } });
  expect(await answer(`postern://workflow/${outside('workflow', newId())}`)).toBe(hidden);
  expect(await answer('postern://workflow/nonsense')).toBe(hidden);
  expect(await answer('constructor')).toBe(hidden);
  await expect(client.subscribeResource({ uri: 'postern://guide/roles' })).rejects.toThrow(/guide does not change/);
  await client.close();
});

test('a session of the 2025 protocol whose key was revoked is closed with its stream (security 19)', async () => {
  const { id, secret } = await here.credential('ada');
  const headers = {
    authorization: `Bearer ${secret}`,
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': '2025-11-25',
  };
  const send = (method: string, params: object, more: object = {}) =>
    service.fetch(
      new Request('http://localhost/mcp', {
        method: 'POST',
        headers: { ...headers, ...more },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      }),
    );
  const client = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } };
  const session = { 'mcp-session-id': (await send('initialize', client)).headers.get('mcp-session-id') ?? '' };
  const stream = await service.fetch(new Request('http://localhost/mcp', { headers: { ...headers, ...session } }));
  expect(stream.status).toBe(200);
  expect((await send('resources/subscribe', { uri: 'postern://me' }, session)).status).toBe(200);
  const whole = stream.text();
  await here.sql('update credential set revoked_at = now() where id = $1', [id]);
  expect(await whole).not.toContain('updated');
});

test('one connection follows a hundred things at most, and one key holds 32 streams (security 19)', async () => {
  const all = Object.keys(many).map(uri);
  expect(await hundred).toEqual(all.slice(0, 100));

  const { client: modern } = await as('ada');
  await expect(modern.listen({ resourceSubscriptions: all })).rejects.toThrow();
  const streams = await Promise.all(
    [...Array(32).keys()].map(() => modern.listen({ resourceSubscriptions: ['postern://me'] })),
  );
  await expect(modern.listen({ resourceSubscriptions: ['postern://me'] })).rejects.toThrow(/Too many streams/);
  await streams[0]?.close();
  await quiet();
  await (await modern.listen({ resourceSubscriptions: ['postern://me'] })).close();
  await modern.close();
});
