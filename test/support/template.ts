import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/storage/embedded.ts';
import { migrate } from '../../src/storage/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    server: Server;
    /** What the names of this run's databases begin with. */
    prefix: string;
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
  const url = process.env.TEST_DATABASE_URL;
  const { server, stop } = url ? { server: named(url), stop: async () => {} } : await started();

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
  return async () => {
    if (url) await dropped(server, prefix);
    await stop();
  };
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
async function started(): Promise<{ server: Server; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-tests-'));
  const embedded = await startEmbedded(folder, undefined, {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    autovacuum: 'off',
    max_connections: '200',
  });
  const stop = async () => {
    await embedded.release();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server: embedded.connection, stop };
}
