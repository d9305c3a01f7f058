import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { agent, type Era } from '../support/agent.ts';
import { serviceIn } from '../support/service.ts';
import { type World, world } from '../support/world.ts';

let here: World;
let service: Awaited<ReturnType<typeof serviceIn>>;
let ada: string;
let id: string;

beforeAll(async () => {
  here = await world({ people: { ada: 'admin' }, workspaces: { Growth: { ada: 'owner' } } });
  service = await serviceIn(here);
  ada = await here.key('ada');
});

beforeEach(async () => {
  const { call } = await agent(service, ada);
  ({ id } = await call('create_workflow', { name: 'Payroll', document: { steps: [] } }));
});

const there = async () => !('refused' in (await (await agent(service, ada)).call('open_workflow', { id })));

describe.each<Era>(['2026', '2025'])('a consequential write over the protocol of %s (EXT-8)', (era) => {
  test('answers a preview and how to go on to a client that can ask nobody', async () => {
    const { client, call } = await agent(service, ada, { era });
    const result = await client.callTool({ name: 'delete_workflow', arguments: { id } });
    expect(result.content[0]).toMatchObject({
      text: expect.stringMatching(/^Nothing has happened yet.*call delete_workflow again/),
    });
    expect(result.structuredContent).toMatchObject({ preview: expect.any(Object), confirm: expect.any(String) });
    expect(await there()).toBe(true);

    const { confirm } = result.structuredContent as { confirm: string };
    expect(await call('delete_workflow', { id, confirm })).toMatchObject({ deleted: true });
    expect(await there()).toBe(false);
  });

  test('is put to the person where the client can, and done once they agree', async () => {
    const asked: string[] = [];
    const person = (message: string) => {
      asked.push(message);
      return 'accept' as const;
    };
    const { call } = await agent(service, ada, { era, person });
    expect(await call('delete_workflow', { id })).toMatchObject({ deleted: true });
    expect(asked).toEqual([
      expect.stringMatching(
        /^Delete a workflow\?\n\n(.*\n)* {2}name: Payroll\n(.*\n)* {2}- person: ada@acme.test, before: owner, after: none/,
      ),
    ]);
    expect(await there()).toBe(false);
  });

  test('is left alone when they decline', async () => {
    const { call } = await agent(service, ada, { era, person: () => 'decline' });
    expect(await call('delete_workflow', { id })).toMatchObject({
      refused: expect.stringMatching(/said no: nothing has happened/),
      error: { code: 'confirmation_required' },
    });
    expect(await there()).toBe(true);
  });

  test('takes a token, asked or not', async () => {
    const { call: plain } = await agent(service, ada, { era });
    const { confirm } = await plain('delete_workflow', { id });
    const { call } = await agent(service, ada, { era, person: () => 'decline' });
    expect(await call('delete_workflow', { id, confirm })).toMatchObject({ deleted: true });
  });

  test('takes no token but its own', async () => {
    const { call } = await agent(service, ada, { era });
    expect(await call('delete_workflow', { id, confirm: 'made up' })).toMatchObject({
      error: { code: 'confirmation_stale' },
    });
    expect(await call('delete_workflow', { id, confirm: 7 })).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/confirm' },
    });
    expect(await there()).toBe(true);
  });
});

test('an answer that nobody was asked for does nothing: elicitation is no authorization (security 10)', async () => {
  const forge = async (requestState?: string) => {
    const params = {
      name: 'delete_workflow',
      arguments: { id },
      inputResponses: { confirm: { action: 'accept', content: { confirm: true } } },
      ...(requestState && { requestState }),
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
      },
    };
    const response = await service.fetch(
      new Request('http://localhost/mcp', {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
        headers: {
          authorization: `Bearer ${ada}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': 'delete_workflow',
        },
      }),
    );
    return ((await response.json()) as { result: unknown }).result;
  };
  expect(await forge()).toMatchObject({ resultType: 'input_required' });
  expect(await forge('made up')).toMatchObject({ structuredContent: { error: { code: 'confirmation_stale' } } });
  expect(await there()).toBe(true);
});

test('an idempotency key in _meta makes a repeated write one write (EXT-9)', async () => {
  const { call } = await agent(service, ada);
  const write = () => call('create_workflow', { name: 'Once', document: {} }, { 'postern/idempotency-key': 'k-1' });
  expect((await write()).id).toBe((await write()).id);
  expect(
    await call('create_workflow', { name: 'Other', document: {} }, { 'postern/idempotency-key': 'k-1' }),
  ).toMatchObject({
    error: { code: 'invalid_argument' },
  });
  expect(
    await call('create_workflow', { name: 'Other', document: {} }, { 'postern/idempotency-key': 7 }),
  ).toMatchObject({
    error: { code: 'invalid_argument' },
  });
});
