import { afterAll, describe, expect, test } from 'vitest';
import { serviceOn } from '../../src/service.ts';
import { officeOperations } from '../../src/workspace/office.ts';
import { operations } from '../../src/workspace/operations.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import { lastOf } from '../support/logged.ts';
import { office } from '../support/office.ts';
import { code } from '../support/requesting.ts';
import { overriding, seat } from '../support/seats.ts';
import { served } from '../support/world.ts';

const told = {
  people: { root: 'admin', ada: 'member', gus: 'guest', sue: { status: 'suspended' } },
  workspaces: { growth: { ada: 'owner', gus: 'viewer' }, finance: { root: 'owner' } },
  teams: { crew: ['ada'] },
} as const;

test('everyone sees name, description and avatar; counts and single sign-on are its admins’ to see (ORG-2, ORG-6, 004-16, 004-18)', async () => {
  const here = await office(told);
  await here.sql(`insert into sso values ($1, 'oidc', 'https://id.acme.test', 'postern', true)`, [here.organization]);
  for (const who of ['ada', 'gus'])
    expect(await seat(here, who)('get_organization')).toEqual({
      id: expect.stringMatching(/^org_/),
      name: 'Acme',
      role: who === 'ada' ? 'member' : 'guest',
    });
  expect(await seat(here, 'root')('get_organization')).toMatchObject({
    counts: { members: 2, guests: 1, suspended: 1, teams: 1, workspaces: 2, invitations: 0 },
    sso: { protocol: 'oidc', issuer: 'https://id.acme.test', client_id: 'postern', required: true },
  });
});

test('its admins change name, description and avatar; nobody else does (ORG-2, 004-16, 003-16)', async () => {
  const here = await office(told);
  const to = { name: 'Acme Two', description: 'Makes everything.', avatar: 'https://acme.test/a.png' };
  expect(await seat(here, 'root')('update_organization', to)).toMatchObject(to);
  expect(await lastOf(here)).toMatchObject({ action: 'organization.edit', before: { name: 'Acme' }, after: to });
  expect(await seat(here, 'root')('update_organization', { description: null })).toMatchObject({ name: 'Acme Two' });
  for (const who of ['ada', 'gus'])
    expect(await seat(here, who)('update_organization', to), who).toMatchObject(code('permission_denied'));
});

