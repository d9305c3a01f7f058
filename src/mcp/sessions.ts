import { randomBytes, randomUUID } from 'node:crypto';
import type { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import type { Log } from './answer.ts';
import { type Held, type Limits, openHere } from './held.ts';
import { refuse } from './json-rpc.ts';
import { marksOf } from './marks.ts';
import type { Build, Connection } from './server.ts';

export const defaultLimits = { idleMs: 4 * 60 * 60_000, perCredential: 32, inAll: 2_000 } satisfies Limits;

type Handling = NonNullable<Parameters<WebStandardStreamableHTTPServerTransport['handleRequest']>[1]>;

/** In characters of JSON: a client says what it can do, and its name. */
const largestOpening = 16_384;

/**
 * Serves the 2025 protocol, which needs a session for all that the server asks of the client. A session is kept in the database: a server
 * that does not have it open opens it again from there, so that it goes on wherever its next request comes to (adr/0014).
 */
export function sessionful(build: Build, log: Log, limits: Limits) {
  const { idleMs, inAll } = limits;
  const marks = marksOf(randomBytes(6).toString('hex'));
  // In the order of last use: the first is the one that has been idle longest.
  const open = new Map<string, Held>();
  const opening = new Map<string, Promise<Held | undefined>>();
  const sweep = setInterval(closeIdle, Math.min(idleMs, 60_000)).unref();
  const sharing = { build, log, limits, marks, gone: (id: string) => void open.delete(id) };

  return {
    async fetch(request: Request, connection: Connection, narrowing: string, handling: Handling): Promise<Response> {
      const id = request.headers.get('mcp-session-id');
      if (id) return forward(id, request, connection, narrowing, handling);
      if (request.method !== 'POST') return refuse(405, -32000, 'Method not allowed without a session');
      if (!opens(handling.parsedBody)) return refuse(400, -32000, 'Bad Request: an Mcp-Session-Id header is required');
      if (JSON.stringify(handling.parsedBody).length > largestOpening)
        return refuse(413, -32000, `An initialize request holds ${largestOpening} characters at most`);
      return begin(request, connection, narrowing, handling);
    },
    /** How many are open here. */
    held: () => open.size,
    /** Ends what clients hear by; they open it again elsewhere. */
    endStreams(): void {
      for (const held of open.values()) held.transport.closeStandaloneSSEStream();
    },
    async close(): Promise<void> {
      clearInterval(sweep);
      await Promise.all([...open.values()].map((held) => held.transport.close()));
    },
  };

  async function begin(request: Request, connection: Connection, narrowing: string, handling: Handling) {
    const id = randomUUID();
    const { dialogues } = connection.session;
    const held: Held = await openHere(sharing, id, connection, narrowing, async () => {
      makeRoom();
      open.set(id, held);
      const ended = await dialogues.open(id, narrowing, handling.parsedBody as object, limits);
      for (const other of ended) {
        await open.get(other)?.transport.close();
        await held.write({ ended: true }, other);
      }
    });
    const response = await held.transport.handleRequest(request, handling);
    if (!open.has(id)) await held.transport.close();
    return response;
  }

  async function forward(
    id: string,
    request: Request,
    connection: Connection,
    narrowing: string,
    handling: Handling,
  ): Promise<Response> {
    const held = open.get(id) ?? (await openAgain(id, request, connection, narrowing, handling));
    if (!held?.isOf(connection, narrowing) || !(await held.isKept(connection)))
      return refuse(404, -32001, 'Session not found');
    open.delete(id);
    open.set(id, held);
    if (request.method === 'GET') return held.stream(request, connection, handling);
    if (request.method === 'DELETE') return held.end(request, handling);
    const { here, elsewhere } = marks.sorted(bodies(handling.parsedBody));
    for (const message of elsewhere) await held.write({ message });
    if (here.length === 0 && elsewhere.length > 0) return new Response(null, { status: 202 });
    const parsedBody = Array.isArray(handling.parsedBody) ? here : here[0];
    return held.transport.handleRequest(request, { ...handling, parsedBody });
  }

  /** From what is kept: the message that opened it is put to a new server, as the client had sent it. */
  async function openAgain(
    id: string,
    request: Request,
    connection: Connection,
    narrowing: string,
    { authInfo }: Handling,
  ): Promise<Held | undefined> {
    const known = opening.get(id);
    if (known) return known;
    const making = (async () => {
      const kept = await connection.session.dialogues.use(id, narrowing, limits);
      if (!kept) return undefined;
      makeRoom();
      const held: Held = await openHere(sharing, id, connection, narrowing, async () => void open.set(id, held));
      const put = async (parsedBody: object, headers: object = {}) => {
        const init = { method: 'POST', headers: { ...asJson, ...headers } };
        const handling = { parsedBody, ...(authInfo && { authInfo }) };
        return (await held.transport.handleRequest(new Request(request.url, init), handling)).text();
      };
      await put(kept.opening);
      await put({ jsonrpc: '2.0', method: 'notifications/initialized' }, { 'mcp-session-id': id });
      return held;
    })().finally(() => opening.delete(id));
    opening.set(id, making);
    return making;
  }

  /** Whoever hears nothing goes first, and comes back with the next request. */
  function makeRoom(): void {
    if (open.size < inAll) return;
    const all = [...open.values()];
    void (all.find((it) => !it.isStreaming()) ?? all[0])?.transport.close();
  }

  function closeIdle(): void {
    for (const held of open.values()) if (held.idleFor() > idleMs) void held.transport.close();
  }
}

const asJson = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const bodies = (body: unknown): readonly unknown[] => (Array.isArray(body) ? body : [body]);
const opens = (body: unknown): boolean => (body as { method?: unknown } | undefined)?.method === 'initialize';
