import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Connection } from '../../src/storage/migrate.ts';
import { peers } from './peer.ts';

/** What the worker is given: where pg_dump is, its words, and where it waits for what the server answers. */
export interface Dumping {
  readonly program: string;
  readonly words: readonly string[];
  readonly turn: Int32Array<SharedArrayBuffer>;
}

/**
 * Runs the pg_dump of PostgreSQL 18 that npm brings, which is WebAssembly: it has no sockets, so that whoever calls it speaks to the server.
 * Answers what it writes, which is the text that pg_restore makes of the other forms.
 */
export async function dumped({ host, port, user, database }: Connection, words: readonly string[]): Promise<string> {
  const server = host.startsWith('/') ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host);
  await once(server, 'connect');
  const turn = new Int32Array(new SharedArrayBuffer(4));
  const workerData: Dumping = {
    program: join(peers, '@electric-sql/pglite-tools/dist/pg_dump.js'),
    words: ['--dbname', `user=${user} dbname=${database}`, ...words],
    turn,
  };
  const worker = new Worker(new URL('./dump-worker.ts', import.meta.url), { workerData });
  let answer: Buffer[] = [];
  server.on('data', (piece) => {
    answer.push(piece);
    if (!isWhole(Buffer.concat(answer))) return;
    worker.postMessage(Buffer.concat(answer));
    answer = [];
    Atomics.store(turn, 0, 1);
    Atomics.notify(turn, 0);
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (it: Uint8Array | { readonly text: string }) =>
        'text' in it ? resolve(it.text) : server.write(it),
      );
      worker.once('error', reject);
      server.once('close', () => reject(new Error('The server hung up on pg_dump.')));
    });
  } finally {
    server.destroy();
    await worker.terminate();
  }
}

/** Whether a server's messages end with that it is ready for the next statement. */
function isWhole(bytes: Buffer): boolean {
  let at = 0;
  let type = '';
  while (at + 5 <= bytes.length) {
    type = String.fromCharCode(bytes[at] as number);
    at += 1 + bytes.readInt32BE(at + 1);
  }
  return at === bytes.length && type === 'Z';
}
