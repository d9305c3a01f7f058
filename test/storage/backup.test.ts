import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { secretKeysOf } from '../../src/cli/secret-keys.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { migrate, migrations } from '../../src/storage/migrate.ts';
import { sealNext } from '../../src/storage/sealer.ts';
import { operations } from '../../src/workspace/operations.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import { all, at, begun, killed, looking, type Place, resealed, until } from '../support/backups.ts';
import { dumped } from '../support/dumping.ts';
import { told } from '../support/granted.ts';
import { emptyHome, furnishedHome } from '../support/home.ts';
import { confirmed, office } from '../support/office.ts';
import { ownDatabase, saidBySuperuser, wordsAfter } from '../support/owned.ts';
import { bareDatabase, emptyDatabase } from '../support/postgres.ts';
import { dataFolder, postern, started } from '../support/program.ts';
import { served, superuser } from '../support/world.ts';

const folder = dataFolder();
const file = join(folder, 'all.backup');
const secretKey = Buffer.alloc(32, 7).toString('base64');
const here = { ...served, user: (superuser as unknown as { user: string }).user } as Place;

let before: Awaited<ReturnType<typeof all>>;
let key = '';

// A workspace with something in every corner, and its backup.
beforeAll(async () => {
  const it = await office(told);
  const as = it.as('ada');
  await as('share_resource', { id: it.id('payroll'), with: `person:${it.email('ben')}`, role: 'viewer' });
  await as(
    'create_workflow',
    { name: 'Tab\there', document: { 'a\\b': '\u2028\n\\.\n' }, workspace: 'Growth' },
    { 'postern/idempotency-key': 'once' },
  );
  await confirmed(as, 'delete_workflow', { id: it.id('doomed') });
  await as('decide_access_requests', { decisions: [{ id: it.id('plea'), decision: 'approve' }] });
  const { organization, uuid } = it;
  await it.sql(
    `insert into account (id, email, verified, password_hash) values ('${uuid('ada')}', '${it.email('ada')}', true, 'argon2')`,
  );
  await it.sql(
    `insert into passkey (account_id, id, public_key, counter, transports, name) values ('${uuid('ada')}', 'p', '\\x00ff0a5c', 3, '{usb,"a,b"}', 'mine')`,
  );
  await it.sql(`insert into billing (organization_id, plan, seats) values ('${organization}', 'team', 5)`);
  await it.sql(
    `insert into sso (organization_id, protocol, issuer) values ('${organization}', 'oidc', 'https://idp.test')`,
  );
  await it.sql(
    `insert into contact (organization_id, id, workspace_id, email, attributes) values ('${organization}', gen_random_uuid(), '${uuid('Growth')}', 'c@x.test', '{"a":[1,null]}')`,
  );
  await it.sql(
    `insert into workspace_team (organization_id, team_id, workspace_id, role) values ('${organization}', '${uuid('Crew')}', '${uuid('Growth')}', 'viewer')`,
  );
  await it.sql(
    `insert into capability_switch values ('${organization}', '${uuid('pat')}', '${uuid('Growth')}', 'audience_viewer', true)`,
  );
  await sealNext(superuser);
  key = await it.key('cleo');
  before = await all(superuser);
  const made = await postern(['backup', file, '--with-keys'], { ...at(here), POSTERN_SECRET_KEY: secretKey });
  expect(made, made.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(`${file} holds it all`) });
});

/** Transactions are counted anew on another server; what came before is before everything there. */
const moved = (tables: Record<string, string[]>) => ({
  ...tables,
  notification: tables.notification?.map((row) => row.replace(/^(\([^,]*,[^,]*,[^,]*),\d+,/, '$1,3,')).sort(),
});

/** Whoever held the key before is told what they were told before. */
async function expectTold(app: Place): Promise<void> {
  const product = await openPostern({ app });
  const told = await (await product.admit(key)).perform(operations.list_notifications, {});
  expect(told.items).toHaveLength(1);
  await product.close();
}

const owned = ownDatabase();

test('a backup restores every row of every table, into the PostgreSQL that Postern brings', async () => {
  expect(Object.values(before).filter((rows) => rows.length > 0).length).toBeGreaterThan(25);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const home = { POSTERN_HOME: emptyHome() };
  const done = await postern(['restore', file], home);
  expect(done, done.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('The seals of the log hold.') });
  const { adopt } = secretKeysOf(readSettings(home));
  expect(adopt?.([Buffer.alloc(32, 8)]), 'where there are others').toBe(false);
  expect(readFileSync(join(home.POSTERN_HOME, 'secret-keys'), 'utf8')).toBe(`${secretKey}\n`);

  const { owner, app, release } = await started(home.POSTERN_HOME);
  try {
    expect(before.notification?.length).toBeGreaterThan(0);
    expect(moved(await looking(owner as Place, all))).toEqual(moved(before));
    await expectTold(app as Place);
  } finally {
    await release();
  }
});

