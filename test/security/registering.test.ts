import { expect, test } from 'vitest';
import { callback, clientOf, letIn } from '../support/letting-in.ts';
import { serviceIn } from '../support/service.ts';
import { visiting } from '../support/visiting.ts';
import { superuser, world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' } });
const address = { address: 'http://localhost' };
const [first, second] = [await serviceIn(here, {}, address), await serviceIn(here, {}, address)];
const ada = await visiting(first, here, 'ada');
const wellKnown = async (service: typeof first, name: string) =>
  (await service.fetch(new Request(`http://localhost/.well-known/${name}`))).json();

test('what is protected says who lets in, and of scopes what one begins with: never offline_access (security 7)', async () => {
  const document = {
    resource: 'http://localhost/mcp',
    authorization_servers: ['http://localhost'],
    scopes_supported: ['read', 'request'],
    bearer_methods_supported: ['header'],
    resource_name: 'Postern',
  };
  for (const name of ['oauth-protected-resource', 'oauth-protected-resource/mcp'])
    expect(await wellKnown(first, name)).toEqual(document);
});

test.each([
  'http://app.example/callback',
  'http://169.254.169.254/callback',
  'javascript:alert(1)//x.y',
  'data:text/html,x',
  'file:///etc/passwd',
  'https://user:secret@app.example/callback',
  'https://app.example/callback#fragment',
  'https://localhost/callback',
  'mailto:a@b.c',
  'blob:https://app.example/x',
  'view-source:https://app.example',
  'not an address',
])('a client does not get people sent back to %s (security 18)', async (redirect) => {
  const { status, body } = await clientOf(first, '192.0.2.1').register({ redirect_uris: [callback, redirect] });
  expect([status, body.error]).toEqual([400, 'invalid_redirect_uri']);
});

test.each([
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'com.example.app:/callback',
  'http://localhost:8787/callback',
  'https://claude.ai/api/mcp/auth_callback',
])('a known client may have people sent back to %s', async (redirect) => {
  const client = clientOf(first, '192.0.2.2');
  const { body } = await client.register({ redirect_uris: [redirect] });
  const back = await ada.answer(client.question(body.client_id, { redirect_uri: redirect }));
  expect(back.href.startsWith(`${redirect}?code=`)).toBe(true);
});

test('one address registers twenty clients an hour, whichever server it asks; another still may (security 18)', async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 21; i++)
    statuses.push((await clientOf(i % 2 ? first : second, '198.51.100.7').register()).status);
  expect(statuses).toEqual([...Array(20).fill(201), 429]);
  const refused = await clientOf(first, '198.51.100.7').register();
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
  expect((await clientOf(first, '198.51.100.8').register()).status).toBe(201);
});

test('a client that nobody lets in within a day is forgotten; one that someone did is not (security 18)', async () => {
  const client = clientOf(first, '192.0.2.3');
  const lone = (await client.register()).body.client_id;
  const { id: used } = await letIn(first, ada);
  await superuser.query(`update oauth_client set created_at = now() - interval '25 hours' where id = any ($1)`, [
    [lone, used],
  ]);
  expect((await ada.follow(client.question(lone))).response.status).toBe(400);
  expect((await ada.follow(client.question(used))).response.status).toBe(200);
  await client.register();
  const { rows } = await superuser.query('select id from oauth_client where id = any ($1)', [[lone, used]]);
  expect(rows).toEqual([{ id: used }]);
});

test('there are ten thousand such clients at most (security 18)', async () => {
  await superuser.query(
    `insert into oauth_client (id, standing, metadata) select 'filling ' || i, 'self', '{}' from generate_series(1, 10000) i`,
  );
  try {
    expect((await clientOf(first, '192.0.2.4').register()).status).toBe(429);
  } finally {
    await superuser.query(`delete from oauth_client where id like 'filling %'`);
  }
});

test('where clients do not register, nothing says that they might, and none does (security 18)', async () => {
  const closed = await serviceIn(here, { oauth: { registers: false } }, address);
  expect(await wellKnown(closed, 'oauth-authorization-server')).not.toHaveProperty('registration_endpoint');
  expect(await wellKnown(first, 'oauth-authorization-server')).toHaveProperty('registration_endpoint');
  expect((await clientOf(closed).register()).status).toBe(403);
});

test('what a client sends to be let in holds 64 KiB at most (security 24)', async () => {
  const client = clientOf(first, '192.0.2.6');
  const pad = 'x'.repeat(70_000);
  expect((await client.register({ pad })).status).toBe(413);
  expect((await client.redeem('any', 'code', { pad })).status).toBe(413);
});

test('what a client says of itself beyond its name and its addresses counts for nothing (security 18)', async () => {
  const { body } = await clientOf(first, '192.0.2.5').register({
    client_id: 'admin',
    client_secret: 'mine',
    scope: 'read override admin',
    logo_uri: 'https://evil.example/pixel',
    token_endpoint_auth_method: 'client_secret_basic',
    standing: 'registered',
  });
  expect(Object.keys(body).sort()).toEqual([
    'client_id',
    'client_id_issued_at',
    'client_name',
    'grant_types',
    'redirect_uris',
    'response_types',
    'token_endpoint_auth_method',
  ]);
  expect(body.client_id).toMatch(/^client_/);
  expect(body.token_endpoint_auth_method).toBe('none');
});
