import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { alone } from './embedded/alone.ts';
import { type Cluster, openCluster, type Settings } from './embedded/cluster.ts';
import { launch, stop } from './embedded/server.ts';

/** One PostgreSQL on a folder, shared by every process that asks for the same folder. */
export interface Embedded {
  /** For `pg`; the host is the folder of a unix socket that only the server's account and root can enter. */
  readonly connection: { readonly host: string; readonly port: number; readonly user: 'postern' };
  /** Leaves the server; the last one out stops it. */
  release(): Promise<void>;
}

/**
 * Joins the PostgreSQL that keeps its data in `folder`, after starting it (and, the first time, creating it) if need be.
 *
 * Each process holds a shared advisory lock in it, which ends with the process however that ends. Coming and going
 * happen one process at a time, so nobody joins a server that its last holder is stopping. When every process was
 * killed the server stays, and the next one joins it.
 */
export async function startEmbedded(
  folder: string,
  progress: (step: string) => void = () => {},
  settings: Settings = {},
): Promise<Embedded> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const home = realpathSync(folder);
  const gate = join(home, 'gate.lock');
  const cluster = await alone(gate, () => openCluster(home, progress, settings));

  let released = false;
  let holder = hold();
  await holder;

  async function hold(): Promise<Client | undefined> {
    const client = await alone(gate, async () => (released ? undefined : arrive(cluster, progress)));
    client?.once('end', () => {
      if (!released) holder = holdAgain();
    });
    return client;
  }

  /** A server that crashes or is killed is started again for those who still hold it, however long that takes: its disk may be full. */
  async function holdAgain(): Promise<Client | undefined> {
    for (let pause = pauses.first; !released; pause = Math.min(2 * pause, pauses.longest)) {
      try {
        return await hold();
      } catch {
        await setTimeout(pause, undefined, { ref: false });
      }
    }
    return undefined;
  }

  return {
    connection: { host: cluster.host, port: cluster.port, user: 'postern' },
    async release() {
      if (released) return;
      released = true;
      const client = await holder.catch(() => undefined);
      if (client) await alone(gate, () => leave(client, cluster));
    },
  };
}

/** Any number would do, as long as it stays: processes of different versions may share a server. */
const holding = 0x706f7374;

/** How long a server may take to recover after a crash, in milliseconds. */
const patience = 90_000;

/** How long it waits before it tries again to start a server that did not start, in milliseconds. */
const pauses = { first: 250, longest: 5_000 };

async function arrive(cluster: Cluster, progress: (step: string) => void): Promise<Client> {
  const deadline = performance.now() + patience;
  let server: ReturnType<typeof launch> | undefined;

  while (performance.now() < deadline) {
    const client = await knock(cluster);
    if (typeof client === 'object') {
      await client.query('select pg_advisory_lock_shared($1)', [holding]);
      return client;
    }
    const failure = server?.failure();
    if (failure && !failure.passing) throw new Error(`PostgreSQL does not start on ${cluster.data}: ${failure.reason}`);
    if (client === 'nobody' && (!server || failure)) {
      progress('Starting PostgreSQL');
      server = launch(cluster);
    }
    await setTimeout(failure ? 100 : 10);
  }
  throw new Error(`PostgreSQL on ${cluster.data} does not answer; see ${cluster.log}.`);
}

/** A connection; or `wait` while the server starts, recovers or stops; or `nobody` when none is there. */
async function knock(cluster: Cluster): Promise<Client | 'wait' | 'nobody'> {
  const client = new Client({ host: cluster.host, port: cluster.port, user: 'postern', database: 'postgres' });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (error instanceof DatabaseError) {
      const startsOrStops = error.code === '57P03' || error.code === '57P01';
      if (startsOrStops) return 'wait';
      throw error;
    }
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EACCES') throw error;
    return code === 'ENOENT' || code === 'ECONNREFUSED' ? 'nobody' : 'wait';
  }
}

/** Whoever gets the lock for itself is the last one. */
async function leave(client: Client, cluster: Cluster): Promise<void> {
  const last = await client
    .query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [holding])
    .then(({ rows }) => rows[0]?.last === true)
    .catch(() => false);
  await client.end().catch(() => {});
  if (last) await stop(cluster);
}
