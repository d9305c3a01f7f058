import { type JSONRPCMessage, type JSONRPCRequest, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Problem } from '../terms/problem.ts';
import { wordsOf } from './answer.ts';

/** An answer to what never became a call. */
export const refuse = (status: number, code: number, message: string): Response =>
  Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });

/** A problem before any message was read, as MCP has it: whoever asked reads the same words as in a tool's answer. */
export function asRpcError(problem: Problem): Response {
  const error = { code: ProtocolErrorCode.InternalError, message: wordsOf(problem), data: problem.toJSON() };
  const { retry_after_seconds: wait } = problem.details;
  const headers = wait === undefined ? {} : { 'retry-after': String(wait) };
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: problem.status, headers });
}

export type Answer = Exclude<JSONRPCMessage, { method: string }> & { id: string | number };

export const isRequest = (message: JSONRPCMessage): message is JSONRPCRequest => 'method' in message && 'id' in message;
export const isAnswer = (message: JSONRPCMessage): message is Answer =>
  !('method' in message) && message.id !== undefined;

/** The id of the request that a message takes back, if that is what it does. */
export function cancelledBy(message: JSONRPCMessage): string | number | undefined {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return undefined;
  return message.params?.requestId as string | number | undefined;
}
