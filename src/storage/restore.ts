import { once } from 'node:events';
import { Client } from 'pg';
import { type CopyStreamQuery, from } from 'pg-copy-streams';
import { Problem } from '../terms/problem.ts';
import { type Foot, type Head, quoted, tablesOf } from './backup.ts';
import { broken, type Part, partsOf } from './backup-text.ts';
import { type Connection, migrate, migrations } from './migrate.ts';
import { schemaOf } from './migrated.ts';
import { settleMoved } from './moved.ts';

/** What was restored. */
export interface Restored {
  readonly head: Head;
  readonly rows: Foot['rows'];
}

/**
 * Fills an empty database from a backup, in one transaction: whatever ends it leaves the database empty or whole. It is brought to the
 * schema of the backup first, and to that of today afterwards.
 */
export async function restored(owner: Connection, backup: AsyncIterable<Buffer>): Promise<Restored> {
  const parts = partsOf(backup);
  const first = await parts.next();
  const head = first.value && 'head' in first.value ? first.value.head : undefined;
  if (!head) throw broken('it has no head');
  await prepare(owner, head);
  const rows = await load(owner, parts);
  await migrate(owner);
  await settleMoved(owner);
  return { head, rows };
}

/** Brings the database to the schema that the backup was taken of. */
async function prepare(owner: Connection, head: Head): Promise<void> {
  if (head.postern !== 1) throw newer(`is of the form ${head.postern}`);
  const unknown = head.migrations.find((name) => !migrations.some((it) => it.name === name));
  if (unknown) throw newer(`has the migration ${unknown}`);
  const { ran } = await schemaOf(owner);
  if (ran.some((name) => !head.migrations.includes(name)))
    throw new Problem('conflict', 'The database has a newer schema than the backup.', {
      advice: 'Restore into a new database, or an empty POSTERN_HOME; the backup is brought forward there.',
    });
  await migrate(
    owner,
    migrations.filter(({ name }) => head.migrations.includes(name)),
  );
}

const newer = (why: string) =>
  new Problem('conflict', `The backup is newer than this Postern: it ${why}.`, { advice: 'Use a newer Postern.' });

async function load({ ssl = false, ...owner }: Connection, parts: AsyncIterable<Part>): Promise<Foot['rows']> {
  const client = new Client({ ...owner, ssl, application_name: 'postern restore' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin');
    const tables = await tablesOf(client);
    const all = tables.map(({ name }) => quoted(name)).join(', ');
    await client.query(`lock table ${all} in exclusive mode`);
    await refuseFilled(
      client,
      tables.map(({ name }) => name),
    );
    await client.query('delete from installation');
    // What follows from a row stands in the backup itself.
    for (const { name } of tables) await client.query(`alter table ${quoted(name)} disable trigger user`);
    const foot = await copy(client, parts, new Map(tables.map(({ name, columns }) => [name, columns.join()])));
    for (const { name } of tables) await client.query(`alter table ${quoted(name)} enable trigger user`);
    await client.query('commit');
    await client.query('analyze');
    return foot.rows;
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    const { code = '' } = thrown as { code?: string };
    throw /^2[23]/.test(code) ? broken('its rows do not fit the tables', thrown) : thrown;
  } finally {
    await client.end().catch(() => {});
  }
}

async function refuseFilled(client: Client, tables: readonly string[]): Promise<void> {
  const looked = tables.filter((name) => name !== 'installation');
  const { rows } = await client.query<{ name: string; filled: boolean }>(
    looked
      .map((name) => `select '${name}' as name, exists (select from ${quoted(name)}) as filled`)
      .join(' union all '),
  );
  const filled = rows.filter((it) => it.filled).map(({ name }) => name);
  if (filled.length > 0)
    throw new Problem('conflict', `The database is not empty: there are rows in ${filled.join(', ')}.`, {
      advice: 'Restore into a new database, or an empty POSTERN_HOME.',
    });
}

/** Every table of the database has to be in the backup, and no other, with as many rows as its foot says. */
async function copy(client: Client, parts: AsyncIterable<Part>, tables: ReadonlyMap<string, string>): Promise<Foot> {
  const rows: Record<string, number> = {};
  let table = '';
  let into: CopyStreamQuery | undefined;
  let foot: Foot | undefined;
  try {
    for await (const part of parts) {
      if ('table' in part) {
        const { name, columns } = part.table;
        table = name;
        if (tables.get(name) !== columns.join() || Object.hasOwn(rows, name))
          throw broken(`its table ${name} is not one to restore`);
        into = client.query(from(`copy ${quoted(name)} (${columns.map(quoted).join(', ')}) from stdin`));
      } else if ('rows' in part) await written(into, part.rows);
      else if ('tableEnds' in part) rows[table] = await finished(into);
      else if ('foot' in part) ({ foot } = part);
    }
  } catch (thrown) {
    into?.destroy();
    throw thrown;
  }
  const missed = [...tables.keys()].find((name) => !Object.hasOwn(rows, name) || rows[name] !== foot?.rows[name]);
  if (!foot || missed) throw broken(`not all rows of ${missed} are there`);
  return foot;
}

/** Waits where the database has not taken what came before. */
async function written(into: CopyStreamQuery | undefined, bytes: Buffer): Promise<void> {
  if (!into || into.write(bytes)) return;
  // Whichever comes, nothing waits for the other any more.
  const over = new AbortController();
  await Promise.race(['drain', 'close'].map((event) => once(into, event, { signal: over.signal })));
  over.abort();
  if (into.errored) throw into.errored;
}

async function finished(into: CopyStreamQuery | undefined): Promise<number> {
  if (!into) return 0;
  const over = once(into, 'finish');
  into.end();
  await over;
  return into.rowCount;
}
