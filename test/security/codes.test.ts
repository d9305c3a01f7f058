import { Client } from 'pg';
import { expect, test } from 'vitest';
import { callback, clientOf, letIn } from '../support/letting-in.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' } });
const service = await serviceIn(here, {}, { address: 'http://localhost' });
const elsewhere = await serviceIn(here, {}, { address: 'http://localhost' });
const ada = await visiting(service, here, 'ada');
const client = clientOf(service);
const { client_id: id } = (await client.register()).body;
const me = async (access: string) => (await rawly(service, access)('GET /me')).status;
const issuer = 'http://localhost';

test.each([
  ['no proof key', { code_challenge: undefined, code_challenge_method: undefined }],
  ['a plain proof key', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }],
  ['a proof key that says no method', { code_challenge_method: undefined }],
])('a question with %s is refused (security 14)', async (_, params) => {
  const back = await ada.answer(client.question(id, params));
  expect(back.searchParams.get('error')).toBe('invalid_request');
});

test('a code is worth nothing without its proof key, with another client, or sent from elsewhere (security 14)', async () => {
  const back = await ada.answer(client.question(id));
  const code = back.searchParams.get('code') ?? '';
  const other = (await client.register()).body.client_id;
  for (const [who, wrong] of [
    [id, { code_verifier: 'y'.repeat(43) }],
    [id, { redirect_uri: `${callback}/elsewhere` }],
    [other, {}],
  ] as const)
    expect(await client.redeem(who, code, wrong)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect((await client.redeem(id, code)).status).toBe(200);
});

test('a code serves once, and a second time ends all that came of it (security 14)', async () => {
  const { client: its, id: who, code, access, refresh } = await letIn(service, ada);
  expect(await me(access)).toBe(200);
  expect((await its.redeem(who, code)).body.error).toBe('invalid_grant');
  expect(await me(access)).toBe(401);
  expect((await its.refresh(who, refresh)).body.error).toBe('invalid_grant');
});

test('of many that come with one code at the same moment, one at most gets a token, and that is over, however they meet (security 14)', async () => {
  const holder = new Client(here.connection);
  await holder.connect();
  for (let round = 0; round < 10; round++) {
    const code = (await ada.answer(client.question(id))).searchParams.get('code') ?? '';
    await holder.query('begin');
    await holder.query('lock table oauth_item in share mode');
    const asked = Array.from({ length: 6 }, () => client.redeem(id, code));
    // All have read that it is there, and none has used it up: one waits for the table, the others for the connection.
    const waiting = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await here.sql<{ n: number }>(waiting))[0]?.n, { interval: 10 }).toBe(asked.length);
    await holder.query('commit');
    const answers = await Promise.all(asked);
    const got = answers.filter(({ status }) => status === 200);
    expect(got.length).toBeLessThanOrEqual(1);
    for (const { body } of got) expect(await me(body.access_token)).toBe(401);
  }
  await holder.end();
});

/** Sets back when all that was used up was used, by the database's clock. */
const passed = (seconds: number) =>
  here.sql('update oauth_item set used_at = used_at - make_interval(secs => $2) where organization_id = $1', [
    here.organization,
    seconds,
  ]);

test('a refresh token gives another each time; one that comes again later ends the connection, for thief and owner alike (security 14)', async () => {
  const { client: its, id: who, refresh } = await letIn(service, ada);
  const second = (await its.refresh(who, refresh)).body;
  expect(second.refresh_token).not.toBe(refresh);
  expect(await me(second.access_token)).toBe(200);
  await passed(11);
  expect((await its.refresh(who, refresh)).body.error).toBe('invalid_grant');
  expect(await me(second.access_token)).toBe(401);
  expect((await its.refresh(who, second.refresh_token)).body.error).toBe('invalid_grant');
  const [entry] = await here.sql(
    `select because from activity where organization_id = $1 and action = 'connection.end' order by id desc limit 1`,
    [here.organization],
  );
  expect(entry?.because).toContain('came a second time');
});

test('whoever lost the answer of a refresh, or asks twice at once, gets the one token that there is, whichever servers they ask (security 14)', async () => {
  const { client: its, id: who, refresh } = await letIn(service, ada);
  const other = clientOf(elsewhere);
  const answers = await Promise.all([its, other, its, other, its, other].map((asked) => asked.refresh(who, refresh)));
  await passed(8);
  answers.push(await other.refresh(who, refresh));
  const [next, ...others] = new Set(answers.map(({ body }) => body.refresh_token));
  expect(others).toEqual([]);
  for (const { body } of answers) expect(await me(body.access_token)).toBe(200);
  expect((await its.refresh(who, next)).status).toBe(200);
});

