import { randomUUID } from 'node:crypto';
import { type JSONRPCMessage, SdkHttpError, type StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { type Answer, isRequest } from './json-rpc.ts';

/** In milliseconds: how often a session whose client only listens is looked after. */
const lookAfter = 15_000;

/** What a client of the 2025 protocol follows, so that it goes on doing so where the other end no longer knows the session. */
export function followingOver(
  far: StreamableHTTPClientTransport,
  open: () => Promise<boolean>,
  updated: (uri: string) => void,
) {
  const uris = new Map<string, string | number>();
  const own = new Set<string | number>();
  const timer = setInterval(() => void check(), lookAfter).unref();

  return {
    notices(message: JSONRPCMessage): void {
      if (!isRequest(message) || typeof message.params?.uri !== 'string') return;
      if (message.method === 'resources/subscribe') uris.set(message.params.uri, message.id);
      if (message.method === 'resources/unsubscribe') uris.delete(message.params.uri);
    },
    /** Whether the answer was to something asked from here, which the client must not see. */
    takes(message: Answer): boolean {
      if ('error' in message) for (const [uri, id] of uris) if (id === message.id) uris.delete(uri);
      return own.delete(message.id);
    },
    again,
    end: () => clearInterval(timer),
  };

  /** Follows it all in the new session, and tells the client to look, since nobody told it meanwhile. */
  async function again(): Promise<void> {
    for (const uri of uris.keys()) {
      uris.set(uri, await ask('resources/subscribe', { uri }));
      updated(uri);
    }
  }

  async function check(): Promise<void> {
    if (uris.size === 0) return;
    await ask('ping', {}).catch(async (err) => {
      if (isUnknownSession(err) && (await open())) await again();
    });
  }

  async function ask(method: string, params: Record<string, unknown>): Promise<string> {
    const id = randomUUID();
    own.add(id);
    await far.send({ jsonrpc: '2.0', id, method, params });
    return id;
  }
}

export const isUnknownSession = (err: unknown) => err instanceof SdkHttpError && err.status === 404;
