import { expect, test } from 'vitest';
import { type Kind, kinds } from '../../src/terms/kinds.ts';
import { type Call, confirmed, office } from '../support/office.ts';

const code = (code: string) => ({ error: expect.objectContaining({ code }) });

test.each(Object.keys(kinds) as Kind[])(
  'a resource of the kind %s is shared, asked for, given to the organization, taken back and handed over by the same rules (OWN-4, VIS-1, 000-3, 000-4, 000-5, 000-6, 000-7, 000-8, 000-9, 000-10, 000-11, 000-12, 000-13, 000-14, 000-17, 000-18, 000-19, 002-2, 002-10)',
  async (kind) => {
    const here = await office({
      people: { bo: 'member', cy: 'member', dee: 'member' },
      workspaces: { growth: { bo: 'creator', cy: 'creator', dee: 'viewer' } },
      groups: { crew: ['dee'] },
      resources: { it: { kind, in: 'growth', owner: 'bo' } },
    });
    const how = { query: 'toolsets=resources,sharing,workflows' };
    const [bo, cy, dee] = [here.as('bo', how), here.as('cy', how), here.as('dee', how)];
    const id = here.id('it');
    const listed = async (call: Call) =>
      (await call('list_resources', { kind })).items.map(({ owner, visibility, access }: Record<string, string>) => [
        owner,
        visibility,
        access,
      ]);
    expect(await listed(bo)).toEqual([['bo@acme.test', 'private', 'owner']]);
    expect(await cy('explain_access', { id })).toMatchObject(code('not_found'));

    expect(await bo('share_resource', { id, with: 'group:crew', role: 'viewer' })).toMatchObject({
      visibility: 'shared',
    });
    expect(await dee('explain_access', { id })).toMatchObject({ access: 'viewer', paths: [{ via: 'group:crew' }] });
    const asked = await cy('request_access', { id });
    expect(asked).toMatchObject({ status: 'pending', resource: { id } });
    expect(
      (await bo('decide_access_requests', { decisions: [{ id: asked.id, decision: 'approve' }] })).outcomes,
    ).toMatchObject([{ status: 'approved' }]);
    expect(await cy('explain_access', { id })).toMatchObject({ access: 'editor' });

    expect(
      await confirmed(bo, 'set_visibility', { id, visibility: 'everyone', organization_owned: true }),
    ).toMatchObject({
      owner: 'organization',
      visibility: 'everyone',
    });
    const [sharers, viewers] = [await listed(cy), await listed(dee)];
    expect(sharers).toEqual([['organization', 'everyone', 'editor']]);
    expect(viewers).toEqual([['organization', 'everyone', 'viewer']]);
    expect(await cy('edit_resource', { id, revision: 1, name: 'Edited by cy' })).toMatchObject({ revision: 2 });
    expect((await cy('list_revisions', { id })).items).toMatchObject([{ by: 'cy@acme.test' }, { revision: 1 }]);
    expect((await bo('get_access', { id })).error).toMatchObject({ code: 'permission_denied' });
    expect(await confirmed(bo, 'set_visibility', { id, visibility: 'private' })).toMatchObject({
      owner: 'bo@acme.test',
      visibility: 'private',
    });
    for (const call of [cy, dee]) {
      expect(await call('explain_access', { id })).toMatchObject(code('not_found'));
      expect(await listed(call)).toEqual([]);
    }
    expect(await listed(bo)).toEqual([['bo@acme.test', 'private', 'owner']]);
    expect(await confirmed(bo, 'transfer_ownership', { id, to: 'cy@acme.test' })).toEqual({
      id,
      owner: 'cy@acme.test',
    });
    expect(await bo('transfer_ownership', { id, to: 'bo@acme.test' })).toMatchObject(code('not_found'));
    expect(await cy('get_access', { id })).toMatchObject({ owner: 'cy@acme.test', grants: [] });
  },
);

test('each kind is capped by its own capability, on every path (DEC-3, WS-4, 004-33, 004-34)', async () => {
  const here = await office({
    people: { bo: 'member', cy: 'member' },
    workspaces: { growth: { bo: 'owner', cy: 'viewer' } },
    switches: { growth: { cy: { brand_kits_manager: true } } },
    resources: {
      kit: { kind: 'brand_kit', in: 'growth', owner: 'bo', visibility: 'everyone' },
      widget: { kind: 'chat_widget', in: 'growth', owner: 'bo', grants: { cy: 'editor' } },
    },
  });
  const access = async (name: string) => (await here.as('cy')('explain_access', { id: here.id(name) })).access;
  expect([await access('kit'), await access('widget')]).toEqual(['editor', 'viewer']);
});

test('being in a project opens nothing private or shared in it; a restricted one keeps everyone’s to its own, no higher than they are there (WS-7, 001-30)', async () => {
  const here = await office({
    people: { bo: 'member', cy: 'member', dee: 'member' },
    workspaces: { growth: { bo: 'owner', cy: 'creator', dee: 'creator' } },
    projects: { vault: { in: 'growth', people: { cy: 'editor' } }, stage: { in: 'growth', people: { cy: 'viewer' } } },
    workflows: {
      own: { in: 'growth', owner: 'bo', project: 'vault' },
      lent: { in: 'growth', owner: 'bo', project: 'vault', grants: { dee: 'viewer' } },
      all: { in: 'growth', owner: 'bo', project: 'vault', visibility: 'everyone' },
      seen: { in: 'growth', owner: 'bo', project: 'stage', visibility: 'everyone' },
    },
  });
  const access = async (who: string) =>
    Object.fromEntries(
      await Promise.all(
        ['own', 'lent', 'all', 'seen'].map(async (name) => {
          const { access: level, error } = await here.as(who)('open_workflow', { id: here.id(name) });
          return [name, level ?? error.code];
        }),
      ),
    );
  expect(await access('cy')).toEqual({ own: 'not_found', lent: 'not_found', all: 'editor', seen: 'viewer' });
  expect(await access('dee')).toEqual({ own: 'not_found', lent: 'viewer', all: 'not_found', seen: 'not_found' });
  const { items } = await here.as('cy')('list_workflows', { project: here.id('vault') });
  expect(items.map(({ name }: { name: string }) => name)).toEqual(['all']);
});