test('another client that comes with a refresh token gets nothing, be it ever so soon (security 14)', async () => {
  const { client: its, id: who, refresh } = await letIn(service, ada);
  await its.refresh(who, refresh);
  expect((await its.refresh(id, refresh)).body.error).toBe('invalid_grant');
  expect((await its.refresh(who, refresh)).status).toBe(200);
});

test('once what it turned into has been used, a refresh token that comes again is a thief’s at once (security 14)', async () => {
  const { client: its, id: who, refresh } = await letIn(service, ada);
  const second = (await its.refresh(who, refresh)).body;
  const third = (await its.refresh(who, second.refresh_token)).body;
  expect((await its.refresh(who, refresh)).body.error).toBe('invalid_grant');
  expect(await me(third.access_token)).toBe(401);
});

test('nothing that is kept gives a refresh token away: of the one that is to come, a text that only its predecessor opens', async () => {
  const { client: its, id: who, refresh } = await letIn(service, ada);
  const second = (await its.refresh(who, refresh)).body.refresh_token;
  const kept = JSON.stringify(
    await here.sql('select * from oauth_item where organization_id = $1', [here.organization]),
  );
  for (const token of [refresh, second]) expect(kept).not.toContain(token);
  const sealed = () =>
    here.sql('select id from oauth_item where organization_id = $1 and next_sealed is not null', [here.organization]);
  const before = (await sealed()).length;
  await its.refresh(who, second);
  expect(await sealed()).toHaveLength(before);
});

test('what is over gives no token (security 14)', async () => {
  const { client: its, id: who, refresh } = await letIn(service, ada);
  await here.sql(`update oauth_item set expires_at = now() - interval '1 s' where organization_id = $1`, [
    here.organization,
  ]);
  expect((await its.refresh(who, refresh)).body.error).toBe('invalid_grant');
});

test('a client hands back its token, no other client does, and the connection is over', async () => {
  const { client: its, id: who, access, refresh } = await letIn(service, ada);
  const form = new URLSearchParams({ token: refresh, client_id: id });
  await its.post('/oauth/revoke', form);
  expect(await me(access), 'by another client').toBe(200);
  form.set('client_id', who);
  expect((await its.post('/oauth/revoke', form)).status).toBe(200);
  expect(await me(access)).toBe(401);
});

test('whatever a client hears of a question, it hears from whom (security 15)', async () => {
  const metadata = await (await ada.send('/.well-known/oauth-authorization-server')).json();
  expect(metadata).toMatchObject({ issuer, authorization_response_iss_parameter_supported: true });
  const heard = {
    code: await ada.answer(client.question(id)),
    access_denied: await ada.answer(client.question(id), { answer: 'deny' }),
    consent_required: await ada.answer(client.question(id, { prompt: 'none' })),
    invalid_target: await ada.answer(client.question(id, { resource: 'https://elsewhere.example/mcp' })),
    invalid_request: await ada.answer(client.question(id, { code_challenge: undefined })),
  };
  for (const [what, { searchParams }] of Object.entries(heard)) {
    expect(searchParams.has('code') ? 'code' : searchParams.get('error')).toBe(what);
    expect(searchParams.get('iss')).toBe(issuer);
    expect(searchParams.get('state')).toBe('a state');
  }
});

test.each([
  ['another host', 'https://localhost.example/mcp'],
  ['another place here', 'http://localhost/other'],
  ['another port', 'http://localhost:1/mcp'],
  ['a place with a fragment', 'http://localhost/mcp#x'],
  ['no address', 'postern'],
])('a token for %s is not to be had (security 16)', async (_, resource) => {
  expect((await ada.answer(client.question(id, { resource }))).searchParams.get('error')).toBe('invalid_target');
  const code = (await ada.answer(client.question(id))).searchParams.get('code') ?? '';
  expect((await client.redeem(id, code, { resource })).body.error).toBe('invalid_target');
});

test.each([
  'http://localhost/mcp',
  'http://localhost',
  'http://localhost/mcp/',
  'http://127.0.0.1/mcp?toolsets=groups',
  undefined,
])('a token is made for MCP here, when it was asked for %s (security 16)', async (resource) => {
  const code = (await ada.answer(client.question(id, { resource }))).searchParams.get('code') ?? '';
  const { body } = await client.redeem(id, code);
  const { aud, iss } = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
  expect({ aud, iss }).toEqual({ aud: 'http://localhost/mcp', iss: issuer });
});
