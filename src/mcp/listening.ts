import {
  createMcpHandler,
  type McpHandlerRequestOptions as Handling,
  InMemoryServerEventBus,
  type JSONRPCRequest,
  type ServerEventBus,
} from '@modelcontextprotocol/server';
import type { Log } from './answer.ts';
import { type Following, followingOf } from './following.ts';
import { refuse } from './json-rpc.ts';
import type { Build, Connection } from './server.ts';

/** How many streams are open at once. */
export interface Streams {
  readonly perCredential: number;
  readonly inAll: number;
}

/** Serves `subscriptions/listen` of the 2026 protocol: a stream a request, which hears of what its caller may read and of nothing else. */
export function listening(build: Build, log: Log, { perCredential, inAll }: Streams) {
  const open = new Map<ReturnType<typeof createMcpHandler>, string>();

  return {
    async fetch(request: Request, connection: Connection, handling: Handling): Promise<Response> {
      const { id } = connection.session.credential;
      if (open.size >= inAll || [...open.values()].filter((it) => it === id).length >= perCredential)
        return refuse(429, -32000, 'Too many streams are open');
      const bus = busOf(() => over());
      const handler = createMcpHandler(() => build(connection, 'modern'), {
        legacy: 'reject',
        bus,
        onerror: (err) => log.debug({ err }, 'An MCP request was refused.'),
      });
      const following = followingOf(connection.session, {
        updated: (uri) => handler.notify.resourceUpdated(uri),
        ended: () => void handler.close(),
      });
      const over = () => {
        following.end();
        open.delete(handler);
      };
      open.set(handler, id);
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
      await Promise.all([...open.keys()].map((handler) => handler.close()));
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
