import { expect, test } from 'vitest';
import { agent } from '../support/agent.ts';
import { follow } from '../support/following.ts';
import { letIn } from '../support/letting-in.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { payloadOf, signingOf } from '../support/signing.ts';
import { visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' }, workspaces: { growth: { ada: 'owner' } } });
const service = await serviceIn(here, {}, { address: 'http://localhost' });
const { access } = await letIn(service, await visiting(service, here, 'ada'));
const { signed } = await signingOf(service);
/** A token like that of the client, which is over soon. */
const short = () => signed({ ...payloadOf(access), exp: Math.floor(Date.now() / 1000) + 2 });
const me = async (token: string) => (await rawly(service, token)('GET /me')).status;

test('a stream ends with the token that opened it, and opens with the next (DEC-4)', async () => {
  const uris = ['postern://me'];
  const token = await short();
  const { client } = await agent(service, token);
  const { closed } = await follow(client, '2026', uris);
  expect(await closed).toBe('graceful');
  expect(await me(token)).toBe(401);
  const renewed = await agent(service, access);
  const again = await follow(renewed.client, '2026', uris);
  expect(again.uris).toEqual(uris);
  await again.end();
});

test('in the protocol of 2025 the stream ends so, and the session goes on with the next token, as does what it follows', async () => {
  const ask = (token: string, init: RequestInit, session?: string | null) =>
    service.fetch(
      new Request('http://localhost/mcp', {
        ...init,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2025-11-25',
          ...(session && { 'mcp-session-id': session }),
        },
      }),
    );
  const post = (token: string, method: string, params: object, session?: string | null) =>
    ask(token, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) }, session);
  const clientInfo = { name: 'test', version: '0' };
  const opening = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };

  const token = await short();
  const session = (await post(token, 'initialize', opening)).headers.get('mcp-session-id');
  const stream = await ask(token, { method: 'GET' }, session);
  const whole = stream.text();
  expect((await post(token, 'resources/subscribe', { uri: 'postern://me' }, session)).status).toBe(200);
  expect(await whole).not.toContain('updated');
  expect((await ask(token, { method: 'GET' }, session)).status).toBe(401);

  const again = await ask(access, { method: 'GET' }, session);
  expect(again.status).toBe(200);
  const told = again.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await told?.read())?.value).toContain('postern://me');
  await told?.cancel();
});
