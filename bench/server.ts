import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Connection } from '../src/storage/migrate.ts';

/** Postern in a process of its own, and beside it in the same process an echo tool on the bare SDK. */
export interface Server {
  readonly postern: Door;
  readonly echo: Door;
  readonly pid: number;
  /** The CPU that its process has used so far, in µs. */
  cpu(): Promise<number>;
  close(): Promise<void>;
}

export interface Door {
  readonly port: number;
}

export interface Ports {
  readonly postern: number;
  readonly echo: number;
}

/** It writes a line a request as `postern start` does, which goes into a file, or else to /dev/null; or none. */
export async function startServer(app: Connection, log: number | 'null' | 'none' = 'null'): Promise<Server> {
  const told = [JSON.stringify(app), ...(log === 'none' ? [] : ['logs'])];
  const stderr = { null: 'ignore', none: 'inherit' } as const;
  const child = fork(new URL('./server-process.ts', import.meta.url), told, {
    stdio: ['ignore', 'inherit', typeof log === 'number' ? log : stderr[log], 'ipc'],
  });
  const over = once(child, 'exit');
  const heard = async <T>(): Promise<T> => {
    const [it] = await Promise.race([once(child, 'message'), over.then(() => [undefined])]);
    if (it === undefined) throw new Error('the server of the bench has ended');
    return it as T;
  };
  const ports = await heard<Ports>();
  return {
    postern: { port: ports.postern },
    echo: { port: ports.echo },
    pid: child.pid as number,
    async cpu() {
      child.send('cpu');
      return heard<number>();
    },
    async close() {
      child.disconnect();
      await over;
    },
  };
}
