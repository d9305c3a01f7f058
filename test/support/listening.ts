import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';

type Fetch = (request: Request) => Response | Promise<Response>;

/** A door behind a real socket of this machine; with `secret`, each request bears it, as from a proxy in front. */
export async function listening(fetch: Fetch, secret?: string) {
  const signed: Fetch = (request) => {
    const headers = new Headers(request.headers);
    headers.set('authorization', `Bearer ${secret}`);
    return fetch(new Request(request, { headers }));
  };
  const server = serve({ fetch: secret ? signed : fetch, hostname: '127.0.0.1', port: 0 });
  if (!server.listening) await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
