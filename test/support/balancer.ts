import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/** A plain proxy before several servers: each request goes to the next that is ready, and again only where it was never sent. */
export async function balancer() {
  const servers = new Map<string, { ready: boolean; served: number }>();
  const agent = new Agent({ keepAlive: true });
  const failures: string[] = [];
  let turn = 0;
  let isOver = false;
  const front = createServer((incoming, outgoing) => void passOn(incoming, outgoing));
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
  const looking = lookAfter();

  return {
    address: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    /** What it answered that no caller should see. */
    failures,
    /** How many requests each server has had. */
    served: () => [...servers.values()].map(({ served }) => served),
    /** Resolves once the server is ready. */
    async add(address: string): Promise<void> {
      const it = { ready: false, served: 0 };
      servers.set(address, it);
      while (!it.ready) await pause(20);
    },
    remove: (address: string) => void servers.delete(address),
    async close() {
      isOver = true;
      await looking;
      agent.destroy();
      front.closeAllConnections();
      await new Promise((done) => front.close(done));
    },
  };

  async function lookAfter(): Promise<void> {
    while (!isOver) {
      await Promise.all(
        [...servers].map(async ([address, it]) => {
          it.ready = await fetch(`${address}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          );
        }),
      );
      await pause(100);
    }
  }

  async function passOn(incoming: IncomingMessage, outgoing: ServerResponse, tried = 0, body?: Buffer) {
    const sent = body ?? (await buffer(incoming));
    const ready = [...servers].filter(([, it]) => it.ready);
    const [address, it] = ready[turn++ % Math.max(1, ready.length)] ?? [];
    if (!address || !it) return refuse(outgoing, 'nobody is ready');
    it.served++;
    const { method, url, headers } = incoming;
    const onward = request(`${address}${url}`, { method, headers, agent }, (answer) => {
      if ((answer.statusCode ?? 500) >= 500) failures.push(`${method} ${url} ${answer.statusCode}`);
      outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, connection: 'close' });
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    outgoing.on('close', () => onward.destroy());
    onward.on('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.headersSent || outgoing.destroyed) return;
      if (error.code === 'ECONNREFUSED' && tried < 3) return void passOn(incoming, outgoing, tried + 1, sent);
      // A connection that was cut: whoever called sees just that.
      outgoing.destroy();
    });
    onward.end(sent);
  }

  function refuse(outgoing: ServerResponse, why: string): void {
    failures.push(why);
    outgoing.writeHead(502).end();
  }
}
