import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/server';

/** An answer to what never became a call. */
export const refuse = (status: number, code: number, message: string): Response =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });

export type Answer = Exclude<JSONRPCMessage, { method: string }> & { id: string | number };

export const isRequest = (message: JSONRPCMessage): message is JSONRPCRequest => 'method' in message && 'id' in message;
export const isAnswer = (message: JSONRPCMessage): message is Answer =>
  !('method' in message) && message.id !== undefined;

/** The id of the request that a message takes back, if that is what it does. */
export function cancelledBy(message: JSONRPCMessage): string | number | undefined {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return undefined;
  return message.params?.requestId as string | number | undefined;
}
