import { expect, test } from 'vitest';
import { isPublic } from '../../src/oauth/outward.ts';
import { internet } from '../support/elsewhere.ts';
import { callback, clientOf } from '../support/letting-in.ts';
import { serviceIn } from '../support/service.ts';
import { visiting } from '../support/visiting.ts';
import { superuser, world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' } });
const net = await internet();
const service = await serviceIn(here, {}, { address: 'http://localhost', ...net.beyond });
const ada = await visiting(service, here, 'ada');
const client = clientOf(service);

const good = 'https://app.example/client.json';
const says = (id: string, more: object = {}) => ({
  client_id: id,
  client_name: 'App',
  redirect_uris: [callback],
  ...more,
});
net.put(good, says(good));
/** What becomes of a question by a client with this id: the page, and how many were dialled for it. */
const asked = async (id: string) => {
  const before = net.dialled.length;
  const { response } = await ada.follow(client.question(id));
  return { status: response.status, text: await response.text(), dialled: net.dialled.slice(before) };
};

test('a client is known by the document at its own address, read once, and lets its person in (security 5, 17)', async () => {
  const first = await asked(good);
  expect(first).toMatchObject({ status: 200, dialled: ['app.example at 93.184.215.14:443'] });
  expect(first.text).toContain('Known by its own page at <b>app.example</b>');
  expect((await asked(good)).dialled).toEqual([]);
  const code = (await ada.answer(client.question(good))).searchParams.get('code') ?? '';
  expect((await client.redeem(good, code)).status).toBe(200);
});

test('what goes out for it bears nothing of whoever asked: no token, no cookie (security 5)', async () => {
  const { headers } = net.heard.find(({ url }) => url === '/client.json') ?? { headers: {} };
  expect(Object.keys(headers).sort()).toEqual(['accept', 'connection', 'host']);
});

test('nothing is read for somebody who is not signed in (security 17)', async () => {
  const id = 'https://unread.example/client.json';
  net.put(id, says(id));
  const answer = await service.fetch(new Request(client.question(id)));
  expect(answer.headers.get('location')).toContain('/sign-in?next=');
  expect((await client.redeem(id, 'x')).body.error).toBe('invalid_client');
  expect(net.looked).not.toContain('unread.example');
});

test.each([
  'http://app.example/client.json',
  'https://127.1/client.json',
  'https://0x7f.1/client.json',
  'https://2130706433/client.json',
  'https://[::ffff:127.0.0.1]/client.json',
  'https://169.254.169.254/latest/meta-data',
  'https://93.184.215.14/client.json',
  'https://localhost/client.json',
  'https://db.internal/client.json',
  'https://app.example:8443/client.json',
  'https://user:secret@app.example/client.json',
  'https://app.example/',
  'https://app.example/client.json#x',
  'https://app.example/a/../client.json',
  'https://APP.example/client.json',
  'https://app.example\\@evil.example/client.json',
  'file:///etc/passwd',
  'gopher://app.example/x',
])('%s is no address of a client, and nobody goes there (security 17)', async (id) => {
  const before = net.looked.length;
  const { status, dialled } = await asked(id);
  expect([status, dialled, net.looked.length]).toEqual([400, [], before]);
});

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '198.18.0.1',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '2002:7f00:1::',
  '2001::1',
  '2001:db8::1',
])('a name that is at %s leads nowhere, whatever else it is at (security 17)', async (address) => {
  expect(isPublic(address)).toBe(false);
  const id = `https://inside-${Buffer.from(address).toString('hex')}.example/client.json`;
  net.put(id, says(id));
  net.names.set(new URL(id).hostname, ['93.184.215.14', address]);
  expect(await asked(id)).toMatchObject({ status: 400, dialled: [] });
});

test('a name is looked up once, and that address is the one that is gone to: rebinding gets nowhere (security 17)', async () => {
  const id = 'https://rebinding.example/client.json';
  net.put(id, says(id));
  let times = 0;
  net.names.set('rebinding.example', () => [times++ === 0 ? '93.184.215.14' : '127.0.0.1']);
  expect((await asked(id)).dialled).toEqual(['rebinding.example at 93.184.215.14:443']);
  expect(times).toBe(1);
  for (const it of ['8.8.8.8', '2606:4700::1111', '93.184.215.14']) expect(isPublic(it)).toBe(true);
});

type Answer = Parameters<typeof net.put>[1];
const json = { 'content-type': 'application/json' };
const odd: Record<string, (id: string) => Answer> = {
  'sends elsewhere': (id) => (_, response) =>
    response.writeHead(302, { ...json, location: 'https://127.0.0.1/x' }).end(JSON.stringify(says(id))),
  'is too large': (id) => says(id, { padding: 'x'.repeat(6_000) }),
  'never ends': () => (_, response) => {
    response.writeHead(200, json);
    const more = setInterval(() => response.write(' '.repeat(1_000)), 1);
    response.on('close', () => clearInterval(more));
  },
  'is no JSON': (id) => (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(JSON.stringify(says(id))),
  'is broken': () => (_, response) => response.writeHead(200, json).end('{'),
  'is not there': () => (_, response) => response.writeHead(404, json).end('{}'),
  'speaks of another client': () => says(good),
  'has a secret': (id) => says(id, { client_secret: 'x' }),
  'wants to prove itself by a secret': (id) => says(id, { token_endpoint_auth_method: 'client_secret_post' }),
  'has people sent back in the clear': (id) => says(id, { redirect_uris: ['http://app.example/callback'] }),
  'has people sent back to a script': (id) => says(id, { redirect_uris: ['javascript:alert(1)'] }),
};
test.each(Object.keys(odd))('a document that %s makes nobody a client (security 17)', async (what) => {
  const id = `https://odd.example/${encodeURIComponent(what)}.json`;
  net.put(id, odd[what]?.(id) as Answer);
  const { status, text } = await asked(id);
  expect(status).toBe(400);
  expect(text).toContain('This does not work');
  const { rows } = await superuser.query('select id from oauth_client where id = $1', [id]);
  expect(rows).toEqual([]);
});

test('a document that takes too long is given up (security 17)', async () => {
  const id = 'https://slow.example/client.json';
  net.put(id, () => {});
  expect((await asked(id)).status).toBe(400);
}, 20_000);
