import {
  createMcpHandler,
  type McpHandlerRequestOptions as Handling,
  InMemoryServerEventBus,
  type JSONRPCRequest,
  type McpServer,
  type ServerEventBus,
} from '@modelcontextprotocol/server';
import type { Log } from './answer.ts';
import { type Following, followingOf } from './following.ts';
import { refuse } from './json-rpc.ts';
import type { Build, Connection } from './server.ts';

/** How many streams are open at once: of one credential, and in all. */
export interface Streams {
  readonly perCredential: number;
  readonly streams: number;
}

/** Serves `subscriptions/listen` of the 2026 protocol: a stream a request, which hears of what its caller may read and of nothing else. */
export function listening(build: Build, log: Log, { perCredential, streams }: Streams) {
  const open = new Set<ReturnType<typeof createMcpHandler>>();
  const each = counts();
  const onerror = (err: unknown) => log.debug({ err }, 'An MCP request was refused.');
  // Of a server that listens the SDK asks what it declares and nothing else, which is the same for everyone.
  let declaring: McpServer | undefined;

  return {
    async fetch(request: Request, connection: Connection, handling: Handling): Promise<Response> {
      const { id } = connection.session.credential;
      if (open.size >= streams || each.of(id) >= perCredential) return refuse(429, -32000, 'Too many streams are open');
      const bus = busOf(() => over());
      declaring ??= build(connection, 'modern');
      const declares = declaring;
      const handler = createMcpHandler(() => declares, { legacy: 'reject', bus, onerror });
      const following = followingOf(connection.session, {
        updated: (uri) => handler.notify.resourceUpdated(uri),
        ended: () => void handler.close(),
      });
      const over = () => {
        following.end();
        if (open.delete(handler)) each.less(id);
      };
      open.add(handler);
      each.more(id);
      try {
        const response = await handler.fetch(request, await narrowed(handling, following));
        if (!bus.isHeard) over();
        return response;
      } catch (thrown) {
        over();
        throw thrown;
      }
    },
    open: () => open.size,
    async close(): Promise<void> {
      await Promise.all([...open].map((handler) => handler.close()));
    },
  };
}

export const listens = (message: unknown): message is JSONRPCRequest =>
  (message as { method?: unknown } | undefined)?.method === 'subscriptions/listen';

/** Only what the caller may read is asked of the SDK, so that what it acknowledges tells of nothing else (EXT-1). */
export async function narrow(message: JSONRPCRequest, following: Pick<Following, 'add'>): Promise<JSONRPCRequest> {
  const filter = (message.params as { notifications?: { resourceSubscriptions?: unknown } } | undefined)?.notifications;
  const asked = filter?.resourceSubscriptions;
  if (!Array.isArray(asked) || !asked.every((uri) => typeof uri === 'string')) return message;
  const resourceSubscriptions = [...(await following.add(asked))];
  return { ...message, params: { ...message.params, notifications: { ...filter, resourceSubscriptions } } };
}

const narrowed = async ({ parsedBody, ...handling }: Handling, following: Following): Promise<Handling> => ({
  ...handling,
  parsedBody: await narrow(parsedBody as JSONRPCRequest, following),
});

function counts() {
  const all = new Map<string, number>();
  const of = (id: string) => all.get(id) ?? 0;
  return {
    of,
    more: (id: string) => void all.set(id, of(id) + 1),
    less: (id: string) => void (of(id) > 1 ? all.set(id, of(id) - 1) : all.delete(id)),
  };
}

/** The bus of one stream; `over` is called once the stream no longer hears. */
function busOf(over: () => void): ServerEventBus & { readonly isHeard: boolean } {
  const bus = new InMemoryServerEventBus();
  let isHeard = false;
  return {
    get isHeard() {
      return isHeard;
    },
    publish: (event) => bus.publish(event),
    subscribe(heard) {
      isHeard = true;
      const stop = bus.subscribe(heard);
      return () => {
        stop();
        over();
      };
    },
  };
}
