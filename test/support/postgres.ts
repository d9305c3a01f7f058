import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, inject } from 'vitest';
import type { Server } from './template.ts';

/** A migrated database without a row, for the test file that calls this at its top or in `beforeAll`; dropped after it. */
export async function emptyDatabase(): Promise<Server & { readonly database: string }> {
  const made = await workersDatabase();
  afterAll(() => order(inject('server'), `drop database if exists ${made.database} with (force)`));
  return made;
}

/** A database that nothing was ever done in, for the test file; dropped after it. */
export async function bareDatabase(): Promise<Server & { readonly database: string }> {
  const server = inject('server');
  const database = `${inject('prefix')}${randomBytes(8).toString('hex')}`;
  await order(server, `create database ${database} template template0`);
  afterAll(() => order(server, `drop database if exists ${database} with (force)`));
  return { ...server, database };
}

/** A database as DATABASE_URL names it. */
export function urlOf({ host, port, user, password = '', database }: Server & { readonly database: string }): string {
  const from = `${user}${password && `:${encodeURIComponent(password)}`}`;
  return host.startsWith('/')
    ? `postgresql://${from}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : `postgresql://${from}@${host}:${port}/${database}`;
}

/** The same for all the files that a worker runs, and for servers that end after their file; it goes with the run. */
export async function workersDatabase(): Promise<Server & { readonly database: string }> {
  const server = inject('server');
  const database = `${inject('prefix')}${randomBytes(8).toString('hex')}`;
  await order(server, `create database ${database} template template_postern strategy file_copy`);
  return { ...server, database };
}

async function order(server: Server, statement: string): Promise<void> {
  const client = new Client({ ...server, database: 'postgres' });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
