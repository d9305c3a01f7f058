import { describe, expect, test } from 'vitest';
import { type Call, confirmed, office } from '../support/office.ts';

const how = { query: 'toolsets=resources,workflows,sharing' };
const told = {
  people: { root: 'admin', ada: 'member', ben: 'member', cleo: 'member', dan: 'member' },
  workspaces: { growth: { ada: 'owner', ben: 'admin', cleo: 'creator', dan: 'viewer' } },
} as const;
const secret = 'sk-9c2e-never-shown';
const document = { provider: 'rest', address: 'https://api.crm.test', settings: { region: 'eu' } };
const make = (call: Call, more: object = {}) =>
  call('create_resource', { kind: 'integration', name: 'CRM', document, ...more });
const refused = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });

describe('the secret of an integration (WS-4)', async () => {
  const here = await office(told);
  const as = (who: string) => here.as(who, how);
  const [cleo, dan] = [as('cleo'), as('dan')];

  test('is told as a fact: that there is one, since when and by whom', async () => {
    const made = await make(cleo, { secret });
    expect(made.secret).toEqual({ set_at: expect.any(String), by: 'cleo@acme.test' });
    expect(Date.now() - Date.parse(made.secret.set_at)).toBeLessThan(60_000);
    expect(await make(cleo)).not.toHaveProperty('secret');
    const out = await cleo('edit_resource', { id: made.id, revision: 1, secret: null });
    expect(out).not.toHaveProperty('secret');
    expect(out.revision).toBe(1);
  });

  test('stands in no table in the clear, in no answer, and nowhere in what is kept for a replay', async () => {
    const meta = { 'postern/idempotency-key': 'secretly' };
    const args = { kind: 'integration', name: 'CRM', document, secret };
    const made = await cleo('create_resource', args, meta);
    const replay = await cleo('create_resource', args, meta);
    expect(replay.id).toBe(made.id);
    expect(await cleo('create_resource', { ...args, secret: 'another' }, meta)).toMatchObject(
      refused('invalid_argument'),
    );
    const { id } = made;
    await cleo('edit_resource', { id, revision: 1, secret: `${secret}-2`, merge: { settings: { region: 'us' } } });
    await cleo('share_resource', { id, with: 'person:dan@acme.test', role: 'viewer' });
    const answers = [
      made,
      replay,
      await dan('open_resource', { id, include: ['document', 'source'] }),
      await cleo('list_revisions', { id, compare: { from: 1, to: 2 } }),
      await cleo('list_resources', {}),
      await cleo('explain_access', { id }),
      await cleo('get_access', { id }),
      await cleo('edit_resource', { id, revision: 1, secret: `${secret}-3` }),
      await cleo('edit_resource', { id, revision: 2, secret, patch: [{ op: 'test', path: '/provider', value: 'x' }] }),
      await cleo('edit_workflow', { id, revision: 2, secret }),
      await dan('edit_resource', { id, revision: 2, secret }),
    ];
    expect(answers.slice(-4).every(({ error }) => error)).toBe(true);
    expect(JSON.stringify(answers)).not.toContain('sk-9c2e');
    const tables = await here.sql<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    expect(tables.map(({ name }) => name)).toContain('integration_secret');
    for (const { name } of tables) {
      const rows = await here.sql(`select t::text as it from "${name}" t`);
      expect(JSON.stringify(rows).includes('sk-9c2e'), name).toBe(false);
    }
  });

  test('the log says that it was set and dropped, and not what it is (ACT-1)', async () => {
    const { id } = await make(cleo, { secret });
    await cleo('edit_resource', { id, revision: 1, secret: null });
    const rows = await here.sql<{ after: { secret: string } }>(
      `select after from activity where entity_id = (select id from resource order by created_at desc limit 1) and after is not null order by at`,
    );
    expect(rows.map(({ after }) => after.secret)).toEqual(['set', 'dropped']);
  });

  test('goes with its address, with a warning; a new one may come in the same call', async () => {
    const { id } = await make(cleo, { secret });
    const moved = await cleo('edit_resource', { id, revision: 1, merge: { address: 'https://evil.test' } });
    expect(moved).not.toHaveProperty('secret');
    expect(moved.warnings).toContainEqual({ pointer: '/address', message: expect.stringMatching(/secret/) });
    const anew = await cleo('edit_resource', { id, revision: 2, merge: { address: 'https://b.test' }, secret });
    expect(anew.secret).toMatchObject({ by: 'cleo@acme.test' });
    expect(anew.warnings ?? []).toEqual([]);
    const kept = await cleo('edit_resource', { id, revision: 3, merge: { settings: { region: 'us' } } });
    expect(kept.secret).toEqual(anew.secret);
    const restored = await cleo('restore_revision', { id, restore: 1, revision: 4 });
    expect(restored).not.toHaveProperty('secret');
    expect(restored.warnings).toContainEqual({ pointer: '/address', message: expect.stringMatching(/secret/) });
  });

  test('is no part of a document: where one stands in it, its place is named, and nothing is kept', async () => {
    const settings = {
      api_key: secret,
      headers: { Authorization: 'Bearer {{secret}}' },
      parts: [{ password: secret }],
    };
    const { error } = await make(cleo, { document: { ...document, settings } });
    expect(error.findings.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/document/settings/api_key',
      '/document/settings/parts/0/password',
    ]);
    const address = 'https://me:pass@api.crm.test';
    expect(await make(cleo, { document: { ...document, address } })).toMatchObject(
      refused('invalid_argument', { pointer: '/document/address' }),
    );
  });

  test('goes with integrations alone', async () => {
    const assistant = { kind: 'assistant', name: 'a', document: { instructions: 'x' } };
    for (const more of [{ secret }, { install: 'workspace' }]) {
      const pointer = `/${Object.keys(more)[0]}`;
      expect(await cleo('create_resource', { ...assistant, ...more })).toMatchObject(
        refused('invalid_argument', { pointer }),
      );
    }
    const { id } = await cleo('create_resource', assistant);
    expect(await cleo('edit_resource', { id, revision: 1, secret })).toMatchObject(
      refused('invalid_argument', { pointer: '/secret' }),
    );
  });

  test('a rehearsal and a refusal keep none', async () => {
    const { id } = await make(cleo);
    expect(await dan('edit_resource', { id, revision: 1, secret })).toMatchObject(refused('not_found'));
    await cleo('share_resource', { id, with: 'person:dan@acme.test', role: 'editor' });
    expect(await dan('edit_resource', { id, revision: 1, secret })).toMatchObject(refused('permission_denied'));
    expect(await cleo('open_resource', { id })).not.toHaveProperty('secret');
  });
});

