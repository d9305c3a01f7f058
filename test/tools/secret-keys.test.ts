import { afterAll, beforeEach, expect, test } from 'vitest';
import { openOperator } from '../../src/workspace/operator.ts';
import { nameOf, openSecret, sealSecret } from '../../src/workspace/secrets.ts';
import { keyring } from '../support/keyring.ts';
import { office } from '../support/office.ts';

const key = (text: string) => Buffer.alloc(32, text);
const here = await office({
  people: { bo: 'member' },
  workspaces: { growth: { bo: 'creator' } },
});
const bo = here.as('bo', { query: 'toolsets=resources' });
const operator = await openOperator(here.connection);
afterAll(() => operator.close());
// Files after it in the same worker keep secrets too.
afterAll(() => void keyring.splice(0, keyring.length, key('one')));

interface Kept {
  readonly organization: string;
  readonly resource: string;
  readonly key: string;
  readonly sealed: string;
}
const kept = () =>
  here.sql<Kept>(
    'select organization_id as organization, resource_id as resource, key_id as key, sealed from integration_secret order by resource_id',
  );
const opened = async (keys = keyring) => (await kept()).map((it) => openSecret(keys, it, it));
const make = async (secret: string): Promise<string> =>
  (await bo('create_resource', { kind: 'integration', name: 'n', document: { provider: 'p' }, secret })).id;
/** A new key for the ring, as the operator puts one there. */
const renew = (text: string) => () => void keyring.unshift(key(text));

beforeEach(async () => {
  keyring.splice(0, keyring.length, key('one'));
  await here.sql('delete from integration_secret');
});

test('the role that serves writes what a secret was sealed to, and cannot read it back (WS-4)', async () => {
  await make('s1');
  const granted = await here.sql<{ name: string }>(
    `select column_name as name from information_schema.column_privileges where grantee = 'postern_app' and table_name = 'integration_secret' and privilege_type = 'SELECT'`,
  );
  expect(granted.map(({ name }) => name)).not.toContain('sealed');
  expect(granted.map(({ name }) => name)).toContain('set_at');
  expect(await opened()).toEqual(['s1']);
});

test('the same secret is sealed otherwise each time, and opens for its own integration and key alone', async () => {
  await make('same');
  await make('same');
  const [a, b] = (await kept()) as [Kept, Kept];
  expect(a.sealed).not.toBe(b.sealed);
  expect(openSecret(keyring, a, a)).toBe('same');
  expect(openSecret(keyring, b, a)).toBeUndefined();
  expect(openSecret(keyring, a, { ...a, organization: b.resource })).toBeUndefined();
  expect(openSecret([key('two')], a, a)).toBeUndefined();
  expect(openSecret(keyring, { ...a, key: nameOf(key('two')) }, a)).toBeUndefined();
  const bytes = Buffer.from(a.sealed, 'base64url');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = (changed[i] as number) ^ 1;
    expect(openSecret(keyring, { ...a, sealed: changed.toString('base64url') }, a), `byte ${i}`).toBeUndefined();
  }
});

test('rotating brings all under the new key and keeps who set them, while both keys are accepted', async () => {
  const ids = [await make('s1'), await make('s2')];
  const before = (await bo('open_resource', { id: ids[0] })).secret;
  expect(await operator.rotateSecrets({ keys: () => keyring, renew: renew('two') })).toEqual({
    resumed: false,
    resealed: 2,
    broken: [],
  });
  expect(new Set((await kept()).map((it) => it.key))).toEqual(new Set([nameOf(key('two'))]));
  expect(await opened([key('two')])).toEqual(['s1', 's2']);
  expect((await bo('open_resource', { id: ids[0] })).secret).toEqual(before);
  await make('s3');
  expect(await opened([key('two')])).toEqual(['s1', 's2', 's3']);
});

