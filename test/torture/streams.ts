import { readdirSync } from 'node:fs';
import { Agent, type ClientRequest, request } from 'node:http';
import { at, byRest, type Caller } from './caller.ts';
import { type Standing, until } from './installation.ts';
import { allocated } from './memory.ts';

/** How many streams one key may have open. */
const each = 32;
/** Of so many streams one is a session's of the 2025 protocol, which holds a server for itself. */
const oneSessionIn = 10;

/**
 * Opens so many streams with good keys, tells all of them something, and lets them go: each has its bound of memory, whoever opens too
 * many is told, others are served meanwhile, and nothing of them is left.
 */
export async function streams({ here, server }: Standing, count: number) {
  const sockets = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  try {
    const keys = await here.moreKeys('ada', Math.ceil(count / each));
    const call = byRest(at(server.address), here.keys.ada as string);
    const uri = `postern://workflow/${here.world.id('plans')}`;
    const { revision } = await call('open_workflow', { id: here.world.id('plans') });
    const [before, descriptors] = [allocated(server.pid), openOf(server.pid)];

    const open: Stream[] = [];
    const refused: number[] = [];
    for (let i = 0; i < count; i += parallel)
      await Promise.all(
        Array.from({ length: Math.min(parallel, count - i) }, async (_, j) => {
          const key = keys[Math.floor((i + j) / each)] as string;
          const opening = (i + j) % oneSessionIn === 0 ? session : listen;
          const it = await opening({ address: server.address, key, uri, sockets });
          if (typeof it === 'number') refused.push(it);
          else open.push(it);
        }),
      );
    const beyond = await tooMany({ address: server.address, key: keys[0] as string, uri, sockets }, open);
    const held = allocated(server.pid) - before;

    await call('edit_workflow', { id: here.world.id('plans'), revision, name: 'Other plans' });
    let isTold = false;
    const others = servedUntil(() => isTold, byRest(at(server.address), here.keys.bo as string));
    const told = await until(
      'every listener is told',
      async () => open.every((it) => !it.listens || it.heard.includes(uri)),
      300_000,
    );
    isTold = true;
    const meanwhile = await others;

    for (const it of open) it.request.destroy();
    const closed = await until('all are closed', async () => openOf(server.pid) <= descriptors + pooled);
    return {
      open: open.length,
      refused: refused.length,
      statuses: [...new Set(refused)],
      beyond,
      heldMiB: held,
      kibEach: Math.round((1024 * held) / open.length),
      told: Math.round(told),
      ...meanwhile,
      closed: Math.round(closed),
    };
  } finally {
    sockets.destroy();
  }
}

/** What someone gets who lists and writes all the while. */
async function servedUntil(isOver: () => boolean, call: Caller) {
  let [served, slowest] = [0, 0];
  const unserved: string[] = [];
  while (!isOver()) {
    const since = performance.now();
    await call('list_workflows', {})
      .then(() => call('create_workflow', { name: 'Meanwhile', document: {} }))
      .then(
        () => served++,
        (thrown) => unserved.push(String(thrown)),
      );
    slowest = Math.max(slowest, performance.now() - since);
  }
  return { served, slowest: Math.round(slowest), unserved: unserved.slice(0, 5) };
}

/** By what status one more is refused of a key that has as many as it may. */
async function tooMany(opening: Opening, open: Stream[]): Promise<number | 'open'> {
  for (let i = 0; i <= each; i++) {
    const it = await listen(opening);
    if (typeof it === 'number') return it;
    open.push(it);
  }
  return 'open';
}

/** How many are opened at a time: as many as a server takes on at once. */
const parallel = 50;

/** Connections to the database that came meanwhile. */
const pooled = 20;

const openOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

interface Stream {
  readonly request: ClientRequest;
  readonly listens: boolean;
  /** All that came. */
  heard: string;
}

interface Opening {
  readonly address: string;
  readonly key: string;
  readonly uri: string;
  readonly sockets: Agent;
}

/** A stream of the protocol of 2026, or the status by which it was refused. */
const listen = ({ uri, ...opening }: Opening) =>
  stream(opening, {
    method: 'POST',
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' },
    body: {
      method: 'subscriptions/listen',
      params: {
        notifications: { resourceSubscriptions: [uri] },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
          'io.modelcontextprotocol/clientInfo': { name: 'torture', version: '0' },
        },
      },
    },
  });

/** The stream of a session of the 2025 protocol, which follows nothing. */
async function session({ address, key, sockets }: Opening): Promise<Stream | number> {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'torture', version: '0' } };
  const response = await fetch(`${address}/mcp`, {
    method: 'POST',
    headers: { ...headersOf(key), connection: 'close' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  });
  await response.text();
  const id = response.headers.get('mcp-session-id');
  if (!id) return response.status;
  return stream({ address, key, sockets }, { method: 'GET', headers: { 'mcp-session-id': id } });
}

const headersOf = (key: string) => ({
  authorization: `Bearer ${key}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
});

function stream(
  { address, key, sockets }: Omit<Opening, 'uri'>,
  { method, headers, body }: { method: string; headers: Record<string, string>; body?: object },
): Promise<Stream | number> {
  return new Promise((resolve, reject) => {
    const asking = request(`${address}/mcp`, { method, agent: sockets, headers: { ...headersOf(key), ...headers } });
    asking.on('error', reject).on('response', (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        resolve(response.statusCode ?? 0);
        return;
      }
      const opened: Stream = { request: asking, listens: body !== undefined, heard: '' };
      asking.removeAllListeners('error').on('error', () => {});
      response
        .on('error', () => {})
        .on('data', (chunk) => {
          opened.heard += String(chunk).includes('resources/updated') ? String(chunk) : '';
        });
      resolve(opened);
    });
    asking.end(body && JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }));
  });
}
