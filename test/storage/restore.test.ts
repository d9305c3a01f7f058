import { execFileSync } from 'node:child_process';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { backedUp, marks } from '../../src/storage/backup.ts';
import { restored } from '../../src/storage/restore.ts';
import { all, at, begun, killed, looking, resealed, until } from '../support/backups.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { dataFolder, postern } from '../support/program.ts';

const folder = dataFolder();
const file = join(folder, 'all.backup');

beforeAll(async () => {
  const place = await emptyDatabase();
  await looking(place, async (client) => {
    const { rows } = await client.query(
      `insert into organization (id, name) values (gen_random_uuid(), 'payroll') returning id`,
    );
    await client.query(`insert into billing (organization_id, plan) values ($1, $2)`, [rows[0].id, 'x'.repeat(10_000)]);
  });
  expect(await postern(['backup', file], at(place))).toMatchObject({ code: 0 });
});

const text = () => zstdDecompressSync(readFileSync(file)).toString('latin1');
const packed = (it: string) => zstdCompressSync(Buffer.from(it, 'latin1'));
const cut = () => text().slice(0, text().indexOf(marks.foot));
const withHead = (change: (head: { postern: number; migrations: string[] }) => object) =>
  resealed(text(), (it) => {
    const end = it.indexOf('\n');
    return `${marks.head}${JSON.stringify(change(JSON.parse(it.slice(marks.head.length, end))))}${it.slice(end)}`;
  });
const billing = /\\Table \{"name":"billing".*\n(.*\n)\\\.\n/;

const spare = emptyDatabase();

test.each<[string, () => Buffer, RegExp]>([
  ['that was cut short', () => readFileSync(file).subarray(0, -40), /no whole backup/],
  [
    'with a byte on the disk changed',
    () => Buffer.from(readFileSync(file).map((byte, i) => (i === 300 ? byte ^ 1 : byte))),
    /no whole backup/,
  ],
  ['that is none', () => Buffer.from('hello'), /cannot be unpacked/],
  ['with something behind its end', () => packed(`${text()}more\n`), /stands behind its end/],
])('a file %s is refused, and the database stays empty', async (_, bytes, says) => {
  const place = await spare;
  const empty = await looking(place, all);
  const spoilt = join(folder, 'spoilt');
  writeFileSync(spoilt, bytes());
  expect(await postern(['restore', spoilt], at(place))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(says),
  });
  expect(await looking(place, all)).toEqual(empty);
});

test.each<[string, () => string, RegExp]>([
  ['that was cut short before it was packed', cut, /its end is missing/],
  ['with a byte of a name changed', () => text().replace('payroll', 'paydoll'), /reads otherwise than it was written/],
  [
    'without one row',
    () => resealed(text(), (it) => it.replace(billing, (all, row) => all.replace(row, ''))),
    /not all rows of billing/,
  ],
  ['without one table', () => resealed(text(), (it) => it.replace(billing, '')), /not all rows of billing/],
  ['with one table twice', () => resealed(text(), (it) => it.replace(billing, '$&$&')), /its table billing is not one/],
  [
    'with a table that is none',
    () => resealed(text(), (it) => it.replace('"billing"', '"bills"')),
    /its table bills is not one/,
  ],
  [
    'of another form',
    () => withHead((it) => ({ ...it, postern: 2 })),
    /is newer than this Postern: it is of the form 2/,
  ],
  [
    'of a newer Postern',
    () => withHead((it) => ({ ...it, migrations: [...it.migrations, '9999-later'] })),
    /is newer than this Postern: it has the migration 9999-later/,
  ],
])('a backup %s is refused, and the database stays empty', async (_, spoilt, says) => {
  const place = await spare;
  const empty = await looking(place, all);
  await expect(restored(place, Readable.from([Buffer.from(spoilt(), 'latin1')]))).rejects.toThrow(says);
  expect(await looking(place, all)).toEqual(empty);
});

test('a table of any size is taken a piece at a time, and nothing is left of a piece that was waited for', async () => {
  const [from, to] = await Promise.all([emptyDatabase(), emptyDatabase()]);
  await looking(from, (client) =>
    client.query(
      `insert into organization (id, name, description) select gen_random_uuid(), n::text, repeat('x', 300000) from generate_series(1, 30) n`,
    ),
  );
  const warned: Error[] = [];
  const hear = (it: Error) => void warned.push(it);
  process.on('warning', hear);
  await restored(to, backedUp(from));
  process.off('warning', hear);
  expect(warned).toEqual([]);
});

test('a restore that is killed half-way leaves the database empty', async () => {
  const place = await emptyDatabase();
  const empty = await looking(place, all);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const child = begun(['restore', pipe], place);
  const half = createWriteStream(pipe);
  half.on('error', () => {});
  // What is packed loosely can be unpacked piece by piece: all but the end arrives.
  half.write(packed(cut()));
  await until(
    `select count(*) > 0 as so from pg_stat_activity where datname = '${place.database}' and application_name = 'postern restore' and state = 'idle in transaction' and query like 'copy%'`,
  );
  await killed(child);
  half.destroy();
  await until(
    `select count(*) = 0 as so from pg_stat_activity where datname = '${place.database}' and application_name = 'postern restore'`,
  );
  expect(await looking(place, all)).toEqual(empty);
});
