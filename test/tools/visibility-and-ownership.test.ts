import { describe, expect, test } from 'vitest';
import { confirmed, office } from '../support/office.ts';

const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', gus: 'guest' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'creator', dee: 'viewer' } },
  groups: { marketing: ['cy', 'dee'] },
  teams: { launch: ['cy'] },
  workflows: { plan: { in: 'growth', owner: 'bo' } },
} as const;
const refused = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });

describe('set_visibility', () => {
  test('owner and, by override, the workspace’s admins change the level; nobody else does (VIS-2, 001-7, 001-32)', async () => {
    const here = await office({
      ...told,
      workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: 'editor' } } },
    });
    const id = here.id('plan');
    expect(await here.as('cy')('set_visibility', { id, visibility: 'everyone' })).toMatchObject(
      refused('permission_denied'),
    );
    expect(await here.as('ada')('set_visibility', { id, visibility: 'everyone' })).toMatchObject(refused('not_found'));
    expect(
      await confirmed(here.as('ada', { scopes: ['read', 'share', 'override'] }), 'set_visibility', {
        id,
        visibility: 'everyone',
      }),
    ).toMatchObject({ visibility: 'everyone', everyone_role: 'editor' });
    expect(await here.as('dee')('open_workflow', { id })).toMatchObject({ via: 'everyone', access: 'viewer' });
    expect(
      await confirmed(here.as('bo'), 'set_visibility', { id, visibility: 'everyone', everyone_role: 'viewer' }),
    ).toMatchObject({ everyone_role: 'viewer' });
    expect(await here.as('cy')('open_workflow', { id })).toMatchObject({ via: 'grant', access: 'editor' });
  });

  test('everyone is anyone in the workspace, at once, and nobody outside of it (VIS-2, VIS-4, 001-4, 001-9)', async () => {
    const here = await office({ ...told, workspaces: { growth: told.workspaces.growth, other: { gus: 'viewer' } } });
    const id = here.id('plan');
    expect(await here.as('cy')('open_workflow', { id })).toMatchObject(refused('not_found'));
    await confirmed(here.as('bo'), 'set_visibility', { id, visibility: 'everyone' });
    expect(await here.as('cy')('edit_workflow', { id, revision: 1, name: 'x' })).toMatchObject({
      access: 'editor',
      via: 'everyone',
    });
    for (const who of ['gus', 'root'])
      expect(await here.as(who)('open_workflow', { id })).toMatchObject(refused('not_found'));
  });

  test('private again drops the grants, and the preview says who would lose access (VIS-3, 001-3)', async () => {
    const here = await office({
      ...told,
      workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: 'editor', marketing: 'viewer' } } },
    });
    const bo = here.as('bo');
    const id = here.id('plan');
    const { preview, confirm } = await bo('set_visibility', { id, visibility: 'private' });
    expect(preview).toMatchObject({
      from: { visibility: 'shared' },
      to: { visibility: 'private' },
      gains: { total: 0 },
      loses: { total: 2, people: [{ person: 'cy@acme.test' }, { person: 'dee@acme.test' }] },
    });
    expect(await here.as('cy')('open_workflow', { id }), 'nothing has happened').toMatchObject({ access: 'editor' });
    expect(await bo('set_visibility', { id, visibility: 'private', confirm })).toMatchObject({ visibility: 'private' });
    expect(await here.as('cy')('open_workflow', { id })).toMatchObject(refused('not_found'));
    await confirmed(bo, 'set_visibility', { id, visibility: 'shared' });
    expect(await here.as('cy')('open_workflow', { id }), 'a grant that was dropped is gone').toMatchObject(
      refused('not_found'),
    );
  });

  test('shared with the organization is everyone’s, with editor, and the organization’s, all at once (OWN-1, 000-4, 000-5, 000-13)', async () => {
    const here = await office(told);
    const id = here.id('plan');
    expect(
      await confirmed(here.as('bo'), 'set_visibility', { id, visibility: 'everyone', organization_owned: true }),
    ).toEqual({ id, visibility: 'everyone', everyone_role: 'editor', owner: 'organization' });
    expect(await here.as('cy')('edit_workflow', { id, revision: 1, name: 'ours' })).toMatchObject({
      owner: 'organization',
      access: 'editor',
    });
    for (const args of [
      { visibility: 'shared', organization_owned: true },
      { visibility: 'everyone', everyone_role: 'viewer', organization_owned: true },
      { visibility: 'shared', everyone_role: 'viewer' },
    ])
      expect(await here.as('bo')('set_visibility', { id, ...args })).toMatchObject(refused('invalid_argument'));
  });

  test('who shared it takes it back: it is private and theirs, and everyone else loses it; nobody else may (OWN-2, 000-6, 000-7, 000-8, 000-9, 000-10, 000-14, 000-18)', async () => {
    const here = await office(told);
    const id = here.id('plan');
    await confirmed(here.as('bo'), 'set_visibility', { id, visibility: 'everyone', organization_owned: true });
    expect(await here.as('cy')('set_visibility', { id, visibility: 'private' })).toMatchObject(
      refused('permission_denied'),
    );
    const { preview } = await here.as('bo')('set_visibility', { id, visibility: 'private' });
    expect(preview.loses.people.map(({ person }: { person: string }) => person).sort()).toEqual([
      'cy@acme.test',
      'dee@acme.test',
    ]);
    expect(await confirmed(here.as('bo'), 'set_visibility', { id, visibility: 'private' })).toEqual({
      id,
      visibility: 'private',
      owner: 'bo@acme.test',
    });
    expect(await here.as('cy')('open_workflow', { id })).toMatchObject(refused('not_found'));
    expect(await here.as('bo')('edit_workflow', { id, revision: 1, name: 'mine' })).toMatchObject({
      access: 'owner',
      via: 'owner',
    });
  });

  test('any editor takes back where the workspace says so, with the capability and a place; it is theirs then (OWN-2, 000-10)', async () => {
    const here = await office({
      ...told,
      anyEditorTakesBack: ['growth'],
      workflows: { plan: { in: 'growth', owner: null, givenBy: 'bo', visibility: 'everyone' } },
    });
    const id = here.id('plan');
    expect(await here.as('dee')('set_visibility', { id, visibility: 'private' })).toMatchObject(
      refused('permission_denied'),
    );
    expect(await confirmed(here.as('cy'), 'set_visibility', { id, visibility: 'private' })).toMatchObject({
      owner: 'cy@acme.test',
      visibility: 'private',
    });
    expect(await here.as('bo')('open_workflow', { id })).toMatchObject(refused('not_found'));
  });

  test('an override takes back only for who is in the workspace and may create there (OWN-2)', async () => {
    const here = await office({
      ...told,
      switches: { growth: { ada: { flows_manager: false } } },
      workflows: { plan: { in: 'growth', owner: null, givenBy: 'bo', visibility: 'everyone' } },
    });
    const id = here.id('plan');
    for (const who of ['root', 'ada'])
      expect(
        await here.as(who, { scopes: ['read', 'share', 'override'] })('set_visibility', { id, visibility: 'private' }),
      ).toMatchObject(refused('permission_denied', { message: expect.stringMatching(/OWN-2/) }));
    await here.sql('delete from capability_switch where organization_id = $1', [here.organization]);
    expect(
      await confirmed(here.as('ada', { scopes: ['read', 'share', 'override'] }), 'set_visibility', {
        id,
        visibility: 'private',
      }),
    ).toMatchObject({ owner: 'ada@acme.test' });
  });

  test('what its owner left is not taken back but handed over (OWN-3)', async () => {
    const here = await office({ ...told, workflows: { plan: { in: 'growth', owner: null, visibility: 'everyone' } } });
    const id = here.id('plan');
    const ada = here.as('ada', { scopes: ['read', 'share', 'override'] });
    expect(await here.as('bo')('set_visibility', { id, visibility: 'private' })).toMatchObject(
      refused('permission_denied'),
    );
    expect(await ada('set_visibility', { id, visibility: 'private' })).toMatchObject(
      refused('permission_denied', { advice: expect.stringMatching(/transfer_ownership/) }),
    );
    expect(await confirmed(ada, 'transfer_ownership', { id, to: 'cy@acme.test' })).toMatchObject({
      owner: 'cy@acme.test',
    });
    expect(await here.as('cy')('open_workflow', { id })).toMatchObject({ access: 'owner', visibility: 'everyone' });
  });

  test('sharing it anew makes nobody its sharer, so that what its owner left stays the organization’s (OWN-3)', async () => {
    const here = await office({ ...told, workflows: { plan: { in: 'growth', owner: null, visibility: 'everyone' } } });
    const id = here.id('plan');
    const ada = here.as('ada', { scopes: ['read', 'share', 'override'] });
    await confirmed(ada, 'set_visibility', { id, visibility: 'everyone', organization_owned: true });
    expect(await ada('set_visibility', { id, visibility: 'private' })).toMatchObject(
      refused('permission_denied', { message: expect.stringMatching(/owner left/) }),
    );
  });

  test('what the organization owns is not lowered but taken back: not to shared, nor to viewers (OWN-1)', async () => {
    const here = await office({
      ...told,
      workflows: { plan: { in: 'growth', owner: null, givenBy: 'bo', visibility: 'everyone' } },
    });
    const id = here.id('plan');
    const ada = here.as('ada', { scopes: ['read', 'share', 'override'] });
    for (const args of [
      { visibility: 'shared' },
      { visibility: 'everyone', everyone_role: 'viewer' },
      { visibility: 'everyone', organization_owned: false },
    ])
      expect(await ada('set_visibility', { id, ...args })).toMatchObject(
        refused('invalid_argument', { pointer: '/visibility' }),
      );
  });
});

