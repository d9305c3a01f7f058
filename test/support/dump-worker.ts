import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Dumping } from './dumping.ts';

const { program, words, turn } = workerData as Dumping;
const server = parentPort as NonNullable<typeof parentPort>;
const { pgDump } = await import(program);

/** What pg_dump takes for the database in its own process: it asks, and waits for the answer where it stands. */
const pg = {
  query: async () => ({ rows: [{ search_path: 'public' }] }),
  exec: async () => {},
  execProtocolRawStream(bytes: Uint8Array, { onRawData }: { onRawData: (answer: Uint8Array) => void }) {
    // Whoever started this hangs up.
    if (bytes[0] === 'X'.charCodeAt(0)) return;
    Atomics.store(turn, 0, 0);
    server.postMessage(bytes.slice());
    Atomics.wait(turn, 0, 0);
    onRawData(receiveMessageOnPort(server)?.message);
  },
};

const file: File = await pgDump({ pg, args: words });
server.postMessage({ text: await file.text() });
