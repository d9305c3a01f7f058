import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { type Answer, cancelledBy, isAnswer, isRequest } from './json-rpc.ts';

/** What a client sent: for this server, and for any other that has its session open. */
export interface Sorted {
  readonly here: readonly unknown[];
  readonly elsewhere: readonly JSONRPCMessage[];
}

/**
 * Marks what this server asks a client of the 2025 protocol. The client answers wherever its next request comes to; by its mark the answer
 * finds the server that asked. So does a cancellation, which names a call of the client's own and does not say where it runs.
 */
export function marksOf(server: string) {
  const marked = (id: string | number) => `${server}.${id}`;
  return {
    server,
    outgoing(message: JSONRPCMessage): JSONRPCMessage {
      if (isRequest(message)) return { ...message, id: marked(message.id) };
      const cancelled = cancelledBy(message);
      if (cancelled === undefined || !('method' in message)) return message;
      return { ...message, params: { ...message.params, requestId: marked(cancelled) } };
    },
    sorted(messages: readonly unknown[]): Sorted {
      const here: unknown[] = [];
      const elsewhere: JSONRPCMessage[] = [];
      for (const message of messages as JSONRPCMessage[]) {
        const own = incoming(message);
        if (own) here.push(own);
        if (!own || (isObject(message) && cancelledBy(message) !== undefined)) elsewhere.push(message);
      }
      return { here, elsewhere };
    },
    incoming,
  };

  /** As the server itself knows it; nothing where it answers another. */
  function incoming(message: JSONRPCMessage): JSONRPCMessage | undefined {
    if (!isObject(message) || !isAnswer(message)) return message;
    const [, mark, id] = /^([0-9a-f]+)\.(\d+)$/.exec(String(message.id)) ?? [];
    if (mark === undefined) return message;
    return mark === server ? ({ ...message, id: Number(id) } as Answer) : undefined;
  }
}

const isObject = (message: unknown): boolean => typeof message === 'object' && message !== null;
