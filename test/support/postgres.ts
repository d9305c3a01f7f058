import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, inject } from 'vitest';
import type { Server } from './template.ts';

/** A migrated database without a row, for the test file that calls this at its top or in `beforeAll`; dropped after it. */
export async function emptyDatabase(): Promise<Server & { readonly database: string }> {
  const server = inject('server');
  const database = `test_${randomBytes(8).toString('hex')}`;
  afterAll(() => order(server, `drop database if exists ${database} with (force)`));
  await order(server, `create database ${database} template template_postern strategy file_copy`);
  return { ...server, database };
}

async function order(server: Server, statement: string): Promise<void> {
  const client = new Client({ ...server, database: 'postgres' });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
