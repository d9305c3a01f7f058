import { describe, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { office } from '../support/office.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { served } from '../support/world.ts';

const here = await office({
  people: { ada: 'member', bo: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator' } },
  workflows: { own: { in: 'growth', owner: 'ada' }, hidden: { in: 'growth', owner: 'bo' } },
});
const service = await serviceIn({ connection: served });
const ask = rawly(service, await here.key('ada'));
const create = (body: unknown, headers = {}) => ask('POST /workflows', { body, headers });
const count = async () => (await ask('GET /workflows')).body.total;

test.each([
  ['no body at all', undefined, 422, /\/name: It is missing/],
  ['a broken one', '{"name":"x",', 400, /Line 1, column 13: not valid JSON/],
  ['an empty text', '', 422, /\/name: It is missing/],
  ['a list', [1], 422, /one JSON object/],
  ['null', 'null', 422, /one JSON object/],
  ['a key twice', '{"name":"a","document":{},"name":"b"}', 400, /\/name: This key is there twice/],
  ['a key twice further down', '{"name":"a","document":{"x":{"y":1,"y":2}}}', 400, /\/document\/x\/y: This key/],
  ['what JSON has not', '{"name":"a","document":{"n":NaN}}', 400, /not valid JSON/],
  [
    'a document nested too deep',
    `{"name":"a","document":${'{"a":'.repeat(201)}1${'}'.repeat(201)}}`,
    422,
    /\/document.*Nested more than 200/,
  ],
  ['a body nested 100,000 levels deep', `${'['.repeat(100_000)}`, 400, /Nested more than 1000/],
  [
    '__proto__ among the arguments',
    '{"name":"a","document":{},"__proto__":{"workspace":"growth"}}',
    422,
    /no such argument/,
  ],
])('%s is told as what it is, and makes nothing', async (_, body, status, words) => {
  const before = await count();
  const answer = await create(body);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    type: '/problems/invalid_argument',
    code: 'invalid_argument',
    status,
    detail: expect.stringMatching(words),
    advice: expect.any(String),
  });
  expect(await count()).toBe(before);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp'])(
  'a body said to be %s is not read (security 24)',
  async (type) => {
    const { status, body } = await create({ name: 'x', document: {} }, { 'content-type': type });
    expect([status, body.code, body.advice]).toEqual([
      415,
      'invalid_argument',
      expect.stringMatching(/application\/json/),
    ]);
  },
);

test('a body of JSON in any letters and with parameters is read', async () => {
  const type = 'Application/JSON; charset=utf-8';
  expect((await create({ name: 'typed', document: {} }, { 'content-type': type })).status).toBe(201);
});

test('a body of more than 4 MiB is too large before it is read, whether it says its length or not', async () => {
  const large = `{"name":"${'x'.repeat(4 * 1024 * 1024)}"`;
  for (const headers of [{}, { 'content-length': String(large.length) }]) {
    const { status, body } = await create(large, headers);
    expect([status, body.code]).toEqual([413, 'too_large']);
  }
});

describe('the order of answers (EXT-11)', () => {
  const line = `PATCH /workflows/${here.id('hidden')}`;
  const missing = `PATCH /workflows/${outside('workflow', newId())}`;

  test('the key comes first, whatever else is wrong', async () => {
    for (const path of [line, missing, `${line}?read_only=perhaps`, `${line}?sudo=1`, 'GET /workflows?limit=x'])
      for (const secret of ['', 'nonsense', 'postern_0000']) {
        const { status, body, headers } = await ask(path, { secret, ...(path.startsWith('PATCH') && { body: '{{' }) });
        expect([status, body.code]).toEqual([401, 'unauthenticated']);
        expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
  });

  test('then what is wrong with the call alone, then the scope, then what is not found', async () => {
    const reader = await here.key('ada', { scopes: ['read'] });
    for (const path of [line, missing]) {
      expect((await ask(path, { body: '{{', secret: reader })).status).toBe(400);
      expect((await ask(path, { body: { revision: 'x', name: 'n' }, secret: reader })).status).toBe(422);
      expect((await ask(`${path}?read_only=perhaps`, { body: { revision: 9, name: 'n' } })).status).toBe(422);
      expect((await ask(path, { body: { revision: 9, name: 'n' }, secret: reader })).body.code).toBe(
        'insufficient_scope',
      );
      expect((await ask(path, { body: { revision: 9, name: 'n' } })).body.code).toBe('not_found');
    }
  });

  test('what is hidden and what is missing answer byte for byte alike (EXT-1, EXT-2, 001-33)', async () => {
    const wire = async (path: string) => {
      const { status, text, headers } = await ask(path, { body: { revision: 9, name: 'n' } });
      // A request's own id, which is random.
      headers.delete('x-request-id');
      return [status, text, [...headers]];
    };
    expect(await wire(line)).toEqual(await wire(missing));
  });
});

test('arguments go where the document says, and to one place', async () => {
  const own = `/workflows/${here.id('own')}`;
  const told = async (line: string, asked = {}) => {
    const { status, body } = await ask(line, asked);
    return [status, body.pointer, body.detail];
  };
  const body = { revision: 1, name: 'n' };
  expect(await told(`PATCH ${own}?name=n`, { body })).toEqual([422, '/name', expect.stringMatching(/into the body/)]);
  expect(await told(`PATCH ${own}`, { body: { ...body, id: here.id('hidden') } })).toEqual([
    422,
    '/id',
    expect.stringMatching(/in the path already/),
  ]);
  expect(await told(`DELETE ${own}`, { body })).toEqual([422, undefined, expect.stringMatching(/into the query/)]);
});

test('texts of a query are taken for what the operation wants, strictly and in the words of MCP', async () => {
  const list = here.as('ada');
  const both = async (query: string, args: Record<string, unknown>) => {
    const { status, body } = await ask(`GET /workflows?${query}`);
    const { error } = await list('list_workflows', args);
    expect([status, body.code, body.detail, body.findings]).toEqual([422, error.code, error.message, error.findings]);
  };
  await both('limit=five', { limit: 'five' });
  await both('limit=05', { limit: '05' });
  await both('limit=1e1', { limit: '1e1' });
  await both('limit=0x5', { limit: '0x5' });
  await both('limit=', { limit: '' });
  await both('limit=51', { limit: 51 });
  await both('limit=1.5', { limit: 1.5 });
  await both('limit=5&limit=6', { limit: ['5', '6'] });
  await both('access=OWNER', { access: 'OWNER' });
  await both('sudo=1', { sudo: '1' });
  await both('constructor=1', { constructor: '1' });
  await both('query[x]=1', { 'query[x]': '1' });
  expect((await ask('GET /workflows?limit=1&query=own')).body.items).toHaveLength(1);

  const revisions = `GET /workflows/${here.id('own')}/revisions`;
  expect((await ask(`${revisions}?compare[from]=1&compare[to]=1`)).body).toMatchObject({ changes: [] });
  expect((await ask(`${revisions}?compare[from]=one&compare[to]=1`)).body).toMatchObject({ pointer: '/compare/from' });
  expect((await ask(`${revisions}?compare[from]=1&compare[to]=1&compare[sudo]=1`)).body.code).toBe('invalid_argument');
});

test('an id may be a URI or a link, in one step of the path', async () => {
  for (const name of [`postern://workflow/${here.id('own')}`, `https://postern.example/workflows/${here.id('own')}`])
    expect((await ask(`GET /workflows/${encodeURIComponent(name)}`)).body.id).toBe(here.id('own'));
});
