import { once } from 'node:events';
import { request } from 'node:http';
import { at, byRest } from './caller.ts';
import type { Standing } from './installation.ts';
import { allocated } from './memory.ts';

const mebibyte = 1 << 20;

/**
 * Bodies that are too large, that never end, that are nested or split beyond reason, at both doors: each is refused early and in words, the
 * server's memory stays within a bound, and others are served.
 */
export async function bodies({ here, server }: Standing, times: number) {
  const call = byRest(at(server.address), here.keys.ada as string);
  await call('list_workflows', {});
  const before = allocated(server.pid);
  const answers: Record<string, number[]> = {};
  let most = 0;
  for (let i = 0; i < times; i++)
    for (const path of ['/mcp', '/api/v1/workflows'])
      for (const [name, body] of Object.entries(hostile)) {
        const door = `${path} ${name}`;
        answers[door] = [...(answers[door] ?? []), await sent(server.address, path, here.keys.ada as string, body)];
        most = Math.max(most, allocated(server.pid) - before);
        await call('list_workflows', { limit: 1 });
      }
  return {
    statuses: Object.fromEntries(Object.entries(answers).map(([door, all]) => [door, [...new Set(all)]])),
    mostMiB: most,
  };
}

interface Body {
  /** What it says of its length; without it, it is sent in chunks. */
  readonly length?: number;
  chunks(): Iterable<string>;
}

const many = (times: number, text: string): Iterable<string> => ({
  *[Symbol.iterator]() {
    for (let i = 0; i < times; i++) yield text;
  },
});
const whole = (text: string): Body => ({ length: Buffer.byteLength(text), chunks: () => [text] });
const wrapped = (document: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","name":"x","document":${document}}`;

const hostile: Readonly<Record<string, Body>> = {
  'too long': { length: 64 * mebibyte, chunks: () => many(64, 'x'.repeat(mebibyte)) },
  'without an end': { chunks: () => many(100_000, 'x'.repeat(64_000)) },
  'too deep': whole(wrapped('['.repeat(1_000_000) + ']'.repeat(1_000_000))),
  'a million keys': whole(wrapped(`{${Array.from({ length: 300_000 }, (_, i) => `"${i}":1`).join(',')}}`)),
  'no JSON': whole('{"a":'),
};

/** The status of the answer; 0 where the connection was cut, which no answer outruns while a body goes on. */
function sent(address: string, path: string, key: string, { length, chunks }: Body): Promise<number> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(length !== undefined && { 'content-length': length }),
    };
    const asking = request(`${address}${path}`, { method: 'POST', headers, agent: false });
    let isOver = false;
    const over = (status: number) => {
      isOver = true;
      resolve(status);
      asking.destroy();
    };
    asking.on('response', (response) => {
      response.resume();
      over(response.statusCode ?? 0);
    });
    asking.on('error', () => over(0));
    const closed = new Promise((go) => asking.once('close', go));
    void write();

    async function write(): Promise<void> {
      for (const chunk of chunks()) {
        if (isOver) return;
        if (!asking.write(chunk)) await Promise.race([once(asking, 'drain'), closed]).catch(() => {});
      }
      if (!isOver) asking.end();
    }
  });
}
