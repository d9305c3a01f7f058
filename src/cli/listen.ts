import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Socket } from '../http/address.ts';
import { Problem } from '../terms/problem.ts';

/** A port that is ours, and answers that it is not ready until it is told how. */
export interface Listening {
  readonly port: number;
  serve(fetch: Answer): void;
  /** From now on no connection is used for another request after the one it has. */
  drain(): void;
  /** Takes no more calls, lets those under way end for a moment, and closes the rest. */
  close(): Promise<void>;
}

type Answer = (request: Request, socket: Socket) => Response | Promise<Response>;

/**
 * How long whoever sends has for the head of a request and for all of it, how long a connection lies idle, how often that is looked at,
 * and how long calls under way have in the end, in milliseconds; and how many connections there are. An idle one lives longer here than
 * proxies keep theirs, so that none is cut as it is used again.
 */
export const usual = { head: 10_000, request: 30_000, idle: 75_000, look: 2_000, grace: 1_500, connections: 20_000 };

/** Takes the port before anything else happens, so that whoever finds it taken has touched nothing. */
export async function listen(host: string, port: number, wanted: Partial<typeof usual> = {}): Promise<Listening> {
  const bounds = { ...usual, ...wanted };
  let isDraining = false;
  let answer: Answer = () => new Response('Postern is starting.\n', { status: 503, headers: { 'retry-after': '1' } });
  const server = createAdaptorServer({
    fetch: (request, socket) => answer(request, socket),
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: bounds.head,
      requestTimeout: bounds.request,
      keepAliveTimeout: bounds.idle,
      connectionsCheckingInterval: bounds.look,
    },
  }) as Server;
  server.maxConnections = bounds.connections;
  server.prependListener('request', (_, response) => {
    if (isDraining) response.shouldKeepAlive = false;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(unavailable(host, port, cause)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    serve(fetch) {
      answer = fetch;
    },
    drain() {
      isDraining = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        isDraining = true;
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), bounds.grace).unref();
      }),
  };
}

function unavailable(host: string, port: number, cause: NodeJS.ErrnoException): unknown {
  if (cause.code === 'EADDRINUSE') {
    return new Problem('conflict', `Port ${port} on ${host} is taken by another program.`, {
      advice: `End that one, or choose another port: \`postern start --port ${port === 65_535 ? 8410 : port + 1}\` or POSTERN_PORT.`,
      cause,
    });
  }
  if (cause.code === 'EACCES')
    return new Problem('permission_denied', `This account may not listen on port ${port}.`, {
      advice: 'Choose one above 1023 with --port or POSTERN_PORT.',
      cause,
    });
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
    return new Problem('invalid_argument', `${host} is no address of this machine.`, {
      advice: 'Choose another with --host or POSTERN_HOST.',
      cause,
    });
  }
  return cause;
}
