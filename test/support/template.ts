import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { openCluster } from '../../src/storage/embedded/cluster.ts';
import { startEmbedded } from '../../src/storage/embedded.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { joinPrograms } from './programs.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    server: Server;
    /** What the names of this run's databases begin with. */
    prefix: string;
    /** A folder that goes with the run, in memory where there is room. In it, `new` holds the data of a PostgreSQL that never ran. */
    folder: string;
  }
}

/** Where test databases are made: by its owner, from `template_postern`. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
}

/** One server a run, the one that TEST_DATABASE_URL names or our own, with a migrated database to copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.TEST_PROGRAMS = await joinPrograms();
  const url = process.env.TEST_DATABASE_URL;
  const folder = mkdtempSync(join(roomy(), 'postern-tests-'));
  await prepare(folder);
  const { server, stop } = url ? { server: named(url), stop: async () => {} } : await started(folder);

  const client = new Client({ ...server, database: 'postgres' });
  await client.connect();
  await client.query('drop database if exists template_postern with (force)');
  await client.query(
    `create database template_postern template template0 encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`,
  );
  await client.end();
  await migrate({ ...server, database: 'template_postern' });

  const prefix = `test_${randomBytes(4).toString('hex')}_`;
  project.provide('server', server);
  project.provide('prefix', prefix);
  project.provide('folder', folder);
  return async () => {
    if (url) await dropped(server, prefix);
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Creates the data of the run's own server, and keeps a copy in `new` as they were before it ever ran. */
async function prepare(folder: string): Promise<void> {
  const { data } = await openCluster(folder, () => {}, quick);
  execFileSync('cp', ['-a', data, join(folder, 'new')]);
}

async function dropped(server: Server, prefix: string): Promise<void> {
  const client = new Client({ ...server, database: 'postgres' });
  await client.connect();
  const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
  for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  await client.end();
}

function named(url: string): Server {
  const { hostname, port, username, password } = new URL(url);
  const secret = password ? { password: decodeURIComponent(password) } : {};
  return { host: hostname, port: Number(port || 5432), user: decodeURIComponent(username), ...secret };
}

/** Nothing here outlives the run, so nothing waits for the disk. */
const quick = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '300',
  // As little as it takes: all of it is looked through whenever a database is made or dropped.
  shared_buffers: '128MB',
};

async function started(folder: string): Promise<{ server: Server; stop: () => Promise<void> }> {
  const { connection, release } = await startEmbedded(folder, undefined, quick);
  return { server: connection, stop: release };
}

/** In memory where there is room: a database is 300 files, each of which takes a disk some work to make and to remove. */
function roomy(): string {
  const memory = '/dev/shm';
  const { bavail = 0, bsize = 0 } = existsSync(memory) ? statfsSync(memory) : {};
  return bavail * bsize > 4 * 2 ** 30 ? memory : tmpdir();
}
