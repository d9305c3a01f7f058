import { expect, test } from 'vitest';
import { callback, clientOf, letIn } from '../support/letting-in.ts';
import { serviceIn } from '../support/service.ts';
import { signedIn, visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member', bo: 'member' } });
const service = await serviceIn(here, {}, { address: 'http://localhost' });
const ada = await visiting(service, here, 'ada');
const client = clientOf(service);
const registered = async (metadata: object = {}) => (await client.register(metadata)).body.client_id as string;
const id = await registered({ client_name: 'Notes <b>&</b> \u202Eplans' });
const far = 'https://app.example/callback';
const textOf = async (question: URL) => (await ada.follow(question)).response.text();

test('who is asked sees the name, the host, who vouches for it and what it would do, the name as a text (security 13)', async () => {
  const text = await textOf(client.question(id, { scope: 'read write' }));
  expect(text).toContain('Let Notes &lt;b&gt;&amp;&lt;/b&gt; plans in?');
  expect(text).toContain('<b>127.0.0.1</b>');
  expect(text).toContain('nobody has checked it');
  expect(text).toContain('your own machine, where any program could pose as it');
  expect(text).toContain('See and open what you can open; create, edit, delete and restore');
  const elsewhere = await registered({ redirect_uris: [far] });
  const other = await textOf(client.question(elsewhere, { redirect_uri: far }));
  expect(other).toContain('<b>app.example</b>');
  expect(other).toContain('Go on only if you know app.example');
});

test('someone is asked each time, also by a client that they let in before (security 13)', async () => {
  const { id: known } = await letIn(service, ada);
  for (const params of [{}, { scope: 'read' }, { prompt: 'none' }]) {
    const { url, response } = await ada.follow(client.question(known, params));
    if (params.prompt) expect(url.searchParams.get('error')).toBe('consent_required');
    else expect(await response.text()).toContain('Let Probe in?');
  }
});

test.each([
  ['another path', `${callback}/evil`],
  ['another host', 'http://127.0.0.1.evil.example:4655/callback'],
  ['another name of this machine', 'http://localhost:4655/callback'],
  ['a query of its own', `${callback}?next=evil`],
  ['the same over TLS', callback.replace('http:', 'https:')],
])('someone is sent back to what was registered alone, not to %s (security 13)', async (_, redirect_uri) => {
  const { url, response } = await ada.follow(client.question(id, { redirect_uri }));
  expect([url.pathname, response.status]).toEqual(['/oauth/authorize', 400]);
  expect(await response.text()).toContain('This does not work');
});

test('on this machine a client may listen on any port (RFC 8252)', async () => {
  const redirect_uri = 'http://127.0.0.1:50001/callback';
  const back = await ada.answer(client.question(id, { redirect_uri }));
  expect(back.href.startsWith(`${redirect_uri}?code=`)).toBe(true);
});

test('a question is answered once, in the browser that was asked, by whoever is signed in there (security 13)', async () => {
  const page = await ada.follow(client.question(id));
  const bo = await visiting(service, here, 'bo');
  expect((await bo.follow(page.url)).response.status).toBe(410);
  expect((await service.fetch(new Request(page.url))).headers.get('location')).toContain('/sign-in?next=');

  const csrf = /name="csrf" value="([^"]+)"/.exec(await page.response.text())?.[1] ?? '';
  const body = new URLSearchParams({ csrf, answer: 'allow', extent: 'asked', days: '90' });
  const allow = () => ada.send(page.url, { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin' } });
  const first = await allow();
  expect((await allow()).status).toBe(410);
  const back = await ada.follow(first.headers.get('location') ?? '');
  expect(back.url.searchParams.get('state')).toBe('a state');
  expect((await ada.follow(page.url)).response.status).toBe(410);
  const again = await ada.submit({ url: page.url, response: new Response('') }, { answer: 'allow' });
  expect(again.response.status).toBe(403);
});

test('an answer is taken for the question of its own page, not for another one that this browser was asked meanwhile (security 13)', async () => {
  const page = await ada.follow(client.question(id));
  const other = await registered({ client_name: 'Other' });
  await ada.follow(client.question(other, { scope: 'write' }));
  expect((await ada.submit(page, { answer: 'allow', extent: 'asked', days: '90' })).response.status).toBe(410);
  expect(await here.sql('select id from credential where client_id = $1', [other])).toEqual([]);
});

test('an answer that another site sends, or that is older than the sign-in, lets nobody in (security 13)', async () => {
  const page = await ada.follow(client.question(id));
  const csrf = /name="csrf" value="([^"]+)"/.exec(await page.response.text())?.[1] ?? '';
  const body = () => new URLSearchParams({ csrf, answer: 'allow', extent: 'all', days: '90' });
  const post = (headers: Record<string, string>, form = body()) =>
    ada.send(page.url, { method: 'POST', body: form, headers });
  expect((await post({ 'sec-fetch-site': 'cross-site', origin: 'http://localhost' })).status).toBe(403);
  expect((await post({})).status).toBe(403);
  expect((await post({ 'sec-fetch-site': 'same-origin' }, new URLSearchParams({ answer: 'allow' }))).status).toBe(403);
  ada.cookies.set('postern_session', await signedIn(here, 'ada'));
  expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(403);
});

test('nobody frames the page, and its form leads to the client and nowhere else (security 13)', async () => {
  const { response } = await ada.follow(client.question(id));
  const policy = response.headers.get('content-security-policy');
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("form-action 'self' http://127.0.0.1:4655;");
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('what someone did not let a client do any more is over at once, and what it asks for anew is added to the rest', async () => {
  const { client: its, id: known, refresh } = await letIn(service, ada, { extent: 'all' });
  await ada.answer(its.question(known, { scope: 'read' }), { extent: 'read' });
  expect((await its.refresh(known, refresh)).body.scope).toBe('read');
  const code = (await ada.answer(its.question(known, { scope: 'write' }))).searchParams.get('code') ?? '';
  expect((await its.redeem(known, code)).body.scope).toBe('read write');
  const rows = await here.sql(`select id from credential where organization_id = $1 and client_id = $2`, [
    here.organization,
    known,
  ]);
  expect(rows).toHaveLength(1);
});

test('who says no sends the client away empty, and nothing is there', async () => {
  const fresh = await registered();
  const back = await ada.answer(client.question(fresh), { answer: 'deny' });
  expect(back.searchParams.get('error')).toBe('access_denied');
  expect(await here.sql('select id from credential where client_id = $1', [fresh])).toEqual([]);
});
