import { afterAll, expect, test, vi } from 'vitest';
import { overHttp } from '../../src/mcp/http.ts';
import { serverFor } from '../../src/mcp/server.ts';
import { serviceIn } from '../support/service.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member', ben: 'member' } });
const { postern } = await serviceIn(here);
const ada = { session: await postern.admit(await here.key('ada')) };
const ben = { session: await postern.admit(await here.key('ben')) };

/** A door that holds two of anything, and asks it over what it is sent. */
function narrow() {
  const log = { error: () => {}, debug: () => {} };
  const limits = { idleMs: 1_500, perCredential: 2, inAll: 2, streams: 2 };
  const door = overHttp((connection) => serverFor(connection, log), log, limits);
  afterAll(() => door.close());
  const ask = (who: typeof ada, method: string, params: object, headers: Record<string, string> = {}) =>
    door.fetch(
      new Request('http://localhost/mcp', {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      }),
      { ...who, tools: [] },
      '',
    );
  return { door, ask };
}

test('a session makes room for its credential’s next one, and is closed when it has long been idle (security 32)', async () => {
  const { door, ask } = narrow();
  const opening = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } };
  const begin = async (who = ada) => (await ask(who, 'initialize', opening)).headers.get('mcp-session-id') ?? '';
  const sessions = [await begin(), await begin(), await begin()];
  const statuses = () =>
    Promise.all(sessions.map(async (id) => (await ask(ada, 'ping', {}, { 'mcp-session-id': id })).status));
  expect(await statuses()).toEqual([404, 200, 200]);
  await begin(ben);
  expect(door.figures().sessions, 'in all').toBe(2);
  await vi.waitFor(() => expect(door.figures().sessions).toBe(0), 30_000);
  expect(await statuses()).toEqual([404, 404, 404]);
});

test('there are so many streams in all, whosever they are (security 19)', async () => {
  const { ask } = narrow();
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { _meta, notifications: { resourceSubscriptions: ['postern://me'] } };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
  const listen = (who: typeof ada) => ask(who, 'subscriptions/listen', params, headers);
  const answers = [await listen(ada), await listen(ada), await listen(ben)];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  // Until here they are held, as by a client that listens: what nobody holds any more ends.
  for (const { body } of answers) await body?.cancel();
});