describe('installing', async () => {
  const here = await office(told);
  const as = (who: string, more: object = {}) => here.as(who, { ...how, ...more });

  test('an app for the workspace is its admins’, one for the organization its own admins’ (WS-1, WS-4, ORG-2, 004-17, 004-26)', async () => {
    const may = async (who: string, install: string, scopes?: readonly 'override'[]) =>
      (await make(as(who, scopes && { scopes: ['read', 'write', ...scopes] }), { install, workspace: 'growth' })).error
        ?.code ?? 'made';
    expect({
      owner: await may('ada', 'workspace'),
      admin: await may('ben', 'workspace'),
      creator: await may('cleo', 'workspace'),
      viewer: await may('dan', 'workspace'),
      outside: await may('root', 'workspace'),
      office: await may('root', 'workspace', ['override']),
    }).toEqual({
      owner: 'made',
      admin: 'made',
      creator: 'permission_denied',
      viewer: 'permission_denied',
      outside: 'not_found',
      office: 'made',
    });
    expect({
      owner: await may('ada', 'organization'),
      creator: await may('cleo', 'organization'),
      office: await may('root', 'organization', ['override']),
    }).toEqual({ owner: 'permission_denied', creator: 'permission_denied', office: 'made' });
  });

  test('what is installed is changed by those who may install it, whoever else edits or owns it; explaining says so (WS-4, DEC-6)', async () => {
    const made = await make(as('ben'), { install: 'workspace', secret });
    expect(made).toMatchObject({ installed: 'workspace', visibility: 'private' });
    const { id } = made;
    await as('ben')('share_resource', { id, with: 'person:cleo@acme.test', role: 'editor' });
    const cleo = as('cleo');
    const blocked = refused('permission_denied', { message: expect.stringMatching(/installed/) });
    expect(await cleo('open_resource', { id })).toMatchObject({ access: 'editor', installed: 'workspace' });
    expect(await cleo('edit_resource', { id, revision: 1, secret: 'mine' })).toMatchObject(blocked);
    expect(await cleo('restore_revision', { id, restore: 1, revision: 1 })).toMatchObject(blocked);
    const explained = await cleo('explain_access', { id });
    expect(explained.can).not.toContain('edit');
    expect(explained.cannot).toContainEqual({ action: 'edit', because: expect.stringMatching(/WS-4/) });

    await confirmed(as('ben'), 'transfer_ownership', { id, to: 'cleo@acme.test', keep: 'editor' });
    expect(await cleo('delete_resource', { id })).toMatchObject(blocked);
    expect(await as('ben')('edit_resource', { id, revision: 1, install: null })).not.toHaveProperty('installed');
    expect(await cleo('edit_resource', { id, revision: 1, merge: { settings: {} } })).toMatchObject({ revision: 2 });
    expect(await cleo('edit_resource', { id, revision: 2, install: 'workspace' })).toMatchObject(
      refused('permission_denied'),
    );
  });

  test('an app of the organization is changed by its admins alone, the workspace’s are not enough (ORG-2, 004-17)', async () => {
    const root = as('root', { scopes: ['read', 'write', 'share', 'override'] });
    const { id } = await make(root, { install: 'organization', workspace: 'growth' });
    await root('share_resource', { id, with: 'person:ben@acme.test', role: 'editor' });
    expect(await as('ben')('edit_resource', { id, revision: 1, name: 'x' })).toMatchObject(
      refused('permission_denied', { message: expect.stringMatching(/ORG-2/) }),
    );
    expect(await root('edit_resource', { id, revision: 1, name: 'All of us' })).toMatchObject({
      name: 'All of us',
      installed: 'organization',
    });
  });
});

