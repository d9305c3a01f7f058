import { setTimeout } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { Problem } from '../terms/problem.ts';
import { sqlState } from './database.ts';
import { Core } from './migrations/0001-core.ts';
import { Model } from './migrations/0002-model.ts';
import { Signing } from './migrations/0003-signing.ts';
import { Bins } from './migrations/0004-bins.ts';
import { Granting } from './migrations/0005-granting.ts';
import { Limiting } from './migrations/0006-limiting.ts';
import { Operating } from './migrations/0007-operating.ts';
import { Renewing } from './migrations/0008-renewing.ts';
import { entities } from './schema.ts';

/** Where a database is, and as whom to enter it. */
export interface Connection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string | undefined;
  readonly ssl?: boolean | undefined;
  /** Of libpq, like `-c role=postern_app`. */
  readonly options?: string | undefined;
}

/** Forward only: a migration that has run anywhere is never changed; what it got wrong, a later one mends. */
export const migrations = [
  { name: '0001-core', class: Core },
  { name: '0002-model', class: Model },
  { name: '0003-signing', class: Signing },
  { name: '0004-bins', class: Bins },
  { name: '0005-granting', class: Granting },
  { name: '0006-limiting', class: Limiting },
  { name: '0007-operating', class: Operating },
  { name: '0008-renewing', class: Renewing },
];

/** Any number, the same in every process: whoever migrates holds it, and whoever backs up shares it. */
export const migrating = 8410;

/** How long a migration waits for a lock, since whoever comes after it waits as well; and how often it is tried anew. In milliseconds. */
const patience = { lock: 1_000, pause: 500, tries: 60 };

/**
 * Brings the database to today's schema, as the owner of its tables; several processes at once take turns. Answers what it ran.
 *
 * Servers of before go on meanwhile: it lets them through whenever it has waited a second for one of them, and tries again.
 */
export async function migrate(connection: Connection, list: readonly Migrated[] = migrations): Promise<string[]> {
  for (let left = patience.tries; ; left--) {
    try {
      return await attempt(connection, list);
    } catch (thrown) {
      if (sqlState(thrown) !== '55P03' || left === 0) throw thrown;
      await setTimeout(patience.pause);
    }
  }
}

type Migrated = (typeof migrations)[number];

async function attempt(
  { database, options = '', ...connection }: Connection,
  list: readonly Migrated[],
): Promise<string[]> {
  const orm = await MikroORM.init({
    entities: [...entities],
    extensions: [Migrator],
    dbName: database,
    host: connection.host,
    port: connection.port,
    user: connection.user,
    ...(connection.password !== undefined && { password: connection.password }),
    driverOptions: {
      ssl: connection.ssl ?? false,
      max: 2,
      options: `${options} -c lock_timeout=${patience.lock} -c statement_timeout=0`,
    },
    migrations: {
      tableName: 'migration',
      migrationsList: [...list],
      silent: true,
      snapshot: false,
      transactional: true,
      allOrNothing: true,
    },
  });
  try {
    return await orm.em.transactional(async (em) => {
      await em.execute('set local lock_timeout = 0');
      await em.execute('select pg_advisory_xact_lock(?)', [migrating]);
      const ran = await orm.migrator.up();
      await em.execute(
        `insert into installation values (1, sha256(gen_random_uuid()::text::bytea || gen_random_uuid()::text::bytea || random()::text::bytea)) on conflict do nothing`,
      );
      return ran.map(({ name }) => name);
    });
  } finally {
    await orm.close(true);
  }
}

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
    const isKnown = (name: string) => migrations.some((it) => it.name === name);
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
    return { ran, pending: migrations.map(({ name }) => name).filter((name) => !ran.includes(name)), newer };
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
