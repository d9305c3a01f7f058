import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  type McpServer,
  type RequestId,
  SUBSCRIPTION_ID_META_KEY,
  type Transport,
} from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Finding } from '../terms/problem.ts';
import type { Log } from './answer.ts';
import { followingOf } from './following.ts';
import { cancelledBy, isAnswer } from './json-rpc.ts';
import { linesOf } from './lines.ts';
import { listens, narrow } from './listening.ts';
import type { Build, Connection } from './server.ts';

/** Answers over this process's own input and output, for one connection and in either protocol. */
export function overStdio(build: Build, connection: Connection, log: Log): { close(): Promise<void> } {
  let server: McpServer | undefined;
  const made: Build = (...how) => (server = build(...how));
  const rounded = new Map<RequestId, readonly Finding[]>();
  const { transport, end } = listenable(connection, {
    update: (uri) => server?.server.sendResourceUpdated({ uri }),
    rounded,
    log,
  });
  const roundedIn = (request: RequestId) => rounded.get(request) ?? [];
  // What no longer holds is answered call by call, in words; a connection that went away would say nothing.
  const serving = serveStdio(({ era }) => made({ ...connection, ended: () => {}, rounded: roundedIn }, era), {
    transport,
    onerror: (err) => log.debug({ err }, 'An MCP message was refused.'),
  });
  return {
    async close() {
      end();
      await serving.close();
    },
  };
}

interface Wire {
  readonly update: (uri: string) => Promise<void> | undefined;
  /** Of requests that are not answered yet, by their ids: the integers that a number can't keep. */
  readonly rounded: Map<RequestId, readonly Finding[]>;
  readonly log: Log;
}

/** Standard input and output, where each `subscriptions/listen` of the 2026 protocol is narrowed to what its caller may read. */
function listenable({ session }: Connection, { update, rounded, log }: Wire) {
  const report = (err: unknown) => log.debug({ err }, 'An MCP message could not be passed on.');
  const wire: StdioServerTransport = new StdioServerTransport(
    linesOf(process.stdin, {
      refuse: (it) => void wire.send(it as JSONRPCMessage).catch(report),
      rounded(message) {
        for (const [id, found] of message.rounded) rounded.set(id, found);
      },
    }),
  );
  /** What is listened to, by the id of the request; those that were cancelled before they began have none. */
  const listened = new Map<string | number, readonly string[]>();
  const following = followingOf(session, {
    updated: (uri) => void update(uri)?.catch(report),
    ended() {
      for (const id of listened.keys()) finish(id);
    },
  });
  const transport: Transport = {
    start: () => wire.start(),
    send(message) {
      if (isAnswer(message)) rounded.delete(message.id);
      return wire.send(message);
    },
    close: () => wire.close(),
  };
  wire.onmessage = (message) => void arrived(message).catch(report);
  wire.onclose = () => {
    following.end();
    transport.onclose?.();
  };
  wire.onerror = (err) => transport.onerror?.(err);
  return { transport, end: () => following.end() };

  async function arrived(message: JSONRPCMessage): Promise<void> {
    const cancelled = cancelledBy(message);
    if (cancelled !== undefined && listened.has(cancelled)) forget(cancelled);
    if (!listens(message)) return transport.onmessage?.(message);
    listened.set(message.id, []);
    const narrowed = await narrow(message, following).catch((err) => {
      report(err);
      return without(message);
    });
    if (!listened.has(message.id)) return;
    listened.set(message.id, urisOf(narrowed));
    transport.onmessage?.(narrowed);
  }

  function forget(id: string | number): void {
    const uris = listened.get(id) ?? [];
    listened.delete(id);
    const others = new Set([...listened.values()].flat());
    following.remove(uris.filter((uri) => !others.has(uri)));
  }

  /** Ends one stream from this side: the client is answered, and the SDK sends nothing more for it. */
  function finish(id: string | number): void {
    forget(id);
    transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
    const result = { resultType: 'complete', _meta: { [SUBSCRIPTION_ID_META_KEY]: id } };
    wire.send({ jsonrpc: '2.0', id, result }).catch(report);
  }
}

const urisOf = ({ params }: JSONRPCRequest) =>
  (params as { notifications?: { resourceSubscriptions?: readonly string[] } } | undefined)?.notifications
    ?.resourceSubscriptions ?? [];

const without = ({ params, ...message }: JSONRPCRequest): JSONRPCRequest => ({
  ...message,
  params: { ...params, notifications: { ...(params?.notifications as object | undefined), resourceSubscriptions: [] } },
});
