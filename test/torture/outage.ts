import { setTimeout } from 'node:timers/promises';
import { follow } from '../support/following.ts';
import { at, byMcp, byRest } from './caller.ts';
import { type Installation, isReady, type Standing, until } from './installation.ts';
import { allocated } from './memory.ts';

/** What no answer says, since whoever calls is not to learn it. */
const leaks = /ECONN|ENOENT|PGSQL|\.s\.|postgres|57P0|select |\/tmp\/|at .*\.ts:/i;

/**
 * Takes PostgreSQL away under a running server, for so long: every door answers 503 with Retry-After, none hangs, none tells why; the
 * server lives, and when the database is there again it serves, hears news and seals by itself.
 */
export async function outage({ here, server }: Standing, seconds: number) {
  const service = at(server.address);
  const [ada, bo] = [here.keys.ada as string, here.keys.bo as string];
  const call = byRest(service, ada);
  const { revision } = await call('open_workflow', { id: here.world.id('plans') });
  const listener = await byMcp(service, bo);
  const followed = await follow(listener.client, '2026', [`postern://workflow/${here.world.id('plans')}`]);
  await byMcp(service, ada).then((it) =>
    it.call('edit_workflow', { id: here.world.id('plans'), revision, name: 'Before' }),
  );
  await followed.until(...followed.uris);
  const waiting = byRest(service, bo)('list_notifications', { wait: 25 }).catch((thrown) => thrown);
  await until('it waits', async () => (await fetch(`${server.address}/healthz`)).ok);

  const before = allocated(server.pid);
  await here.postgres.down();
  const answers = await askEveryDoor(here, server.address, seconds);
  const grown = allocated(server.pid) - before;
  const waited = await waiting;
  followed.heard();

  await here.postgres.up();
  const recovery = await until('it is ready again', isReady(server.address));
  await call('edit_workflow', { id: here.world.id('plans'), revision: revision + 1, name: 'After' });
  await followed.until(...followed.uris);
  const sealed = await until('all is sealed', async () => (await unsealed(here)) === 0);
  await listener.close();
  return {
    ...answers,
    waited: waited?.code ?? 'answered',
    recovery: Math.round(recovery),
    sealed: Math.round(sealed),
    grownMiB: grown,
  };
}

/** How each door answers meanwhile; what is not a clear 503 is told apart. */
async function askEveryDoor({ keys, world }: Installation, address: string, seconds: number) {
  const authorization = `Bearer ${keys.ada}`;
  const json = { authorization, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const id = world.id('plans');
  const called = (method: string, params: object) => ({
    method: 'POST',
    headers: { ...json, 'mcp-protocol-version': '2026-07-28', 'mcp-method': method },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const doors: Readonly<Record<string, readonly [string, RequestInit]>> = {
    'GET /readyz': ['/readyz', {}],
    'REST read': [`/api/v1/workflows/${id}`, { headers: json }],
    'REST list': ['/api/v1/workflows', { headers: json }],
    'REST write': [
      `/api/v1/workflows`,
      { method: 'POST', headers: json, body: JSON.stringify({ name: 'x', document: {} }) },
    ],
    'MCP tools/list': ['/mcp', called('tools/list', {})],
    'MCP tools/call': ['/mcp', called('tools/call', { name: 'whoami', arguments: {} })],
    'MCP subscriptions/listen': ['/mcp', called('subscriptions/listen', { notifications: {} })],
  };
  const unclear: string[] = [];
  let [asked, slowest] = [0, 0];
  const over = performance.now() + 1000 * seconds;
  do {
    const health = await fetch(`${address}/healthz`);
    if (health.status !== 200) unclear.push(`GET /healthz ${health.status}`);
    await Promise.all(
      Object.entries(doors).map(async ([door, [path, init]]) => {
        const since = performance.now();
        const response = await fetch(address + path, init);
        const text = await response.text();
        slowest = Math.max(slowest, performance.now() - since);
        asked++;
        const isClear =
          response.status === 503 && response.headers.has('retry-after') && !leaks.test(text) && isInForm(door, text);
        if (!isClear) unclear.push(`${door} ${response.status} ${text.slice(0, 300)}`);
      }),
    );
    await setTimeout(100);
  } while (performance.now() < over);
  return { asked, slowest: Math.round(slowest), unclear };
}

function isInForm(door: string, text: string): boolean {
  const body = JSON.parse(text);
  if (door.startsWith('REST'))
    return body.code === 'unavailable' && body.retry_after_seconds > 0 && body.status === 503;
  return door.startsWith('MCP')
    ? body.jsonrpc === '2.0' && body.error.data.code === 'unavailable'
    : body.status === 503;
}

async function unsealed({ sql }: Installation): Promise<number> {
  const [row] = await sql(
    'select count(*)::int as n from activity a where not exists (select from seal s where s.activity_id = a.id)',
  );
  return row?.n;
}
