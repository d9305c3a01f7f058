import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { to } from 'pg-copy-streams';
import { type Connection, migrating } from './migrate.ts';

/** The first line of a backup: of which form it is, and of which schema. */
export interface Head {
  readonly postern: 1;
  /** As the database's clock had it. */
  readonly at: string;
  /** The migrations that had run, in order. */
  readonly migrations: readonly string[];
  /** What its secrets are kept under, as base64, where that was asked for. */
  readonly keys?: readonly string[] | undefined;
}

/** The last line: how many rows there are of each table, and a digest of all that stands before. */
export interface Foot {
  readonly rows: Readonly<Record<string, number>>;
  readonly sha256: string;
}

/** What begins the line of a head, a table and a foot; a row of COPY never begins so. */
export const marks = { head: '\\Head ', table: '\\Table ', foot: '\\End ' } as const;

/** What ends the rows of a table, as COPY has it. */
export const end = '\\.';

/**
 * All rows of a database as lines of text, table by table in the form of COPY, as of one moment; whoever writes goes on meanwhile. No more
 * is held than a piece of a table at a time. It is read by whoever owns the tables; no schema changes until it is through.
 */
export async function* backedUp(
  { ssl = false, ...owner }: Connection,
  keys?: readonly string[],
): AsyncGenerator<Buffer> {
  const client = new Client({ ...owner, ssl, application_name: 'postern backup' });
  client.on('error', () => {});
  await client.connect();
  const digest = createHash('sha256');
  const told = (it: Buffer | string): Buffer => {
    const bytes = Buffer.from(it as string);
    digest.update(bytes);
    return bytes;
  };
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`select pg_advisory_xact_lock_shared(${migrating})`);
    yield told(`${marks.head}${JSON.stringify({ ...(await headOf(client)), keys } satisfies Head)}\n`);
    const rows: Record<string, number> = {};
    for (const { name, columns } of await tablesOf(client)) {
      yield told(`${marks.table}${JSON.stringify({ name, columns })}\n`);
      const copied = client.query(to(`copy public.${quoted(name)} (${columns.map(quoted).join(', ')}) to stdout`));
      for await (const piece of copied) yield told(piece as Buffer);
      rows[name] = copied.rowCount;
      yield told(`${end}\n`);
    }
    yield Buffer.from(`${marks.foot}${JSON.stringify({ rows, sha256: digest.digest('hex') } satisfies Foot)}\n`);
  } finally {
    await client.end().catch(() => {});
  }
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export interface Table {
  readonly name: string;
  /** Those that are stored as they came: what is generated is generated again. */
  readonly columns: readonly string[];
}

/** Every table but that of the migrations, each after those that it refers to. */
export async function tablesOf(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table & { after: string[] }>(
    `select c.relname::text as name,
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns,
       array(select distinct r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid
         where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as after
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'migration' order by c.relname`,
  );
  const sorted: Table[] = [];
  let left = rows;
  while (left.length > 0) {
    const next = left.filter(({ after }) => !left.some(({ name }) => after.includes(name)));
    if (next.length === 0)
      throw new Error(`These tables refer to each other in a ring: ${left.map(({ name }) => name).join(', ')}.`);
    sorted.push(...next.map(({ name, columns }) => ({ name, columns })));
    left = left.filter((it) => !next.includes(it));
  }
  return sorted;
}

async function headOf(client: Client): Promise<Head> {
  const { rows } = await client.query<{ at: string; migrations: string[] }>(
    `select to_char(statement_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, (select array_agg(name::text order by name) from migration) as migrations`,
  );
  return { postern: 1, ...(rows[0] as { at: string; migrations: string[] }) };
}
