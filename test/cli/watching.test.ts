import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { urlOf, workersDatabase } from '../support/postgres.ts';
import { keyOf, server, signedIn } from '../support/program.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code: number };
}

/** Takes what a collector of OpenTelemetry would. */
const received: string[] = [];
const collector = createServer(async (request, answer) => {
  received.push(JSON.stringify(await json(request)));
  answer.setHeader('content-type', 'application/json').end('{}');
});

const secrets = ['Quarterly-numbers', 'a-key-for-replays', 'hunter2-hunter2'];
const trace = { rest: '0af7651916cd43dd8448eb211c80319c', mcp: '4bf92f3577b34da6a3ce929d0e0e4736' };
const parent = { rest: 'b7ad6b7169203331', mcp: '00f067aa0ba902b7' };
const requestId = 'from.the-proxy_0001';

let stderr = '';
let metrics = '';
let spans: Span[] = [];
let answered: Response;

// One server, asked once through each door; what it told of that is looked at below.
beforeAll(async () => {
  await new Promise<void>((listening) => collector.listen(0, '127.0.0.1', listening));
  const { port } = collector.address() as AddressInfo;
  const running = await server(['--demo'], {
    DATABASE_URL: urlOf(await workersDatabase()),
    POSTERN_METRICS_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  });
  const { address, screen } = running;
  const key = keyOf(screen, 'cleo');
  secrets.push(key, ...(screen.match(/postern_[0-9a-z]{84}/g) ?? []));

  const { call, close } = await signedIn(address, key);
  const made = await call(
    'create_workflow',
    { name: secrets[0], document: { secret: secrets[0] }, workspace: 'Growth' },
    { 'postern/idempotency-key': secrets[1], traceparent: `00-${trace.mcp}-${parent.mcp}-01` },
  );
  const preview = await call('delete_workflow', { id: made.id });
  secrets.push(String(preview.confirm));
  await call('open_workflow', { id: 'wf_00000000000000000000000000' });
  await close();

  const headers = {
    authorization: `Bearer ${key}`,
    'x-request-id': requestId,
    traceparent: `00-${trace.rest}-${parent.rest}-01`,
  };
  answered = await fetch(`${address}/api/v1/workflows/${made.id}?include=document`, { headers });
  await answered.text();
  await fetch(`${address}/api/v1/workflows?access_token=${secrets[2]}`, {
    headers: { authorization: 'Basic hunter2-hunter2' },
  });
  await fetch(`${address}/${secrets[2]}`, {
    headers: { cookie: `__Host-session=${secrets[2]}`, 'x-request-id': `${secrets[2]} !` },
  });
  await fetch(`${address}/healthz`);

  metrics = await (await fetch(/http:\S+\/metrics/.exec(screen)?.[0] ?? '')).text();
  await running.end();
  stderr = running.stderr();
  spans = received.flatMap((text) =>
    JSON.parse(text).resourceSpans.flatMap((of: { scopeSpans: { spans: Span[] }[] }) =>
      of.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
}, 120_000);
afterAll(() => void collector.close());

const lines = () => stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
const counted = (series: string) =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1),
  );

test('a request is one line: its id, the path without what stood in it, the key’s id and what was called', () => {
  expect(lines().filter(({ request }) => request === requestId)).toEqual([
    {
      level: 30,
      time: expect.any(String),
      request: requestId,
      method: 'GET',
      path: '/api/v1/workflows/{id}',
      status: 200,
      ms: expect.any(Number),
      credential: expect.stringMatching(/^key_\w{26}$/),
      operation: 'open_workflow',
      outcome: 'ok',
      msg: 'request',
    },
  ]);
  expect(answered.headers.get('x-request-id')).toBe(requestId);
  expect(lines()).toContainEqual(
    expect.objectContaining({ path: '/mcp', operation: 'open_workflow', outcome: 'not_found' }),
  );
});

test('an id that is no plain word is replaced, and what only looks whether Postern is there leaves no line', () => {
  const ids = lines()
    .map(({ request }) => request)
    .filter((it) => it !== requestId);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(lines().filter(({ path }) => path === '/healthz')).toEqual([]);
});

test('no secret, argument or name is in the log, the metrics or the traces (security 29)', () => {
  expect(secrets.length).toBeGreaterThan(8);
  for (const secret of secrets)
    for (const [where, text] of Object.entries({ stderr, metrics, traces: received.join('\n') }))
      expect(text.includes(secret), `${secret} in ${where}`).toBe(false);
  expect(received.join('\n')).not.toMatch(/acme|Growth|wf_/);
  expect(metrics).not.toMatch(/acme|key_|wf_|127\.0\.0\.1/);
});

test('calls are counted by operation, door and outcome', () => {
  expect(counted('postern_calls_total{operation="open_workflow",door="rest",outcome="ok"}')).toBe(1);
  expect(counted('postern_calls_total{operation="open_workflow",door="mcp",outcome="not_found"}')).toBe(1);
  expect(counted('postern_call_duration_seconds_count{operation="create_workflow"}')).toBe(1);
  expect(counted('postern_http_requests_total{door="rest",method="GET",status="200"}')).toBe(1);
  expect(counted('postern_http_requests_total{door="rest",method="GET",status="401"}')).toBe(1);
  expect(counted('postern_transaction_duration_seconds_count{mode="writing",outcome="taken_back"}')).toBe(1);
  for (const gauge of [
    'database_waiting',
    'log_unsealed_entries',
    'log_unsealed_seconds',
    'news_connections',
    'mcp_sessions',
    'mcp_streams',
  ])
    expect(counted(`postern_${gauge}`), gauge).toBeGreaterThanOrEqual(0);
  expect(counted('postern_database_connections{state="idle"}')).toBeGreaterThan(0);
  expect(metrics).toContain('nodejs_eventloop_lag_p99_seconds');
});

const named = (name: string, traceId: string) => spans.filter((span) => span.name === name && span.traceId === traceId);
const attributesOf = ({ attributes }: Span) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

test('a request continues the trace of its traceparent: door, call, transaction', () => {
  const [door] = named('GET /api/v1/workflows/{id}', trace.rest) as [Span];
  expect(door.parentSpanId).toBe(parent.rest);
  expect(attributesOf(door)).toEqual({
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'http.route': '/api/v1/workflows/{id}',
  });
  const [call] = named('open_workflow', trace.rest) as [Span];
  expect(call.parentSpanId).toBe(door.spanId);
  const [transaction] = named('transaction reading', trace.rest) as [Span];
  expect(transaction.parentSpanId).toBe(call.spanId);
});

test('a call over MCP continues the trace of its _meta.traceparent; a refusal is no failure', () => {
  const [call] = named('tools/call create_workflow', trace.mcp) as [Span];
  expect(call.parentSpanId).toBe(parent.mcp);
  expect(attributesOf(call)).toMatchObject({ 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'create_workflow' });
  const [missed] = spans.filter(({ name }) => name === 'tools/call open_workflow') as [Span];
  expect(attributesOf(missed)).toMatchObject({ 'error.type': 'not_found' });
  expect(missed.status.code).toBe(0);
  expect(missed.traceId).not.toBe(trace.mcp);
});
