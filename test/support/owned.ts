import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, inject } from 'vitest';
import { blocks } from '../docs/pages.ts';
import type { Place } from './backups.ts';

/** How docs/operations.md moves a database by means of PostgreSQL's own. */
const documented = (blocks.find(({ code }) => code.startsWith('pg_dump'))?.code ?? '').split('\n');

/** The words after a program, of the one line that calls it. */
export const wordsAfter = (program: string): string[][] =>
  documented.filter((line) => line.startsWith(`${program} `)).map((line) => line.split(' ').slice(1));

/** What it has a superuser say, for an owner and a database of another name: the embedded PostgreSQL has a `postern` already. */
export const saidBySuperuser = (name: string): string[] =>
  documented.filter((line) => /^(create|grant) /.test(line)).map((line) => line.replaceAll(/\bpostern\b/g, name));

/** An empty database on the server of the tests, of an owner who is no superuser; both go after the test file. */
export async function ownDatabase(): Promise<Place> {
  const server = inject('server');
  const name = `${inject('prefix')}${randomBytes(8).toString('hex')}`;
  const order = async (statements: readonly string[]) => {
    const client = new Client({ ...server, database: 'postgres' });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  // The roles that serve are there, as they are once anything was migrated.
  await order(saidBySuperuser(name).filter((line) => !line.startsWith('create role postern_')));
  afterAll(() => order([`drop database ${name} with (force)`, `drop role ${name}`]));
  return { ...server, user: name, password: '…', database: name };
}