test('a rotation that was broken off is ended by the next, which takes no further key', async () => {
  await make('s1');
  await make('s2');
  const [first] = (await kept()) as [Kept];
  keyring.unshift(key('two'));
  await here.sql('update integration_secret set key_id = $1, sealed = $2 where resource_id = $3', [
    ...Object.values(sealSecret([key('two')], 's1', first)),
    first.resource,
  ]);
  expect(await opened()).toEqual(['s1', 's2']);
  expect(await operator.rotateSecrets({ keys: () => keyring, renew: renew('three') })).toEqual({
    resumed: true,
    resealed: 1,
    broken: [],
  });
  expect(keyring).toEqual([key('two'), key('one')]);
  expect(await opened([key('two')])).toEqual(['s1', 's2']);
});

test('hundreds of secrets are rotated while others are set, and none is lost', async () => {
  await here.sql(
    `insert into resource (organization_id, id, workspace_id, kind, name, owner_id) select $1, gen_random_uuid(), $2, 'integration', 'n', $3 from generate_series(1, 250)`,
    [here.organization, here.uuid('growth'), here.uuid('bo')],
  );
  const rows = await here.sql<{ id: string }>(`select id from resource where name = 'n' and organization_id = $1`, [
    here.organization,
  ]);
  for (const { id } of rows) {
    const { key: named, sealed } = sealSecret([key('one')], id, { organization: here.organization, resource: id });
    await here.sql(
      'insert into integration_secret (organization_id, resource_id, workspace_id, key_id, sealed, set_by) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
      [here.organization, id, here.uuid('growth'), named, sealed, here.uuid('bo')],
    );
  }
  const rotating = operator.rotateSecrets({ keys: () => keyring, renew: renew('two') });
  const made = await Promise.all(['a', 'b', 'c', 'd'].map(make));
  const { resealed, broken } = await rotating;
  expect(broken).toEqual([]);
  expect(resealed).toBeGreaterThanOrEqual(rows.length);
  expect(made.every((id) => id.startsWith('in_'))).toBe(true);
  const all = await opened();
  expect(all).toHaveLength(rows.length + 4);
  expect(all.every((it) => it !== undefined)).toBe(true);
});

test('what was tampered with, or lies under a key that is gone, is named, left as it is, and stops no other', async () => {
  const [a, b, c] = [await make('s1'), await make('s2'), await make('s3')];
  const [first, second] = (await kept()) as [Kept, Kept];
  await here.sql('update integration_secret set sealed = $1 where resource_id = $2', [second.sealed, first.resource]);
  await here.sql(`update integration_secret set key_id = 'gone' where resource_id = $1`, [second.resource]);
  const rotated = await operator.rotateSecrets({ keys: () => keyring, renew: renew('two') });
  expect(rotated.broken).toEqual([a, b]);
  expect(rotated.resealed).toBe(1);
  expect((await bo('open_resource', { id: c })).secret).toBeDefined();
  expect(await opened()).toEqual([undefined, undefined, 's3']);
  await bo('edit_resource', { id: a, revision: 1, secret: 'anew' });
  expect((await opened())[0]).toBe('anew');
});

test('rotations are in the log of each organization as the operator’s, with a number and no secret (EXT-4, ACT-1)', async () => {
  await make('s1');
  await operator.rotateSecrets({ keys: () => keyring, renew: renew('two') });
  const [entry] = await here.sql(
    `select surface, after from activity where organization_id = $1 and action = 'secrets.rotate' order by at desc limit 1`,
    [here.organization],
  );
  expect(entry).toEqual({ surface: 'operator', after: { secrets: 1 } });
});

test('without any key a secret is refused in words, and nothing is kept', async () => {
  keyring.length = 0;
  const input = { kind: 'integration', name: 'n', document: { provider: 'p' }, secret: 's' };
  expect(await bo('create_resource', input)).toMatchObject({
    error: { code: 'invalid_argument', pointer: '/secret', advice: expect.stringContaining('POSTERN_SECRET_KEY') },
  });
  expect(await kept()).toEqual([]);
  await expect(operator.rotateSecrets({ keys: () => keyring })).rejects.toThrow(/no key/);
});
