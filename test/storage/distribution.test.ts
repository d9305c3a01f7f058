import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { emptyDatabase } from '../support/postgres.ts';

const place = await emptyDatabase();
const decision = readFileSync('docs/adr/0002-the-organization-leads-every-key.md', 'utf8');

/** What the decision names in the first column of the table under this heading, each with what it says of it. */
function named(heading: string): ReadonlyMap<string, string> {
  const [, rows = ''] = decision.split(`| ${heading} |`)[1]?.split(/^\| --- \| --- \|\n/m) ?? [];
  const lines = [...(/^(?:\|.*\n)+/.exec(rows)?.[0] ?? '').matchAll(/^\| (.*?) \| (.*?) \|$/gm)];
  return new Map(
    lines.flatMap(([, names = '', why = '']) => [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [name, why])),
  );
}

async function asked<Row extends object>(text: string): Promise<Row[]> {
  const client = new Client(place);
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

const tables = await asked<{ name: string; distributed: boolean }>(
  `select relname as name, exists (select from pg_attribute where attrelid = c.oid and attname = 'organization_id' and not attisdropped) as distributed
   from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
);
const distributed = new Set(tables.filter((it) => it.distributed).map(({ name }) => name));

/** Every index, that of a primary key as well, with the column that it begins with; one that begins with an expression has none. */
const indexes = (
  await asked<{ name: string; table: string; unique: boolean; first: string | null }>(
    `select i.relname as name, t.relname as table, indisunique as unique,
       (select attname from pg_attribute where attrelid = t.oid and attnum = x.indkey[0]) as first
     from pg_index x join pg_class i on i.oid = indexrelid join pg_class t on t.oid = indrelid where t.relnamespace = 'public'::regnamespace`,
  )
).filter(({ table }) => distributed.has(table));

const astray = (unique: boolean) =>
  indexes.filter((it) => it.unique === unique && it.first !== 'organization_id').map(({ name }) => name);

test('a table without an organization is one of those that the decision names (adr/0002)', () => {
  const found = tables.filter(({ name }) => !distributed.has(name) && name !== 'organization');
  expect(found.map(({ name }) => name).sort()).toEqual([...named('Table without an organization').keys()].sort());
  expect(distributed.size).toBeGreaterThan(25);
});

test('the organization leads every primary key and unique index, but for those that the decision names (adr/0002)', () => {
  expect(astray(true).sort()).toEqual([...named('Unique over organizations').keys()].sort());
});

test('it leads every other index, but for those that look over all organizations, which the decision names (adr/0002)', () => {
  expect(astray(false).sort()).toEqual([...named('Index that does not begin with the organization').keys()].sort());
});

test('every table of an organization has a primary key', async () => {
  const keyed = await asked<{ name: string }>(
    `select relname as name from pg_constraint join pg_class t on t.oid = conrelid where contype = 'p' and connamespace = 'public'::regnamespace`,
  );
  expect([...distributed].filter((table) => !keyed.some(({ name }) => name === table))).toEqual([]);
});

test('a reference begins with the organization on both of its ends, so that it stays in one place (adr/0002)', async () => {
  const references = await asked<{ name: string; from: string; to: string }>(
    `select conname as name,
       f.relname || '.' || (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1]) as from,
       t.relname || '.' || (select attname from pg_attribute where attrelid = confrelid and attnum = confkey[1]) as to
     from pg_constraint join pg_class f on f.oid = conrelid join pg_class t on t.oid = confrelid
     where contype = 'f' and connamespace = 'public'::regnamespace`,
  );
  const bears = (column: string) => column === 'organization.id' || column.endsWith('.organization_id');
  const crossing = references.filter(({ from, to }) => bears(from) !== bears(to));
  const within = references.filter(({ from }) => distributed.has(from.split('.')[0] ?? ''));
  expect([...crossing, ...within.filter(({ from }) => !bears(from))]).toEqual([]);
  expect(within.length).toBeGreaterThan(30);
});

test('what the decision excepts has a reason (adr/0002)', () => {
  const headings = [
    'Table without an organization',
    'Unique over organizations',
    'Index that does not begin with the organization',
  ];
  const whys = headings.flatMap((heading) => [...named(heading).values()]);
  expect(whys.filter((why) => why.length < 10)).toEqual([]);
  expect(whys.length).toBeGreaterThan(headings.length);
});