test('it is restored into a PostgreSQL of one’s own by whoever owns it there, and never over anything', async () => {
  const place = await owned;
  const done = await postern(['restore', file], at(place));
  expect(done, done.stderr).toMatchObject({ code: 0 });
  expect(await looking(place, all)).toEqual(before);
  const asleep = `select tgname from pg_trigger where tgenabled = 'D'`;
  expect((await looking(place, (client) => client.query(asleep))).rows).toEqual([]);

  const again = await postern(['restore', file], at(place));
  expect(again).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^.*The database is not empty: there are rows in account/m),
  });
  expect(await looking(place, all)).toEqual(before);
});

test('a dump of PostgreSQL’s own is restored as docs/operations.md has it, and holds and serves the same', async () => {
  const { owner, release } = await started(furnishedHome());
  try {
    await looking(owner as Place, async (boss) => {
      for (const statement of saidBySuperuser('acme')) await boss.query(statement);
    });
    const place = { ...owner, user: 'acme', database: 'acme' } as Place;
    const words = wordsAfter('pg_restore').flat();
    expect(words).toEqual(['--no-owner', '--single-transaction', '--dbname="$DATABASE_URL"', 'postern.dump']);
    const dump = await dumped(await owned, ['--no-owner']);
    await looking(place, async (client) => {
      await client.query('begin');
      await client.query(dump);
      await client.query('commit');
    });
    for (const command of wordsAfter('postern')) {
      const done = await postern(command, at(place));
      expect(done, done.stderr + done.stdout).toMatchObject({ code: 0 });
    }
    expect(moved(await looking(place, all))).toEqual(moved(before));
    await expectTold({ ...place, options: '-c role=postern_app' } as Place);
  } finally {
    await release();
  }
});

test('where the log reads otherwise than it was sealed, the restore says so', async () => {
  const place = await bareDatabase();
  const text = resealed(zstdDecompressSync(readFileSync(file)).toString('latin1'), (it) =>
    it.replace('\tresource.share\t', '\tresource.open\t'),
  );
  const other = join(folder, 'other.backup');
  writeFileSync(other, zstdCompressSync(Buffer.from(text, 'latin1')));
  expect(await postern(['restore', other], at(place))).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('The seals of the log do not hold'),
  });
});

test('one of an older Postern is brought to the schema of today', async () => {
  const old = await bareDatabase();
  await migrate(old, migrations.slice(0, 2));
  const id = '01980000-0000-7000-8000-000000000001';
  await looking(old, (client) => client.query(`insert into organization (id, name) values ('${id}', 'Old')`));
  const oldFile = join(folder, 'old.backup');
  expect(await postern(['backup', oldFile], at(old))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('keep them too'),
  });

  const tooNew = await emptyDatabase();
  expect(await postern(['restore', oldFile], at(tooNew))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('newer schema than the backup'),
  });

  const place = await bareDatabase();
  expect(await postern(['restore', oldFile], at(place))).toMatchObject({ code: 0 });
  const ran = await looking(place, (client) => client.query('select name from migration order by name'));
  expect(ran.rows.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
  expect((await looking(place, all)).organization).toEqual([expect.stringContaining('Old')]);
});

test('a backup is of one moment, whatever is written meanwhile; one that is killed leaves no file', async () => {
  const place = await emptyDatabase();
  const later = join(folder, 'later.backup');
  await looking(place, async (client) => {
    await client.query('begin');
    await client.query('lock table revision in access exclusive mode');
    const waits = `select count(*) > 0 as so from pg_stat_activity where datname = '${place.database}' and application_name = 'postern backup' and wait_event_type = 'Lock'`;
    const child = begun(['backup', join(folder, 'killed.backup')], place);
    await until(waits);
    await killed(child);
    expect(existsSync(join(folder, 'killed.backup'))).toBe(false);
    await superuser.query(waits.replace('count(*) > 0', 'pg_terminate_backend(pid)'));
    await until(waits.replace('> 0', '= 0'));

    const whole = postern(['backup', later], at(place));
    await until(waits);
    await looking(place, (other) =>
      other.query(`insert into organization (id, name) values (gen_random_uuid(), 'Too late')`),
    );
    await client.query('rollback');
    expect(await whole).toMatchObject({ code: 0 });
  });
  expect(zstdDecompressSync(readFileSync(later)).toString()).not.toContain('Too late');
  expect(await postern(['backup', later], at(place))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is there already'),
  });
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toHaveLength(1);
});

test('no table counts with a sequence, which a backup would have to bring along', async () => {
  const { rows } = await superuser.query(
    `select relname from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace and relname <> 'migration_id_seq'`,
  );
  expect(rows).toEqual([]);
});