describe('transfer_ownership', () => {
  test('it goes to someone in the workspace who may create there; the old owner keeps nothing unless told (OWN-3)', async () => {
    const here = await office(told);
    const id = here.id('plan');
    const bo = here.as('bo');
    for (const to of ['dee@acme.test', 'root@acme.test'])
      expect(await bo('transfer_ownership', { id, to })).toMatchObject(refused('invalid_argument', { pointer: '/to' }));
    expect(await bo('transfer_ownership', { id, to: 'bo@acme.test' })).toMatchObject(
      refused('invalid_argument', { pointer: '/to' }),
    );
    expect(await confirmed(bo, 'transfer_ownership', { id, to: 'cy@acme.test', keep: 'editor' })).toEqual({
      id,
      owner: 'cy@acme.test',
      access: 'editor',
    });
    expect(await confirmed(here.as('cy'), 'transfer_ownership', { id, to: 'bo@acme.test' })).toEqual({
      id,
      owner: 'bo@acme.test',
    });
    expect(await here.as('cy')('open_workflow', { id })).toMatchObject(refused('not_found'));
    expect(
      await confirmed(bo, 'transfer_ownership', { id, to: 'cy@acme.test' }),
      'not even by a grant from before',
    ).toEqual({ id, owner: 'cy@acme.test' });
    expect(await bo('open_workflow', { id })).toMatchObject(refused('not_found'));
  });

  test('an editor hands nothing over, and nobody takes another’s for themself without override (DEC-9, EXT-10)', async () => {
    const here = await office({
      ...told,
      workflows: {
        plan: { in: 'growth', owner: 'bo', grants: { cy: 'editor', ada: 'editor' } },
        quiet: { in: 'growth', owner: 'bo' },
      },
    });
    for (const who of ['cy', 'ada']) {
      expect(await here.as(who)('transfer_ownership', { id: here.id('plan'), to: `${who}@acme.test` })).toMatchObject(
        refused('permission_denied'),
      );
      expect(await here.as(who)('transfer_ownership', { id: here.id('quiet'), to: `${who}@acme.test` })).toMatchObject(
        refused('not_found'),
      );
    }
  });

  test('who waits for access and becomes the owner has it: their request is approved by it (REQ-6)', async () => {
    const here = await office({ ...told, requests: { wish: { by: 'cy', for: 'plan' } } });
    await confirmed(here.as('bo'), 'transfer_ownership', { id: here.id('plan'), to: 'cy@acme.test' });
    expect(await here.as('cy')('list_access_requests', { box: 'sent' })).toMatchObject({
      items: [{ id: here.id('wish'), status: 'approved' }],
    });
  });
});
