import { setTimeout } from 'node:timers/promises';
import type { Service } from '../support/agent.ts';
import { password } from '../support/visitor.ts';
import type { Installation } from './installation.ts';
import type { Visitor } from './visitors.ts';

/** What no answer says, since whoever calls is not to learn it. */
const leaks = /ECONN|ENOENT|PGSQL|\.s\.|postgres|57P0|select |\/tmp\/|at .*\.ts:/i;

interface Door {
  readonly ask: () => Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;
  readonly isInForm: (text: string, headers: Headers) => boolean;
}

/** How each door answers while the database does not; what is not a clear 503 is told apart. */
export async function askEveryDoor(here: Installation, service: Service, visitor: Visitor, seconds: number) {
  const doors = { ...doorsOf(here, service), ...pagesOf(visitor) };
  const unclear: string[] = [];
  let [asked, slowest] = [0, 0];
  const over = performance.now() + 1000 * seconds;
  do {
    const health = await service.fetch(new Request('http://localhost/healthz'));
    if (health.status !== 200) unclear.push(`GET /healthz ${health.status}`);
    await Promise.all(
      Object.entries(doors).map(async ([door, { ask, isInForm }]) => {
        const since = performance.now();
        const { status, headers, text } = await ask();
        slowest = Math.max(slowest, performance.now() - since);
        asked++;
        const isClear = status === 503 && headers.has('retry-after') && !leaks.test(text) && isInForm(text, headers);
        if (!isClear) unclear.push(`${door} ${status} ${text.slice(0, 300)}`);
      }),
    );
    await setTimeout(100);
  } while (performance.now() < over);
  return { asked, slowest: Math.round(slowest), unclear };
}

function doorsOf({ keys, world }: Installation, { fetch }: Service): Record<string, Door> {
  const authorization = `Bearer ${keys.ada}`;
  const json = { authorization, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const door = (isInForm: Door['isInForm'], path: string, init: RequestInit = {}): Door => ({
    isInForm,
    async ask() {
      const response = await fetch(new Request(`http://localhost${path}`, init));
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  });
  const called = (method: string, params: object) =>
    door(asRpc, '/mcp', {
      method: 'POST',
      headers: { ...json, 'mcp-protocol-version': '2026-07-28', 'mcp-method': method },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
  return {
    'GET /readyz': door((text) => JSON.parse(text).status === 503, '/readyz'),
    'REST read': door(asProblem, `/api/v1/workflows/${world.id('plans')}`, { headers: json }),
    'REST list': door(asProblem, '/api/v1/workflows', { headers: json }),
    'REST write': door(asProblem, '/api/v1/workflows', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ name: 'x', document: {} }),
    }),
    'MCP tools/list': called('tools/list', {}),
    'MCP tools/call': called('tools/call', { name: 'whoami', arguments: {} }),
    'MCP subscriptions/listen': called('subscriptions/listen', { notifications: {} }),
  };
}

/** What a person is shown: a page of ours, whatever they do. */
function pagesOf(visitor: Visitor): Record<string, Door> {
  const page = (ask: Door['ask']): Door => ({ ask, isInForm: isPage });
  return {
    'their account': page(() => visitor.get('/account')),
    'their organizations': page(() => visitor.get('/organizations')),
    'a sign-in': page(() => visitor.post('/sign-in', { email: 'ada@acme.test', password })),
  };
}

function asProblem(text: string): boolean {
  const { code, status, retry_after_seconds: seconds } = JSON.parse(text);
  return code === 'unavailable' && seconds > 0 && status === 503;
}

function asRpc(text: string): boolean {
  const body = JSON.parse(text);
  return body.jsonrpc === '2.0' && body.error.data.code === 'unavailable';
}

const isPage = (text: string, headers: Headers) =>
  headers.get('content-type')?.startsWith('text/html') === true &&
  /<h1>[^<]+<\/h1>/.test(text) &&
  /Try again/.test(text);

/** Whether someone is who they were, at their account. */
export async function isSignedIn(visitor: Visitor): Promise<boolean> {
  const { status, text } = await visitor.get('/account');
  return status === 200 && text.includes('<h1>');
}
