import { describe, expect, test } from 'vitest';
import type { Tx } from '../../src/storage/database.ts';
import { newId } from '../../src/terms/ids.ts';
import { tables } from '../support/rows.ts';
import { storage, type World } from '../support/world.ts';
import { ask, here, mine, refusal, there } from './boundary.ts';

/** The tables that hold a workspace's own, which people make; the others say who is where. */
const bounded = [
  'integration_secret',
  'contact',
  'project',
  'project_member',
  'resource',
  'revision',
  'access_grant',
  'access_request',
  'activity',
];

/** How people sign in, and whom they let in, is of no organization: it is behind functions alone, but for the count of attempts. */
const behindFunctions = [
  ...['account', 'ceremony', 'mcp_session', 'passkey', 'rate', 'sign_in_link'],
  ...['oauth_client', 'oauth_item', 'oauth_registration', 'token_key'],
];

/** All columns, but for what a secret was sealed to: that the role that serves may not read at all. */
const readable = (table: string) =>
  table === 'integration_secret' ? 'organization_id, resource_id, workspace_id, key_id, set_at, set_by' : '*';

/** The columns that an insert may name: all that the database does not work out itself. */
const settable = async (table: string) =>
  (
    await here.sql<{ name: string }>(
      `select quote_ident(column_name) as name from information_schema.columns where table_name = $1 and is_generated = 'NEVER'`,
      [table],
    )
  )
    .map(({ name }) => name)
    .join();

