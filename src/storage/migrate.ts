import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Core } from './migrations/0001-core.ts';
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
const migrations = [{ name: '0001-core', class: Core }];

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
