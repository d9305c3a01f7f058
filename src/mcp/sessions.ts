import { randomUUID } from 'node:crypto';
import { type McpServer, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { refuse } from './json-rpc.ts';

/** How many sessions of the 2025 protocol are held at once, and how long one lies idle before it is closed. */
export interface Limits {
  readonly idleMs: number;
  readonly perCredential: number;
  readonly inAll: number;
}

export const defaultLimits: Limits = { idleMs: 4 * 60 * 60_000, perCredential: 32, inAll: 2_000 };

/** Whom a session belongs to: no other credential, and no other narrowing, can use it. */
export interface Owner {
  readonly credential: string;
  readonly narrowing: string;
}

type Handling = NonNullable<Parameters<WebStandardStreamableHTTPServerTransport['handleRequest']>[1]>;

interface Held extends Owner {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  usedAt: number;
}

/** Serves the 2025 protocol, which needs a session for all that the server asks of the client. */
export function sessionful({ idleMs, perCredential, inAll }: Limits) {
  // In the order of last use: the first is the one that has been idle longest.
  const held = new Map<string, Held>();
  const sweep = setInterval(closeIdle, Math.min(idleMs, 60_000)).unref();

  return {
    async fetch(request: Request, owner: Owner, build: () => McpServer, handling: Handling): Promise<Response> {
      const id = request.headers.get('mcp-session-id');
      if (id) return forward(id, request, owner, handling);
      if (request.method !== 'POST') return refuse(405, -32000, 'Method not allowed without a session');
      if (!opens(handling.parsedBody)) return refuse(400, -32000, 'Bad Request: an Mcp-Session-Id header is required');
      makeRoom(owner);
      const transport = await open(owner, build());
      return transport.handleRequest(request, handling);
    },
    held: () => held.size,
    async close(): Promise<void> {
      clearInterval(sweep);
      await Promise.all([...held.values()].map(({ transport }) => transport.close()));
    },
  };

  function forward(id: string, request: Request, owner: Owner, handling: Handling): Response | Promise<Response> {
    const session = held.get(id);
    if (!session || session.credential !== owner.credential || session.narrowing !== owner.narrowing) {
      return refuse(404, -32001, 'Session not found');
    }
    held.delete(id);
    held.set(id, { ...session, usedAt: Date.now() });
    return session.transport.handleRequest(request, handling);
  }

  async function open(owner: Owner, server: McpServer): Promise<WebStandardStreamableHTTPServerTransport> {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void held.set(id, { ...owner, transport, usedAt: Date.now() }),
    });
    await server.connect(transport);
    const closed = transport.onclose;
    transport.onclose = () => {
      if (transport.sessionId) held.delete(transport.sessionId);
      closed?.();
    };
    return transport;
  }

  function makeRoom({ credential }: Owner): void {
    const own = [...held.values()].filter((session) => session.credential === credential);
    if (own.length >= perCredential) void own[0]?.transport.close();
    if (held.size >= inAll) void held.values().next().value?.transport.close();
  }

  function closeIdle(): void {
    for (const { transport, usedAt } of held.values()) if (Date.now() - usedAt > idleMs) void transport.close();
  }
}

const opens = (body: unknown): boolean => (body as { method?: unknown } | undefined)?.method === 'initialize';
