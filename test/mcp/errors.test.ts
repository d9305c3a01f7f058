import { beforeAll, expect, test } from 'vitest';
import { agent, type Era } from '../support/agent.ts';
import { serviceIn } from '../support/service.ts';
import { type World, world } from '../support/world.ts';

let here: World;
let service: Awaited<ReturnType<typeof serviceIn>>;

beforeAll(async () => {
  here = await world({ people: { ada: 'admin' }, workspaces: { Growth: { ada: 'owner' } } });
  service = await serviceIn(here);
});

test.each<Era>(['2026', '2025'])(
  'an unforeseen failure shows a reference, and its cause only in the log (protocol of %s) (security 28)',
  async (era) => {
    const { call, client } = await agent(service, await here.key('ada'), { era });
    await here.sql('alter table revision rename to secret_table');
    try {
      const { refused, error } = await call('create_workflow', { name: 'x', document: {} });
      expect(error).toEqual({
        code: 'internal',
        message: expect.any(String),
        advice: expect.any(String),
        reference: expect.any(String),
      });
      expect(refused).toContain(error.reference);
      const { logged } = service;
      expect(logged.at(-1)).toMatchObject({
        details: { reference: error.reference, tool: 'create_workflow', err: expect.any(Error) },
      });
      expect(logged.at(-1)).toMatchObject({ details: { err: { message: expect.stringContaining('revision') } } });
      expect(JSON.stringify({ refused, error })).not.toMatch(/revision|secret_table|relation/);

      await here.sql('alter table resource rename to other_table');
      const failed = await client.listResources().catch((thrown) => thrown);
      expect(failed.message).toMatch(/\(internal\)/);
      expect(failed.message).not.toMatch(/other_table|relation/);
    } finally {
      await here.sql('alter table secret_table rename to revision');
      await here.sql('alter table if exists other_table rename to resource');
    }
  },
);

test('a tool that is not there is refused, and one that is not for this key with what that lacks (section 14)', async () => {
  const { client } = await agent(service, await here.key('ada', { scopes: ['read'] }));
  const refusal = (name: string) =>
    client
      .callTool({ name, arguments: {} })
      .catch(({ code, message }) => `${code} ${message.replaceAll(name, 'NAME')}`);
  expect(await refusal('no_such_tool')).toBe(
    '-32602 There is no tool NAME on this connection. tools/list says which there are.',
  );
  expect(await refusal('delete_workflow')).toBe(
    '-32602 There is no tool NAME on this connection: it takes the scope write, which its key lacks. Ask the person whose key it is for one with that scope.',
  );
});

test('a document nested 10,000 levels deep, or wide, reaches the operation, which judges it', async () => {
  const secret = await here.key('ada');
  const { call } = await agent(service, secret);
  const wide = { list: Array.from({ length: 200_000 }, () => 1) };
  expect(await call('create_workflow', { name: 'wide', document: wide })).toMatchObject({
    id: expect.stringMatching(/^wf_/),
  });

  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'create_workflow',
      arguments: { name: 'deep', document: 'DEEP' },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  }).replace('"DEEP"', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`);
  const headers = {
    authorization: `Bearer ${secret}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'create_workflow',
  };
  const response = await service.fetch(new Request('http://localhost/mcp', { method: 'POST', headers, body }));
  expect(await response.json()).toMatchObject({
    result: { isError: true, structuredContent: { error: { code: 'invalid_argument' } } },
  });
});
