import { setTimeout } from 'node:timers/promises';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { sqlState } from './database.ts';
import { names } from './migrated.ts';
import { Core } from './migrations/0001-core.ts';
import { Model } from './migrations/0002-model.ts';
import { Signing } from './migrations/0003-signing.ts';
import { Bins } from './migrations/0004-bins.ts';
import { Granting } from './migrations/0005-granting.ts';
import { Limiting } from './migrations/0006-limiting.ts';
import { Operating } from './migrations/0007-operating.ts';
import { Renewing } from './migrations/0008-renewing.ts';
import { Holding } from './migrations/0009-holding.ts';
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

const classes = {
  '0001-core': Core,
  '0002-model': Model,
  '0003-signing': Signing,
  '0004-bins': Bins,
  '0005-granting': Granting,
  '0006-limiting': Limiting,
  '0007-operating': Operating,
  '0008-renewing': Renewing,
  '0009-holding': Holding,
} as const satisfies Record<(typeof names)[number], unknown>;

export const migrations = names.map((name) => ({ name, class: classes[name] }));

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

type Migrated = { readonly name: string; readonly class: (typeof migrations)[number]['class'] };

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
