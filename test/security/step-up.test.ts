import { expect, test } from 'vitest';
import { agent } from '../support/agent.ts';
import { clientOf, letIn } from '../support/letting-in.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({
  people: { ada: 'member', root: 'admin' },
  workspaces: { growth: { ada: 'creator' } },
});
const service = await serviceIn(here, {}, { address: 'http://localhost' });
const ada = await visiting(service, here, 'ada');
const metadata = 'resource_metadata="http://localhost/.well-known/oauth-protected-resource/mcp"';

const rpc = (secret: string, name: string, args: object, headers: Record<string, string> = {}) =>
  service.fetch(
    new Request('http://localhost/mcp?toolsets=workflows,sharing,groups', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
    }),
  );

test('a call beyond what was granted is answered 403, with all that is granted and what it takes, in one step (security 6)', async () => {
  const { access } = await letIn(service, ada);
  const created = await rpc(access, 'create_workflow', { name: 'a', document: {} });
  expect(created.status).toBe(403);
  expect(created.headers.get('www-authenticate')).toBe(
    `Bearer realm="postern", error="insufficient_scope", scope="read write request", ${metadata}`,
  );
  const decided = await rpc(access, 'decide_access_requests', { decisions: [{ id: 'req_x', decision: 'deny' }] });
  expect(decided.headers.get('www-authenticate')).toContain('scope="read request review"');
  const overRest = await rawly(service, access)('POST /workflows', { body: { name: 'a', document: {} } });
  expect([overRest.status, overRest.headers.get('www-authenticate')]).toEqual([
    403,
    created.headers.get('www-authenticate'),
  ]);
  const denied = await here.sql(
    `select action from activity where organization_id = $1 and outcome = 'deny' order by id`,
    [here.organization],
  );
  expect(denied.map(({ action }) => action)).toEqual(['resource.create', 'request.decide', 'resource.create']);
});

test('what a client could still be granted is in its list of tools; what a key cannot do is not (EXT-5) (security 6)', async () => {
  const { access } = await letIn(service, ada);
  const tools = async (secret: string) =>
    (await (await agent(service, secret)).client.listTools()).tools.map(({ name }) => name);
  expect(await tools(access)).toEqual(await tools(await here.key('ada')));
  expect(await tools(await here.key('ada', { scopes: ['read'] }))).not.toContain('create_workflow');
  const { call } = await agent(service, await here.key('ada', { scopes: ['read'] }));
  await expect(call('create_workflow', { name: 'a', document: {} })).rejects.toThrow(
    /There is no tool create_workflow .* the scope write, which its key lacks\. Ask the person whose key it is/,
  );
});

test('a scope gives no right that its person has not: admin alone makes nobody an admin (security 6)', async () => {
  const { access } = await letIn(service, ada, { extent: 'custom', scope: ['read', 'admin', 'override'] });
  const { call } = await agent(service, access, { query: 'toolsets=people,spaces' });
  expect((await call('create_workspace', { name: 'Mine' })).error.code).toBe('permission_denied');
  expect((await call('set_member_role', { id: here.email('root'), role: 'guest' })).error.code).toBe(
    'permission_denied',
  );
});

test('what is sensitive takes a tick of its own, and proof that it is them; asking for it is not enough (security 6)', async () => {
  const client = clientOf(service);
  const { client_id: id } = (await client.register()).body;
  const wanted = client.question(id, { scope: 'read review audit override admin' });
  const code = (await ada.answer(wanted)).searchParams.get('code') ?? '';
  expect((await client.redeem(id, code)).body.scope).toBe('read');

  const page = await ada.follow(wanted);
  await here.sql(
    `update credential set proven_at = now() - interval '1 hour' where organization_id = $1 and kind = 'session'`,
    [here.organization],
  );
  const proving = await ada.submit(page, { answer: 'allow', extent: 'asked', scope: 'review', days: '90' });
  expect(proving.url.pathname).toBe('/prove');
});
