import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { openCluster, type Settings } from '../../src/storage/embedded/cluster.ts';
import { launch, stop } from '../../src/storage/embedded/server.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { type Running, running } from '../support/running.ts';
import { settled } from '../support/settled.ts';
import type { Told } from '../support/told.ts';

export type Installation = Awaited<ReturnType<typeof installation>>;

/**
 * A Postern of its own to be broken: a data folder with PostgreSQL and an organization in it, and servers as processes. PostgreSQL's data are
 * created where there are none yet.
 */
export async function installation(
  told: Told,
  postgres: Settings = {},
  home = mkdtempSync(join(tmpdir(), 'postern-torture-')),
) {
  const cluster = await openCluster(home, () => {}, postgres);
  const owner = { host: cluster.host, port: cluster.port, user: 'postern', database: 'postgres' };
  const servers = new Set<Running>();
  const limits: string[] = [];

  const pid = () => Number.parseInt(readFileSync(join(cluster.data, 'postmaster.pid'), 'utf8'), 10);
  const entered = async () => {
    const client = new Client(owner);
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const up = async (how = cluster) => {
    launch(how);
    await until('PostgreSQL answers', async () => (await entered()).end().then(() => true));
  };

  await up();
  await migrate(owner);
  const sql = await entered();
  const world = await settled(sql, told);
  const keys: Record<string, string> = {};
  for (const name of Object.keys(told.people)) keys[name] = (await world.credential(name)).secret;
  await sql.end();
  const moreKeys = async (name: string, count: number) => {
    const client = await entered();
    const secrets: string[] = [];
    while (secrets.length < count) secrets.push((await world.credential(name, {}, client)).secret);
    await client.end();
    return secrets;
  };

  return {
    home,
    world,
    /** Of everyone, with all scopes but `override`. */
    keys: keys as Readonly<Record<string, string>>,
    owner,
    moreKeys,
    /** Settings of a server that brings its PostgreSQL, which is the one here, and of one whose operator has one. */
    embedded: { POSTERN_HOME: home },
    own: {
      DATABASE_URL: `postgresql://postern@localhost:${cluster.port}/postgres?host=${encodeURIComponent(cluster.host)}`,
    },
    postgres: { up, pid, down: () => stop(cluster) },
    /** Starts PostgreSQL again with a largest file that it may write, in bytes, so that its tables grow no further; or with none. */
    async limitFiles(bytes: number | undefined): Promise<void> {
      await stop(cluster);
      if (bytes === undefined) return up();
      limits.push(limited(cluster.bin, bytes));
      await up({ ...cluster, bin: limits.at(-1) as string });
    },
    /** As its superuser, while it is there. */
    entered,
    async sql(text: string, values: unknown[] = []) {
      const client = await entered();
      return client
        .query(text, values)
        .then(({ rows }) => rows)
        .finally(() => client.end());
    },
    async serve(settings: Readonly<Record<string, string>>, words: readonly string[] = []): Promise<Running> {
      const server = await running(words, { ...unbounded, ...settings });
      servers.add(server);
      void server.over.then(() => servers.delete(server));
      return server;
    },
    async remove() {
      await Promise.all([...servers].map((it) => it.end()));
      await stop(cluster).catch(() => {});
      for (const folder of [home, ...limits])
        rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** A folder with a `postgres` that sets itself that limit, where the server's account finds it. */
function limited(bin: string, bytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-limited-'));
  const file = join(folder, 'postgres');
  // In the units of POSIX.
  writeFileSync(file, `#!/bin/sh\nulimit -f ${bytes / 512}\nexec '${join(bin, 'postgres')}' "$@"\n`);
  for (const it of [folder, file]) chmodSync(it, 0o755);
  return folder;
}

/** What is broken: where it is, and a server that runs on it. */
export interface Standing {
  readonly here: Installation;
  readonly server: Running;
}

/** A server with these settings on an organization of a few people and two workflows, for as long as the work with it takes. */
export async function standing(
  settings: Readonly<Record<string, string>> = {},
  home?: string,
): Promise<Standing & { end(): Promise<number | null> }> {
  const here = await installation(
    {
      people: { ada: 'member', bo: 'member', cy: 'member', di: 'member' },
      workspaces: { Growth: { ada: 'owner', bo: 'creator', cy: 'creator', di: 'creator' } },
      workflows: {
        plans: { in: 'Growth', owner: 'ada', grants: { bo: 'editor' } },
        ideas: { in: 'Growth', owner: 'bo', visibility: 'everyone' },
      },
    },
    {},
    home,
  );
  const server = await here.serve({ ...here.own, ...settings });
  return {
    here,
    server,
    async end() {
      const { code } = await server.end();
      await here.remove();
      return code;
    },
  };
}

/** Whoever tries to break it asks more often than a person may. */
export const unbounded = { POSTERN_RATE_PERSON: '0', POSTERN_RATE_COSTLY: '0', POSTERN_RATE_ADDRESS: '0' };

/** Asks again until it is so, or for too long; what fails meanwhile is not so yet. */
export async function until(what: string, isSo: () => Promise<boolean>, patience = 60_000): Promise<number> {
  const since = performance.now();
  let cause: unknown;
  while (performance.now() - since < patience) {
    try {
      if (await isSo()) return performance.now() - since;
    } catch (thrown) {
      cause = thrown;
    }
    await setTimeout(50);
  }
  throw new Error(`it is not so that ${what}`, { cause });
}

export const isReady = (address: string) => async () => (await fetch(`${address}/readyz`)).ok;
