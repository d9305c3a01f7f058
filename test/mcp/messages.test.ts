import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agent, type Era } from '../support/agent.ts';

import { listening } from '../support/listening.ts';
import { office, service } from '../support/office.ts';
import { rawly } from '../support/raw.ts';
import { bare, child, ended } from '../support/running.ts';
import { served } from '../support/world.ts';

const here = await office({ people: { ada: 'member' }, workspaces: { growth: { ada: 'owner' } } });
const secret = await here.key('ada');
const kept = async () => (await here.as('ada')('list_workflows')).total;

const call = (args: string) =>
  `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"create_workflow","arguments":${args}}}`;

/** What no reader would notice, as bytes; and what is answered. */
const altered: readonly (readonly [what: string, message: Buffer, words: RegExp])[] = [
  ['a key twice', Buffer.from(call('{"name":"a","document":{},"name":"b"}')), /\/name: This key is there twice/],
  [
    'a key twice in a document',
    Buffer.from(call('{"name":"a","document":{"x":{"y":1,"y":2}}}')),
    /\/document\/x\/y: This key is there twice/,
  ],
  [
    '__proto__ among the arguments',
    Buffer.from(call('{"name":"a","document":{},"__proto__":{"workspace":"growth"}}')),
    /\/__proto__: There is no such argument/,
  ],
  [
    'bytes that are no UTF-8',
    Buffer.from(call('{"name":"a","document":{"t":"\xed\xa0\x80\xff"}}'), 'latin1'),
    /no UTF-8/,
  ],
  ['no JSON', Buffer.from(call('{"name":}')), /^Parse error: Line 1, column \d+: not valid JSON/],
];

const post = (path: string, body: Buffer, headers = {}) =>
  service.fetch(
    new Request(`http://localhost${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
      body: new Uint8Array(body),
    }),
  );

let at: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  at = await listening(service.fetch);
});
afterAll(() => at.close());

interface Said {
  readonly error?: { readonly message: string };
  readonly result?: { readonly structuredContent: Record<string, unknown> };
}

/** So many answers of a program on standard input and output to these lines. */
async function answers(told: object, lines: readonly Buffer[], many: number): Promise<Said[]> {
  const program = spawn(process.execPath, [child, JSON.stringify({ ...told, secret })], { env: bare });
  const over = ended(program);
  const said: Said[] = [];
  for (const line of lines) program.stdin.write(Buffer.concat([line, Buffer.from('\n')]));
  for await (const line of createInterface({ input: program.stdout })) {
    said.push(JSON.parse(line));
    if (said.length === many) program.stdin.end();
  }
  await over;
  return said;
}

describe.each(altered)('%s is not read as something else (DOC-1, section 14)', (_, message, words) => {
  test.each([{}, { 'content-length': String(message.length) }])('over MCP, told %o', async (headers) => {
    const before = await kept();
    const answer = await post('/mcp', message, { accept: 'application/json, text/event-stream', ...headers });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: { message: string } }).error.message).toMatch(words);
    expect(await kept()).toBe(before);
  });
});

test.each([
  ['a server of its own', () => ({ app: served })],
  ['a bridge', () => ({ url: at.url })],
])('nor over standard input, of %s', async (_, told) => {
  const before = await kept();
  const messages = altered.map(([, message]) => message);
  const said = await answers(told(), messages, messages.length);
  for (const [at, [, , words]] of altered.entries()) expect(said[at]?.error?.message).toMatch(words);
  expect(await kept()).toBe(before);
});

test('nor over REST (DOC-1)', async () => {
  const before = await kept();
  const answer = await post('/api/v1/workflows', Buffer.from('{"name":"\xff\xfe","document":{}}', 'latin1'));
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { detail: string }).detail).toMatch(/no UTF-8/);
  expect(await kept()).toBe(before);
});

test.each<Era>(['2026', '2025'])('a client of %s hears the place and what to do', async (era) => {
  const twice = (request: Request) =>
    request
      .clone()
      .text()
      .then((body) => new Request(request, { body: body.replace('"document":{', '"document":{"x":1,"x":2') }));
  const { call, close } = await agent(
    { fetch: async (request) => service.fetch(request.method === 'POST' ? await twice(request) : request) },
    secret,
    { era },
  );
  await expect(call('create_workflow', { name: 'a', document: {} })).rejects.toThrow(
    /\/document\/x: This key is there twice.*Correct what the message names/s,
  );
  await close();
});

test.each([
  ['/mcp', 400],
  ['/api/v1/workflows', 422],
])('what breaks off while it comes to %s is no failure of ours (section 14)', async (path, status) => {
  const body = new ReadableStream({
    start(it) {
      it.enqueue(Buffer.from('{"name":'));
      it.error(new Error('aborted'));
    },
  });
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const answer = await service.fetch(
    new Request(`http://localhost${path}`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit),
  );
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining('broke off')]);
});

const long = '12345678901234567890';
const rounded = (pointer: string) => [
  { pointer, message: 'Too long for a number: it is read as 12345678901234567000.' },
];
/** Whoever writes `"LONG"` means the number, which no client of ours could send. */
const lengthened = (request: Request) =>
  request.text().then((body) => new Request(request, { body: body.replaceAll('"LONG"', long) }));

test.each<Era>(['2026', '2025'])(
  'an integer that a number can’t keep is told beside the document, then and when it is opened, over MCP of %s (DOC-1, DOC-2)',
  async (era) => {
    const { call, close } = await agent(
      { fetch: async (request) => service.fetch(request.method === 'POST' ? await lengthened(request) : request) },
      secret,
      { era },
    );
    const { id, warnings, revision } = await call('create_workflow', { name: 'n', document: { a: { b: ['LONG'] } } });
    expect(warnings).toEqual(rounded('/a/b/0'));
    expect((await call('open_workflow', { id })).warnings).toEqual(rounded('/a/b/0'));
    const merged = await call('edit_workflow', { id, revision, merge: { a: { c: 'LONG' } } });
    expect(merged.warnings).toEqual(rounded('/a/c'));
    const patch = [{ op: 'add', path: '/a/d', value: { e: 'LONG' } }];
    expect((await call('edit_workflow', { id, revision: merged.revision, patch })).warnings).toEqual(rounded('/a/d/e'));
    await close();
  },
);

test('and over REST and standard input (DOC-1, DOC-2)', async () => {
  const document = `{"name":"n","document":{"n":${long}}}`;
  const made = (await (await post('/api/v1/workflows', Buffer.from(document))).json()) as { warnings: unknown };
  expect(made.warnings).toEqual(rounded('/n'));
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } };
  const lines = [
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: hello }),
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    call(document),
  ].map((line) => Buffer.from(line));
  const [, said] = await answers({ app: served }, lines, 2);
  expect(said?.result?.structuredContent.warnings).toEqual(rounded('/n'));
});

test('what is whole is kept as it came, letter by letter (DOC-1)', async () => {
  const document = '{"t":"ä 漢 🧵 \\ud83e\\uddf5 \\u0041","n":1e3,"a/b":{"~":null}}';
  const answer = await post('/api/v1/workflows', Buffer.from(`\ufeff{"name":"whole","document":${document}}`));
  const { id } = (await answer.json()) as { id: string };
  const opened = await rawly(service, secret)(`GET /workflows/${id}?include=document`);
  expect(opened.body.document).toEqual(JSON.parse(document));
});
