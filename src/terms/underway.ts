import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';

/** Where a call comes in. */
export type Door = 'mcp' | 'rest' | 'studio' | 'probe';

/** A request of HTTP as whoever runs Postern is told of it. It holds no argument, no name, no address as it was asked, and no secret. */
export interface Request {
  /** Given back to the caller, and the reference of what was not foreseen. */
  readonly id: string;
  readonly door: Door;
  readonly method: string;
  /** Of W3C Trace Context, as it came. */
  readonly traceparent?: string | undefined;
  /** With the names of what stands in it, `/api/v1/workflows/{id}`; nothing where no such path is served. */
  path?: string | undefined;
  status?: number;
  /** The id of the credential that was let in. */
  credential?: string;
}

/** One call of an operation, however it was asked for. */
export interface Call {
  readonly operation: string;
  /** The method of MCP that asked, and its `_meta.traceparent` as it came. */
  readonly origin?: { readonly method: string; readonly traceparent?: string | undefined } | undefined;
}

/** One transaction. */
export interface Transaction {
  readonly mode: 'reading' | 'writing' | 'outside';
}

/**
 * What is under way is told on these channels of Node's own; the log, the metrics and the traces listen. Where nobody does, telling costs
 * nothing, and nobody who tells knows of them.
 */
export const requests = tracingChannel<unknown, Request>('postern.request');
export const calls = tracingChannel<unknown, Call>('postern.call');
export const transactions = tracingChannel<unknown, Transaction>('postern.transaction');

const current = new AsyncLocalStorage<Request>();

/** Does what a request asks for. */
export const within = <T>(request: Request, work: () => Promise<T>): Promise<T> =>
  current.run(request, () => requests.tracePromise(work, request));

/** The request under way; nothing over stdio and in what nobody asked for. */
export const requestNow = (): Request | undefined => current.getStore();
