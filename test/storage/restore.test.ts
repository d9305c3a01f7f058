import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { marks } from '../../src/storage/backup.ts';
import { all, at, begun, killed, looking, until } from '../support/backups.ts';
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
const spoilt = (change: (it: string) => string) => zstdCompressSync(Buffer.from(change(text()), 'latin1'));
/** With a digest that fits what was changed. */
const resealed = (change: (it: string) => string) =>
  spoilt((it) => {
    const body = change(it.slice(0, it.indexOf(marks.foot)));
    const foot = {
      ...JSON.parse(it.slice(it.indexOf(marks.foot) + marks.foot.length)),
      sha256: createHash('sha256').update(body, 'latin1').digest('hex'),
    };
    return `${body}${marks.foot}${JSON.stringify(foot)}\n`;
  });
const withHead = (change: (migrations: string[]) => string[]) =>
  resealed((it) => {
    const head = JSON.parse(it.slice(marks.head.length, it.indexOf('\n')));
    return `${marks.head}${JSON.stringify({ ...head, migrations: change(head.migrations) })}${it.slice(it.indexOf('\n'))}`;
  });

const spare = emptyDatabase();

test.each<[string, () => Buffer, RegExp]>([
  ['that was cut short', () => readFileSync(file).subarray(0, -40), /no whole backup/],
  [
    'that was cut short before it was packed',
    () => spoilt((it) => it.slice(0, it.indexOf(marks.foot))),
    /its end is missing/,
  ],
  [
    'with a byte of a name changed',
    () => spoilt((it) => it.replace('payroll', 'paydoll')),
    /reads otherwise than it was written/,
  ],
  [
    'with a byte on the disk changed',
    () => Buffer.from(readFileSync(file).map((byte, i) => (i === 300 ? byte ^ 1 : byte))),
    /no whole backup/,
  ],
  [
    'without one row',
    () => resealed((it) => it.replace(/(\\Table \{"name":"billing".*\n).*\n/, '$1')),
    /not all rows of billing/,
  ],
  ['with something behind its end', () => spoilt((it) => `${it}more\n`), /stands behind its end/],
  ['that is none', () => Buffer.from('hello'), /cannot be unpacked/],
  [
    'of a newer Postern',
    () => withHead((it) => [...it, '9999-later']),
    /is newer than this Postern: it has the migration 9999-later/,
  ],
])('a file %s is refused, and the database stays empty', async (_, bytes, says) => {
  const place = await spare;
  const empty = await looking(place, all);
  const spoiltFile = join(folder, 'spoilt');
  writeFileSync(spoiltFile, bytes());
  expect(await postern(['restore', spoiltFile], at(place))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(says),
  });
  expect(await looking(place, all)).toEqual(empty);
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
  half.write(spoilt((it) => it.slice(0, it.indexOf(marks.foot))));
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
