import { expect, test } from 'vitest';
import { agent } from '../support/agent.ts';
import { listening } from '../support/listening.ts';
import { office } from '../support/office.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { served } from '../support/world.ts';

const here = await office({
  people: { ada: 'admin', bo: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'viewer' }, sales: { ada: 'owner' } },
});
const service = await serviceIn({ connection: served });

/** More entries than any page holds, each with an after of some size. */
const many = 4_000;
await here.sql(
  `insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, noun, entity_id, workspace_id, after)
   select $1, gen_random_uuid(), $2, $3, 'external', 'workspace.edit', 'allow', 'test', 'workspace', $4, $4, json_build_object('name', 'no ' || n)
   from generate_series(1, $5::int) n`,
  [here.organization, here.uuid('ada'), (await here.credential('ada')).id, here.uuid('growth'), many],
);
const line = 'GET /activity/export?format=jsonl&type=changed';
const ada = await here.key('ada');
const ask = rawly(service, ada);
const namesIn = (text: string) =>
  text
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => JSON.parse(row).after.name);

test('an export comes in one, every row once, however many pages it takes (ACT-2)', async () => {
  const { status, headers, text } = await ask(line);
  expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
  expect(namesIn(text)).toHaveLength(many);
  expect(new Set(namesIn(text)).size).toBe(many);
  const sheet = await ask('GET /activity/export?format=csv&type=changed');
  expect(sheet.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(sheet.text.trimEnd().split('\n')).toHaveLength(many + 1);
});

test('pages are read as they are taken, and each is decided anew: with the key the export ends, and breaks off (EXT-11)', async () => {
  const { id, secret } = await here.credential('ada');
  const { url, close } = await listening(service.fetch);
  const address = url.replace('/mcp', `/api/v1${line.slice('GET '.length)}`);
  const response = await fetch(address, { headers: { authorization: `Bearer ${secret}` } });
  expect(response.status).toBe(200);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const first = await reader.read();
  expect(first.done).toBe(false);
  await here.sql('update credential set revoked_at = now() where id = $1', [id]);
  let rows = namesIn(whole(new TextDecoder().decode(first.value))).length;
  const rest = (async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read())
      rows += new TextDecoder().decode(read.value).split('\n').length - 1;
  })();
  await expect(rest).rejects.toThrow();
  expect(rows).toBeLessThan(many);
  await close();
});

/** Without what is not a whole line yet. */
const whole = (text: string) => text.slice(0, text.lastIndexOf('\n') + 1);

test('what is refused is refused before the first row, as a problem', async () => {
  const reader = await here.key('ada', { scopes: ['read'] });
  expect(await ask(line, { secret: reader })).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
  expect(await ask(`${line}&outcome=perhaps`)).toMatchObject({ status: 422, body: { pointer: '/outcome' } });
  expect(await ask(`${line}&cursor=made-up`)).toMatchObject({ status: 422, body: { pointer: '/cursor' } });
});

test('a page over MCP tells where the whole is, with the filters and the narrowing of that call', async () => {
  const link = async (args: object, query = '', headers: Record<string, string> = {}) => {
    const { call } = await agent(
      {
        fetch: (request) =>
          service.fetch(new Request(request, { headers: [...request.headers, ...Object.entries(headers)] })),
      },
      ada,
      { query: `toolsets=governance,spaces&${query}` },
    );
    const { link, next_cursor } = await call('export_activity', { format: 'jsonl', ...args });
    return { link: new URL(link), next_cursor };
  };
  const { link: first, next_cursor } = await link({ type: ['changed', 'denied'] });
  expect(first.href).toBe('http://localhost/api/v1/activity/export?format=jsonl&type=changed&type=denied');
  const { text } = await ask(`GET ${first.pathname.slice('/api/v1'.length)}${first.search}`);
  expect(text.match(/"name":"no \d+"/g)).toHaveLength(many);

  expect((await link({ type: ['changed', 'denied'], cursor: next_cursor })).link.href).toBe(first.href);
  expect((await link({}, 'workspace=sales')).link.searchParams.get('workspace')).toBe('sales');
  expect((await link({}, '', { 'x-forwarded-proto': 'https' })).link.protocol).toBe('https:');
});
