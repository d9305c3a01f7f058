import { type EntityProperty, MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { entities } from '../../src/storage/schema.ts';
import { emptyDatabase } from '../support/postgres.ts';

const place = await emptyDatabase();

/** Tables without an entity, since nothing is asked of them by its type. */
const bare = {
  migration: 'the migrator makes it, and only names are read from it',
  rate: 'only functions of the database use it',
  mcp_session: 'only functions of the database use it',
  oauth_registration: 'only functions of the database use it',
};

/** Columns that are not declared, in tables that are. */
const left = {
  'installation.needs': 'whoever starts reads it, before anything is asked by an entity',
  'account.email_key': 'the database makes it of the email',
  'person.email_key': 'the database makes it of the email',
};

/** As PostgreSQL writes what MikroORM calls otherwise. `json` is its `jsonb` here: both are read alike. */
const types: Readonly<Record<string, string>> = {
  int: 'integer',
  timestamptz: 'timestamp with time zone',
  jsonb: 'json',
};

interface Column {
  readonly type: string;
  readonly nullable: boolean;
  readonly defaulted: boolean;
}
type Columns = ReadonlyMap<string, Column>;

const declared: Columns = new Map(
  [...new MikroORM({ entities: [...entities], dbName: place.database }).getMetadata().getAll().values()].flatMap(
    ({ tableName, props }) =>
      props.map((it: EntityProperty): [string, Column] => {
        const type = String(it.columnTypes[0]);
        const defaulted = it.default !== undefined || it.defaultRaw !== undefined;
        return [
          `${tableName}.${it.fieldNames[0]}`,
          { type: types[type] ?? type, nullable: it.nullable === true, defaulted },
        ];
      }),
  ),
);

/** Every column of every table that the migrations made. */
async function migrated(): Promise<Columns> {
  const client = new Client(place);
  await client.connect();
  const { rows } = await client
    .query<Column & { name: string }>(
      `select relname || '.' || attname as name, format_type(atttypid, atttypmod) as type, not attnotnull as nullable, atthasdef as defaulted
       from pg_attribute join pg_class c on c.oid = attrelid
       where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped`,
    )
    .finally(() => client.end());
  return new Map(rows.map(({ name, type, nullable, defaulted }) => [name, { type, nullable, defaulted }]));
}

const columns = await migrated();
const tableOf = (column: string) => column.slice(0, column.indexOf('.'));

test('what an entity declares is a column of that type that may be empty or not, and is filled where it says so', () => {
  const said = [...declared].map(([name, { type, nullable, defaulted }]) => {
    const column = columns.get(name);
    // A column may be filled by itself without an entity that says so: then whoever writes it names a value.
    return [name, { type, nullable, defaulted: defaulted || (column?.defaulted ?? false) }] as const;
  });
  expect(Object.fromEntries(said.map(([name]) => [name, columns.get(name)]))).toEqual(Object.fromEntries(said));
  expect(declared.size).toBeGreaterThan(200);
});

test('every column of the database is declared, or is one of a few that nothing asks for by its type', () => {
  const undeclared = [...columns.keys()].filter((name) => !declared.has(name));
  const bared = undeclared.filter((name) => tableOf(name) in bare);
  expect(undeclared.filter((name) => !bared.includes(name)).sort()).toEqual(Object.keys(left).sort());
  expect([...new Set(bared.map(tableOf))].sort()).toEqual(Object.keys(bare).sort());
});
