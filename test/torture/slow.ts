import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { at, byRest } from './caller.ts';
import type { Standing } from './installation.ts';
import { allocated } from './memory.ts';

/**
 * Clients that send a header or a body a byte at a time, and clients that never read what they asked for: so many of each hold sockets and no
 * more than a bound of memory, and others are served as ever.
 */
export async function slow({ here, server }: Standing, { count, seconds }: { count: number; seconds: number }) {
  const { port } = new URL(server.address);
  const call = byRest(at(server.address), here.keys.ada as string);
  const key = `authorization: Bearer ${here.keys.ada}\r\n`;
  await call('list_workflows', {});
  const before = allocated(server.pid);
  const sockets: Socket[] = [];
  let cut = 0;
  const open = (first: string, drip: string | undefined) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {}).on('close', () => cut++);
    socket.write(first);
    // Whoever never reads leaves what comes where it is.
    if (drip === undefined) socket.pause();
    sockets.push(socket);
    return { socket, drip };
  };
  const post = `POST /api/v1/workflows HTTP/1.1\r\nhost: 127.0.0.1\r\n${key}content-type: application/json\r\n`;
  const dripping = Array.from({ length: count }, () => [
    open('GET /api/v1/workflows HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ', 'a'),
    open(`${post}content-length: 100000\r\n\r\n`, ' '),
    open(`${post}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
    open(`GET /api/v1/activity/export?format=jsonl HTTP/1.1\r\nhost: 127.0.0.1\r\n${key}\r\n`, undefined),
  ]).flat();

  // The system takes only so many connections that are not accepted yet; who comes then is turned away by it.
  await Promise.all(
    sockets.map((it) => new Promise((go) => (it.connecting ? it.once('connect', go).once('close', go) : go(it)))),
  );

  let [served, slowest] = [0, 0];
  const over = performance.now() + 1000 * seconds;
  while (performance.now() < over) {
    for (const { socket, drip } of dripping) if (drip && socket.writable) socket.write(drip);
    const since = performance.now();
    const { id } = await call('create_workflow', { name: 'Quick', document: {} });
    await call('open_workflow', { id });
    slowest = Math.max(slowest, performance.now() - since);
    served++;
    await setTimeout(200);
  }
  const held = allocated(server.pid) - before;
  const ended = cut;
  for (const socket of sockets) socket.destroy();
  return { slowClients: sockets.length, cutByServer: ended, served, slowest: Math.round(slowest), heldMiB: held };
}
