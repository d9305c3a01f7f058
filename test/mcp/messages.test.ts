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

/** The answers of a program on standard input and output to these lines, each said once the one before is answered. */
async function answers(told: object, lines: readonly Buffer[]): Promise<Said[]> {
  const program = spawn(process.execPath, [child, JSON.stringify({ ...told, secret })], { env: bare });
  const over = ended(program);
  const heard = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const said: Said[] = [];
  for (const line of lines) {
    program.stdin.write(Buffer.concat([line, Buffer.from('\n')]));
    if (line.includes('"id":')) said.push(JSON.parse(String((await heard.next()).value)));
  }
  program.stdin.end();
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

const doors = [
  ['a server of its own', () => ({ app: served })],
  ['a bridge', () => ({ url: at.url })],
] as const;

test.each(doors)('nor over standard input, of %s', async (_, told) => {
  const before = await kept();
  const messages = altered.map(([, message]) => message);
  const said = await answers(told(), messages);
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

/** Once it was rounded, nobody can tell. */
const long = '9007199254740993';
const rounded = (pointer: string) => [{ pointer, message: 'Too long for a number: it is read as 9007199254740992.' }];
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

const document = `{"name":"n","document":{"n":${long}}}`;

test('and over REST (DOC-1, DOC-2)', async () => {
  const made = (await (await post('/api/v1/workflows', Buffer.from(document))).json()) as { warnings: unknown };
  expect(made.warnings).toEqual(rounded('/n'));
});

test.each(doors)('and over standard input, of %s (DOC-1, DOC-2)', async (_, told) => {
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } };
  const lines = [
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: hello }),
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    call(document),
  ].map((line) => Buffer.from(line));
  const [, said] = await answers(told(), lines);
  expect(said?.result?.structuredContent.warnings).toEqual(rounded('/n'));
});

test('what is whole is kept as it came, letter by letter (DOC-1)', async () => {
  const document = '{"t":"ä 漢 🧵 \\ud83e\\uddf5 \\u0041","n":1e3,"a/b":{"~":null}}';
  const answer = await post('/api/v1/workflows', Buffer.from(`\ufeff{"name":"whole","document":${document}}`));
  const { id } = (await answer.json()) as { id: string };
  const opened = await rawly(service, secret)(`GET /workflows/${id}?include=document`);
  expect(opened.body.document).toEqual(JSON.parse(document));
});

test('of several in one, as the 2025 protocol has them, each is told of its own, by its place in all (DOC-1)', async () => {
  const headers = { accept: 'application/json, text/event-stream' };
  const params = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'test', version: '0' } };
  const opening = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const opened = await post('/mcp', Buffer.from(opening), headers);
  const session = { ...headers, 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
  const several = (...args: string[]) => {
    const calls = args.map((it, at) => call(it).replace('"id":7', `"id":${at}`));
    return post('/mcp', Buffer.from(`[${calls.join(',')}]`), session);
  };

  const before = await kept();
  const refused = await several('{"name":"a","document":{}}', '{"name":"b","document":{},"__proto__":{}}');
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('/1/params/arguments/__proto__: There is no such argument.');
  expect(await kept()).toBe(before);

  const taken = await several('{"name":"a","document":{}}', document);
  const answers = [...(await taken.text()).matchAll(/^data: (\{.*\})$/gm)].map(([, said]) => JSON.parse(said ?? ''));
  const warnings = Object.fromEntries(answers.map(({ id, result }) => [id, result.structuredContent.warnings]));
  expect(warnings).toEqual({ 0: undefined, 1: rounded('/n') });
});