describe('row-level security (EXP-6)', () => {
  test('every table is guarded, but for what belongs to the installation', async () => {
    const found = await here.sql<{ name: string; guarded: boolean }>(
      `select relname as name, relrowsecurity as guarded from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
    );
    const open = found.filter(({ guarded }) => !guarded).map(({ name }) => name);
    expect(open).toEqual(['installation', 'migration']);
    expect(found.filter(({ guarded }) => guarded).map(({ name }) => name)).toEqual(
      [...tables, ...behindFunctions, 'sign_in_attempts'].sort(),
    );
  });

  test.each(behindFunctions)('%s can be neither read nor changed by the role that serves', async (table) => {
    for (const asked of [`select 1 from ${table}`, `insert into ${table} default values`, `delete from ${table}`])
      expect(await refusal((tx) => ask(tx, asked))).toBe('42501');
  });

  test('what belongs to the installation can be read by the role that serves, and not changed', async () => {
    for (const table of ['installation', 'migration']) {
      expect(await refusal((tx) => ask(tx, `delete from ${table}`))).toBe('42501');
      expect(await refusal((tx) => ask(tx, `select * from ${table}`))).toBeUndefined();
    }
  });

  test('the role that serves is no superuser, owns no table and bypasses nothing', async () => {
    const rows =
      await here.sql(`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, (select count(*)::int from pg_class where relowner = r.oid) as owns
      from pg_roles r where rolname = 'postern_app'`);
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owns: 0 }]);
  });

  test.each(tables)(
    '%s shows nothing of another organization, nor of a workspace out of reach, to a select without a where',
    async (table) => {
      const rows = await (await storage()).reading(mine, (tx) => ask(tx, `select ${readable(table)} from "${table}"`));
      const key = table === 'organization' ? 'id' : 'organization_id';
      const all = await here.sql<Record<string, unknown>>(
        `select * from "${table}" where ${key} in ('${here.organization}', '${there.organization}')`,
      );

      expect(
        all.some((row) => row[key] === there.organization),
        'there is something of another organization to see',
      ).toBe(true);
      expect(new Set(rows.map((row) => row[key]))).toEqual(new Set([here.organization]));
      if (!bounded.includes(table)) return;
      expect(
        all.some((row) => row[key] === here.organization && row.workspace_id === here.uuid('finance')),
        'there is something out of reach to see',
      ).toBe(true);
      expect(new Set(rows.map((row) => row.workspace_id))).toEqual(new Set([here.uuid('growth')]));
    },
  );

  test.each(tables)('%s shows nothing at all to who has not entered', async (table) => {
    expect(await (await storage()).outside((tx) => ask(tx, `select ${readable(table)} from "${table}"`))).toEqual([]);
  });

  test.each(tables)(
    '%s takes no row of another organization, gives none away, and changes none there',
    async (table) => {
      const key = table === 'organization' ? 'id' : 'organization_id';
      const columns = await settable(table);
      const [alien] = await here.sql<{ it: object }>(`select to_json(t) as it from "${table}" t where ${key} = $1`, [
        there.organization,
      ]);
      const copy = `insert into "${table}" (${columns}) select ${columns} from json_populate_record(null::"${table}", $1::json)`;

      expect(await refusal((tx) => ask(tx, copy, [JSON.stringify(alien?.it)]))).toBe('42501');
      if (table === 'activity' || table === 'seal') return;
      expect(await refusal((tx) => ask(tx, `update "${table}" set ${key} = $1`, [there.organization]))).toBe('42501');
      await refusal(async (tx) => {
        expect(
          await ask(tx, `update "${table}" set ${key} = ${key} where ${key} = $1 returning 1`, [there.organization]),
        ).toEqual([]);
        expect(await ask(tx, `delete from "${table}" where ${key} = $1 returning 1`, [there.organization])).toEqual([]);
      });
    },
  );

  test.each(bounded.filter((it) => it !== 'activity' && it !== 'access_request'))(
    '%s takes no row of a workspace out of reach, and moves none there',
    async (table) => {
      const columns = await settable(table);
      const [row] = await here.sql<{ it: object }>(
        `select to_json(t) as it from "${table}" t where organization_id = $1 and workspace_id = $2`,
        [here.organization, here.uuid('finance')],
      );
      const copy = `insert into "${table}" (${columns}) select ${columns} from json_populate_record(null::"${table}", $1::json)`;

      expect(await refusal((tx) => ask(tx, copy, [JSON.stringify(row?.it)]))).toBe('42501');
      expect(await refusal((tx) => ask(tx, `update "${table}" set workspace_id = $1`, [here.uuid('finance')]))).toBe(
        '42501',
      );
    },
  );

  test('what a secret was sealed to is read by nobody who serves (WS-4)', async () => {
    for (const text of ['select sealed from integration_secret', 'select * from integration_secret'])
      expect(await refusal((tx) => ask(tx, text))).toBe('42501');
    expect(await refusal((tx) => ask(tx, `update integration_secret set sealed = 'x'`))).toBeUndefined();
  });

  test('the log can be added to in one’s own name, and neither changed nor taken from (ACT-3)', async () => {
    const add = (who: string) => (tx: Tx) =>
      ask(
        tx,
        `insert into activity (organization_id, id, person_id, surface, action, outcome, noun) values ($1, $2, $3, 'external', 'self.see', 'allow', 'organization')`,
        [here.organization, newId(), here.uuid(who)],
      );
    expect(await refusal(add('ada'))).toBeUndefined();
    expect(await refusal(add('bo'))).toBe('42501');
    expect(await refusal((tx) => ask(tx, `update activity set outcome = 'deny'`))).toBe('42501');
    expect(await refusal((tx) => ask(tx, 'delete from activity'))).toBe('42501');
    expect(await refusal((tx) => ask(tx, 'truncate activity'))).toBe('42501');
  });

  test('the whole log shows to an admin whose key bears audit and is not cut; to others what they did, and what they reach (ACT-2)', async () => {
    const read = async (who: string, how: Parameters<World['entrance']>[1]) =>
      (await storage()).reading(await here.entrance(who, how), async (tx) =>
        (await ask(tx, 'select distinct workspace_id as id from activity')).map(({ id }) => id).sort(),
      );
    const [growth, finance] = [here.uuid('growth'), here.uuid('finance')];
    const all = [growth, finance].sort();
    expect(await read('fin', { scopes: ['audit'] })).toEqual(all);
    expect(await read('fin', { scopes: ['read'] })).toEqual([finance]);
    expect(await read('fin', { scopes: ['audit'], workspaces: ['growth'] })).toEqual([finance]);
    expect(await read('ada', { scopes: ['audit', 'override'] })).toEqual([growth]);
    expect(await read('bo', { scopes: ['audit'] })).toEqual([growth]);
  });

  test('a credential that is cut to a workspace, or lent a grant in one, reaches just that (EXT-4, DEC-2)', async () => {
    const reached = async (who: string, how: Parameters<World['entrance']>[1] = {}) =>
      (await storage()).reading(await here.entrance(who, how), async (tx) =>
        (await ask(tx, 'select distinct workspace_id as id from resource')).map(({ id }) => id),
      );
    expect(await reached('ada')).toEqual([here.uuid('growth')]);
    expect(await reached('ada', { workspaces: ['finance'] })).toEqual([]);
    expect(await reached('bo')).toEqual([here.uuid('growth')]);
    expect(await reached('fin')).toEqual([here.uuid('finance')]);
    expect((await reached('fin', { scopes: ['override'] })).sort()).toEqual(
      [here.uuid('growth'), here.uuid('finance')].sort(),
    );
    expect(await reached('fin', { scopes: ['override'], workspaces: ['growth'] })).toEqual([here.uuid('growth')]);
  });
});
