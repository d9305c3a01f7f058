import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { Problem } from '../terms/problem.ts';
import { Core } from './migrations/0001-core.ts';
import { Model } from './migrations/0002-model.ts';
import { Signing } from './migrations/0003-signing.ts';
import { Bins } from './migrations/0004-bins.ts';
import { Granting } from './migrations/0004-granting.ts';
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
const migrations = [
  { name: '0001-core', class: Core },
  { name: '0002-model', class: Model },
  { name: '0003-signing', class: Signing },
  { name: '0004-bins', class: Bins },
  { name: '0004-granting', class: Granting },
];

/** Any number, the same in every process: whoever migrates holds it. */
const migrating = 8410;

/** Brings the database to today's schema, as the owner of its tables; several processes at once take turns. Answers what it ran. */
export async function migrate({ database, ...connection }: Connection): Promise<string[]> {
  const orm = await MikroORM.init({
    entities: [...entities],
    extensions: [Migrator],
    dbName: database,
    host: connection.host,
    port: connection.port,
    user: connection.user,
    ...(connection.password !== undefined && { password: connection.password }),
    driverOptions: { ssl: connection.ssl ?? false, max: 2 },
    migrations: {
      tableName: 'migration',
      migrationsList: migrations,
      silent: true,
      snapshot: false,
      transactional: true,
      allOrNothing: true,
    },
  });
  try {
    return await orm.em.transactional(async (em) => {
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

/** What `migrate` would run; a database that a newer Postern has migrated is refused. */
export async function pendingMigrations({ ssl = false, ...connection }: Connection): Promise<string[]> {
  const client = new Client({ ...connection, ssl });
  await client.connect();
  try {
    const ran: string[] = await client
      .query<{ name: string }>('select name from migration')
      .then(({ rows }) => rows.map(({ name }) => name))
      .catch(noneWhereNoTable);
    const unknown = ran.find((name) => !migrations.some((it) => it.name === name));
    if (unknown) {
      throw new Problem('conflict', `The database is newer than this Postern: it has the migration ${unknown}.`, {
        advice: 'Use a newer Postern.',
      });
    }
    return migrations.map(({ name }) => name).filter((name) => !ran.includes(name));
  } finally {
    await client.end();
  }
}

function noneWhereNoTable(thrown: { code?: unknown }): [] {
  if (thrown.code === '42P01') return [];
  throw thrown;
}
