import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { beforeAll, expect, test } from 'vitest';
import { agent, newClient } from '../support/agent.ts';
import { serviceIn } from '../support/service.ts';
import { type World, world } from '../support/world.ts';

let here: World;
let service: Awaited<ReturnType<typeof serviceIn>>;
let ada: string;

beforeAll(async () => {
  here = await world({
    people: { ada: 'admin', ben: 'member' },
    workspaces: { Growth: { ada: 'owner', ben: 'creator' } },
    workflows: { payroll: { in: 'Growth', owner: 'ada' }, notes: { in: 'Growth', owner: 'ada' } },
  });
  service = await serviceIn(here);
  ada = await here.key('ada');
});

/** A request of the 2026 protocol, written by hand. */
const modern = (body: { method: string; params?: object }, headers: Record<string, string>, secret = ada) =>
  service.fetch(
    new Request('http://localhost/mcp', {
      method: 'POST',
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: body.method,
        params: {
          ...body.params,
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        ...headers,
      },
    }),
  );

test('a person is asked by a form, never sent to an address, and nothing that confirms is in it (EXT-8) (security 11)', async () => {
  const asked: { mode?: string | undefined; message: string }[] = [];
  const client = newClient({ person: () => 'accept' });
  client.registerCapabilities({ elicitation: { form: {}, url: {} } });
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params);
    return { action: 'decline' };
  });
  await client.connect(
    new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
      requestInit: { headers: { authorization: `Bearer ${ada}` } },
      fetch: async (url, init) => service.fetch(new Request(url, init)),
    }),
  );
  const { call } = await agent(service, ada);
  const { confirm } = await call('delete_workflow', { id: here.id('notes') });
  await client.callTool({ name: 'delete_workflow', arguments: { id: here.id('notes') } });
  await client.close();

  expect(asked).toHaveLength(1);
  expect(asked[0]?.mode ?? 'form').toBe('form');
  expect(asked[0]).not.toHaveProperty('url');
  // A token of a preview is one long text of its own; none is in what a person reads.
  expect(confirm.length).toBeGreaterThan(100);
  expect(asked[0]?.message).not.toMatch(/[\w-]{100,}/);
});

test('what is one person’s is marked so wherever it may be cached (security 22)', async () => {
  const scopes = await Promise.all(
    [
      { method: 'tools/list' },
      { method: 'resources/list' },
      { method: 'prompts/list' },
      { method: 'resources/read', params: { uri: 'postern://me' } },
    ].map(async (body) => {
      const name = 'params' in body ? { 'mcp-name': body.params?.uri ?? '' } : {};
      const response = await modern(body, { 'mcp-method': body.method, ...name } as Record<string, string>);
      expect(response.headers.get('cache-control') ?? 'no-store').toMatch(/no-store|private|no-cache/);
      const { result } = (await response.json()) as { result: { cacheScope?: string } };
      return result.cacheScope;
    }),
  );
  expect(scopes).toEqual(['private', 'private', 'private', 'private']);
});

test('a header that says otherwise than the body is refused, and the body alone is decided on (security 23)', async () => {
  const open = { method: 'tools/call', params: { name: 'open_workflow', arguments: { id: here.id('payroll') } } };
  const ben = await here.key('ben');
  const said = (headers: Record<string, string>, secret = ada) => modern(open, headers, secret);

  for (const headers of [
    { 'mcp-method': 'tools/list', 'mcp-name': 'open_workflow' },
    { 'mcp-method': 'tools/call', 'mcp-name': 'whoami' },
    { 'mcp-method': 'tools/call' },
  ]) {
    const response = await said(headers as Record<string, string>);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: -32020 } });
  }
  const right = { 'mcp-method': 'tools/call', 'mcp-name': 'open_workflow' };
  expect(await (await said(right)).json()).toMatchObject({ result: { structuredContent: { name: 'payroll' } } });
  expect(await (await said(right, ben)).json()).toMatchObject({
    result: { structuredContent: { error: { code: 'not_found' } } },
  });
});

test('nothing that Postern offers or answers is a page to be shown by the client (security 33)', async () => {
  const { client, close } = await agent(service, ada, { query: 'toolsets=workflows,sharing,resources,groups,people' });
  const { tools } = await client.listTools();
  const { resources } = await client.listResources();
  const { resourceTemplates } = await client.listResourceTemplates();
  const read = await Promise.all(resources.map(({ uri }) => client.readResource({ uri })));
  await close();

  const types = [...resources, ...resourceTemplates, ...read.flatMap(({ contents }) => contents)].map(
    (it) => it.mimeType,
  );
  expect(new Set(types)).toEqual(new Set(['application/json', 'text/markdown']));
  expect(
    [...resources.map(({ uri }) => uri), ...resourceTemplates.map(({ uriTemplate }) => uriTemplate)].join(),
  ).not.toContain('ui://');
  expect(JSON.stringify(tools.map(({ _meta }) => _meta ?? {}))).not.toContain('ui');
});
