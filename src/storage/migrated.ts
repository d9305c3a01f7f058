import { Client } from 'pg';
import { Problem } from '../terms/problem.ts';
import type { Connection } from './migrate.ts';

/**
 * Forward only: a migration that has run anywhere is never changed; what it got wrong, a later one mends. Here are their names alone, since
 * every start looks whether they have run, and few run any.
 */
export const names = [
  '0001-core',
  '0002-model',
  '0003-signing',
  '0004-bins',
  '0005-granting',
  '0006-limiting',
  '0007-operating',
  '0008-renewing',
  '0009-holding',
] as const;

/** Which migrations a database has seen. */
export interface Schema {
  readonly ran: readonly string[];
  /** What `migrate` would run. */
  readonly pending: readonly string[];
  /** What only a newer Postern knows; this one can serve all the same. */
  readonly newer: readonly string[];
}

/** Refuses a database that a newer Postern has taken further than this one can serve. */
export async function schemaOf({ ssl = false, ...connection }: Connection): Promise<Schema> {
  const client = new Client({ ...connection, ssl });
  await client.connect();
  try {
    const ran: string[] = await client
      .query<{ name: string }>('select name from migration order by name')
      .then(({ rows }) => rows.map(({ name }) => name))
      .catch(noneWhereNoTable);
    const isKnown = (name: string) => names.some((it) => it === name);
    const newer = ran.filter((name) => !isKnown(name));
    const needs = newer.length > 0 ? await neededBy(client) : undefined;
    if (needs !== undefined && !isKnown(needs)) {
      throw new Problem(
        'conflict',
        `The database is newer than this Postern: serving it takes the migration ${needs}.`,
        {
          advice: 'Use a newer Postern.',
        },
      );
    }
    return { ran, pending: names.filter((name) => !ran.includes(name)), newer };
  } finally {
    await client.end();
  }
}

/** The newest migration that whoever serves has to know: one that took away what those before it stand on. */
async function neededBy(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ needs: string | null }>('select needs from installation');
  return rows[0]?.needs ?? undefined;
}

function noneWhereNoTable(thrown: { code?: unknown }): [] {
  if (thrown.code === '42P01') return [];
  throw thrown;
}
