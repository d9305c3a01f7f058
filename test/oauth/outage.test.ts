import { afterEach, expect, test } from 'vitest';
import { openOperator } from '../../src/workspace/operator.ts';
import { callback, clientOf, letIn } from '../support/letting-in.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { visiting } from '../support/visiting.ts';
import { connection, superuser, world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' } });
const address = { address: 'http://localhost' };
const [service, fresh] = [await serviceIn(here, {}, address), await serviceIn(here, {}, address)];
const ada = await visiting(service, here, 'ada');

/** Whoever serves gets no connection any more, and loses those that it has. */
async function takeAway(): Promise<void> {
  await superuser.query(`alter database ${connection.database} connection limit 0`);
  await superuser.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and usename = 'postern_app'`,
  );
}
const bringBack = () => superuser.query(`alter database ${connection.database} connection limit -1`);
afterEach(bringBack);

test('while the database is away every door of OAuth says to come back, and what clients and people hold serves afterwards', async () => {
  const { client, id, access, refresh } = await letIn(service, ada);
  const operator = await openOperator(here.connection);
  const known = await operator.addClient({ client_name: 'App', redirect_uris: [callback] }, true);
  await operator.close();
  const code = (await ada.answer(client.question(id))).searchParams.get('code') ?? '';
  const asked = await ada.follow(client.question(id));
  const refreshing = { grant_type: 'refresh_token', client_id: id, refresh_token: refresh };
  const form = (fields: Record<string, string>) => new URLSearchParams(fields);

  await takeAway();
  const at = (other: typeof service) => clientOf(other).post;
  const told: Record<string, Promise<Response> | Response> = {
    'a refresh': client.post('/oauth/token', form(refreshing)),
    'a refresh, at a server that knows no keys yet': at(fresh)('/oauth/token', form(refreshing)),
    'a code': client.post(
      '/oauth/token',
      form({
        grant_type: 'authorization_code',
        client_id: id,
        code,
        redirect_uri: callback,
        code_verifier: client.verifier,
      }),
    ),
    'a client with its secret': client.post(
      '/oauth/token',
      form({ ...refreshing, client_id: known.id, client_secret: known.secret ?? '' }),
    ),
    'a token handed back': client.post('/oauth/revoke', form({ client_id: id, token: refresh })),
    'a registration': client.post('/oauth/register', { client_name: 'Late', redirect_uris: [callback] }),
    'the keys, at a server that knows none yet': fresh.fetch(new Request('http://localhost/oauth/keys')),
  };
  for (const [what, answer] of Object.entries(told)) {
    const response = await answer;
    const text = await response.text();
    expect({ what, status: response.status, wait: response.headers.get('retry-after') }).toEqual({
      what,
      status: 503,
      wait: '2',
    });
    expect(JSON.parse(text)).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The database does not answer just now.',
    });
  }
  const pages: Record<string, Response> = {
    'a question': await ada.send(client.question(id)),
    'the page that asks': await ada.send(asked.url),
    'its answer': await ada.send(asked.url, {
      method: 'POST',
      body: form({ answer: 'allow' }),
      headers: { 'sec-fetch-site': 'same-origin' },
    }),
    'signing in': await ada.send('/sign-in', {
      method: 'POST',
      body: form({ email: here.email('ada'), password: 'any' }),
      headers: { 'sec-fetch-site': 'same-origin' },
    }),
    'the way on from there': await ada.send(`/oauth/authorize/${asked.url.pathname.split('/').at(-1)}`),
  };
  for (const [what, response] of Object.entries(pages)) {
    expect({ what, status: response.status, wait: response.headers.get('retry-after') }).toEqual({
      what,
      status: 503,
      wait: '2',
    });
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toMatch(/<h1>Not available just now<\/h1>/);
  }
  for (const it of [service, fresh]) expect((await rawly(it, access)('GET /me')).status).toBe(503);

  await bringBack();
  expect((await rawly(service, access)('GET /me')).status).toBe(200);
  expect((await client.refresh(id, refresh)).status).toBe(200);
  expect((await client.redeem(id, code)).status).toBe(200);
  const back = await ada.submit(await ada.follow(asked.url), { answer: 'allow', extent: 'asked', days: '90' });
  expect(back.url.searchParams.get('code')).toBeTruthy();
  expect([...service.logged, ...fresh.logged].filter(({ message }) => !/database/i.test(message))).toEqual([]);
});