test('an integration is shared with all and taken back: its owner column says whose it is (OWN-1, OWN-2, VIS-1, 000-15, 000-16, 000-17, 000-18, 000-19)', async () => {
  const here = await office(told);
  const [cleo, ben, dan] = ['cleo', 'ben', 'dan'].map((who) => here.as(who, how)) as [Call, Call, Call];
  const { id } = await make(cleo);
  const row = async (call: Call) => (await call('list_resources', { kind: 'integration' })).items[0];
  expect(await row(cleo)).toMatchObject({ owner: 'cleo@acme.test', visibility: 'private' });
  await confirmed(cleo, 'set_visibility', { id, visibility: 'everyone', organization_owned: true });
  expect(await row(dan)).toMatchObject({ owner: 'organization', visibility: 'everyone', access: 'viewer' });
  expect(await ben('edit_resource', { id, revision: 1, merge: { settings: { region: 'us' } } })).toMatchObject({
    owner: 'organization',
    revision: 2,
  });
  await confirmed(cleo, 'set_visibility', { id, visibility: 'private' });
  expect(await row(cleo)).toMatchObject({ owner: 'cleo@acme.test', visibility: 'private' });
  for (const call of [ben, dan]) expect((await call('list_resources', { kind: 'integration' })).items).toEqual([]);
});