describe('domains', () => {
  const records = new Map<string, string[] | Error>();
  const product = openPostern({
    app: served,
    outdoors: {
      txt: async (name) => {
        const found = records.get(name) ?? [];
        if (found instanceof Error) throw found;
        return found;
      },
    },
  });
  afterAll(async () => (await product).close());
  const session = async (here: Awaited<ReturnType<typeof office>>, who: string) =>
    (await product).admit(await here.key(who));

  test('are claimed by admins, and proven by a TXT record at a stated name; a lost record unproves them (ORG-2, 004-19)', async () => {
    const here = await office(told);
    const root = seat(here, 'root');
    const claimed = await root('claim_domain', { name: 'Acme.Example' });
    expect(claimed).toMatchObject({
      name: 'acme.example',
      proven: false,
      record: { type: 'TXT', name: '_postern.acme.example', value: expect.stringMatching(/^postern-verify=.{20,}$/) },
    });
    expect(await root('claim_domain', { name: 'acme.example' }), 'once').toEqual(claimed);
    for (const who of ['ada', 'gus']) {
      expect(await seat(here, who)('claim_domain', { name: 'x.example' })).toMatchObject(code('permission_denied'));
      expect(await seat(here, who)('list_domains')).toMatchObject(code('permission_denied'));
    }
    const { perform } = await session(here, 'root');
    const verify = () => perform(operations.verify_domain, { domain: 'acme.example' });
    await expect(verify()).rejects.toMatchObject({
      code: 'conflict',
      details: { current: { record: claimed.record } },
    });
    records.set(claimed.record.name, ['v=spf1 -all', claimed.record.value]);
    expect(await verify()).toMatchObject({ id: claimed.id, proven: true, proven_at: expect.any(String) });
    expect(await lastOf(here)).toMatchObject({
      action: 'domain.change',
      after: { domain: 'acme.example', proven: true },
    });
    records.set(claimed.record.name, new Error('timeout'));
    await expect(verify(), 'nobody can tell').rejects.toMatchObject({ code: 'conflict' });
    expect((await root('list_domains')).items).toMatchObject([{ proven: true }]);
    records.delete(claimed.record.name);
    expect(await verify()).toMatchObject({ proven: false });
  });

  test('that another organization has proven are not told whose; a workspace’s own are its admins’ (EXT-12, WS-6, 004-25)', async () => {
    const [here, there] = [await office(told), await office(told)];
    const claim = async (it: typeof here, who: string, args: object) => {
      const { perform } = await session(it, who);
      const made = (await perform(operations.claim_domain, { name: 'shared.example', ...args })) as {
        record: { name: string; value: string };
      };
      return { ...made, verify: () => perform(operations.verify_domain, { domain: 'shared.example', ...args }) };
    };
    const [first, second] = [await claim(here, 'root', {}), await claim(there, 'ada', { workspace: 'growth' })];
    records.set(first.record.name, [first.record.value, second.record.value]);
    expect(await first.verify()).toMatchObject({ proven: true });
    const refused = await second.verify().catch((problem: unknown) => problem);
    expect(refused).toMatchObject({ code: 'conflict' });
    expect(JSON.stringify(refused)).not.toMatch(/Acme|org_/);
    expect((await seat(there, 'ada')('list_domains', { workspace: 'growth' })).items).toMatchObject([
      { name: 'shared.example', proven: false },
    ]);
    expect(await seat(there, 'gus')('list_domains', { workspace: 'growth' })).toMatchObject(code('permission_denied'));
    expect(await seat(there, 'root')('list_domains', { workspace: 'growth' })).toMatchObject(code('not_found'));
    expect((await overriding(there, 'root')('list_domains', { workspace: 'growth' })).items).toHaveLength(1);
    expect((await seat(there, 'root')('list_domains')).items).toEqual([]);
    expect(await seat(there, 'ada')('verify_domain', { domain: 'none.example', workspace: 'growth' })).toMatchObject(
      code('not_found'),
    );
  });

  test('serve once they are proven to be a workspace’s own, and nothing before or after (WS-6, 004-25)', async () => {
    const here = await office(told);
    const { perform } = await session(here, 'ada');
    const service = serviceOn(await product, { log: { error: () => {}, debug: () => {} } });
    const served = async (host: string) =>
      (await service.fetch(new Request('http://localhost/healthz', { headers: { host } }))).status;
    const claimed = (await perform(operations.claim_domain, { name: 'flows.example', workspace: 'growth' })) as {
      record: { name: string; value: string };
    };
    expect(await served('flows.example')).toBe(403);
    records.set(claimed.record.name, [claimed.record.value]);
    await perform(operations.verify_domain, { domain: 'flows.example', workspace: 'growth' });
    expect(await served('Flows.example:8410')).toBe(200);
    expect(await served('other.example')).toBe(403);
    records.delete(claimed.record.name);
    await perform(operations.verify_domain, { domain: 'flows.example', workspace: 'growth' });
    expect(await served('flows.example')).toBe(403);
    await service.close();
  });

  test('are host names', async () => {
    const here = await office(told);
    for (const name of ['localhost', '-a.example', 'a..example', 'a.example/x', '1.2.3.4', 'ä.example'])
      expect(await seat(here, 'root')('claim_domain', { name }), name).toMatchObject(code('invalid_argument'));
  });
});

test('billing and deleting the organization are no operations of a key, whatever it bears (ORG-7, ORG-9, section 14, 003-12, 003-15)', async () => {
  const here = await office(told);
  const session = await here.session('root', { scopes: ['admin', 'override', 'read', 'audit'] });
  for (const operation of Object.values(officeOperations))
    await expect(session.perform(operation, { name: 'Acme' })).rejects.toMatchObject({
      code: 'not_found',
      message: `There is no operation ${operation.name}.`,
    });
  const { tools } = await (
    await here.seated(await here.key('root'), 'toolsets=people,organization')
  ).client.listTools();
  expect(tools.map(({ name }) => name).join()).not.toMatch(/billing|delete_organization/);
});
