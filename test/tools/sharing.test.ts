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
const inAWhile = (ms = 3_600_000) => new Date(Date.now() + ms).toISOString();

describe('share_resource', () => {
  test('sharing a private workflow makes it shared, and a person, a group and a team get in by it at once (VIS-3, GRP-4, TEAM-5, 002-1, 002-3, 002-4)', async () => {
    const here = await office(told);
    const [bo, cy, dee] = [here.as('bo'), here.as('cy'), here.as('dee')];
    const id = here.id('plan');
    expect(await cy('open_workflow', { id })).toMatchObject(refused('not_found'));
    expect(await bo('share_resource', { id, with: 'group:Marketing', role: 'viewer' })).toEqual({
      id,
      visibility: 'shared',
      granted: { with: here.id('marketing'), name: 'marketing', role: 'viewer' },
    });
    expect(await cy('open_workflow', { id })).toMatchObject({ access: 'viewer', via: 'group:marketing' });
    expect(await bo('share_resource', { id, with: `team:${here.id('launch')}`, role: 'editor' })).toMatchObject({
      granted: { name: 'launch', role: 'editor' },
    });
    expect(await cy('edit_workflow', { id, revision: 1, name: 'by a team' })).toMatchObject({
      access: 'editor',
      via: 'team:launch',
    });
    expect(await bo('share_resource', { id, with: 'person:DEE@acme.test', role: 'viewer' })).toMatchObject({
      granted: { with: here.id('dee'), name: 'dee@acme.test' },
    });
    expect(await dee('open_workflow', { id })).toMatchObject({ access: 'viewer', via: 'grant' });
  });

  test('the highest of all paths counts, whatever it comes by (DEC-1, 002-11, 002-8, 002-9)', async () => {
    const here = await office(told);
    const [bo, cy] = [here.as('bo'), here.as('cy')];
    const id = here.id('plan');
    await bo('share_resource', { id, with: 'person:cy@acme.test', role: 'viewer' });
    await bo('share_resource', { id, with: 'group:marketing', role: 'editor' });
    expect(await cy('open_workflow', { id })).toMatchObject({ access: 'editor', via: 'group:marketing' });
    await bo('unshare_resource', { id, with: 'group:marketing' });
    expect(await cy('open_workflow', { id })).toMatchObject({ access: 'viewer', via: 'grant' });
  });

  test('sharing again never lowers nor shortens: as high and as long stays, what can’t be said in one grant is a conflict (section 14)', async () => {
    const here = await office(told);
    const bo = here.as('bo');
    const share = (role: string, expires_at?: string) =>
      bo('share_resource', {
        id: here.id('plan'),
        with: 'person:cy@acme.test',
        role,
        ...(expires_at && { expires_at }),
      });
    const late = inAWhile(9_000_000);
    expect(await share('editor', inAWhile())).toHaveProperty('granted.expires_at');
    expect(await share('viewer', inAWhile(60_000))).toMatchObject({ granted: { role: 'editor' } });
    expect(await share('editor', late)).toMatchObject({ granted: { role: 'editor', expires_at: late } });
    const forever = (await share('editor')).granted;
    expect(forever).toMatchObject({ role: 'editor' });
    expect(forever).not.toHaveProperty('expires_at');
    expect(await share('viewer')).toMatchObject({ granted: forever });
    await bo('unshare_resource', { id: here.id('plan'), with: 'person:cy@acme.test' });
    await share('viewer');
    expect(await share('editor', inAWhile())).toMatchObject(refused('conflict'));
    expect(await here.as('cy')('open_workflow', { id: here.id('plan') })).toMatchObject({ access: 'viewer' });
  });

  test('a lower grant without an end takes nothing from a higher one with an end: conflict, and the grant is as it was (section 14)', async () => {
    const until = inAWhile(9_000_000);
    const here = await office({
      ...told,
      workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: { level: 'editor', until: new Date(until) } } } },
    });
    const share = (role: string, expires_at?: string) =>
      here.as('bo')('share_resource', {
        id: here.id('plan'),
        with: 'person:cy@acme.test',
        role,
        ...(expires_at && { expires_at }),
      });
    for (const longer of [undefined, inAWhile(99_000_000)]) {
      expect(await share('viewer', longer)).toMatchObject(refused('conflict'));
      expect(
        await here.sql('select level, expires_at from access_grant where resource_id = $1', [here.uuid('plan')]),
      ).toEqual([{ level: 'editor', expires_at: new Date(until) }]);
    }
    expect(await here.as('cy')('open_workflow', { id: here.id('plan') })).toMatchObject({ access: 'editor' });
    expect(await share('editor')).toMatchObject({ granted: { role: 'editor' } });
  });

  test('with its owner nothing is shared, unless they have left the workspace, where owning opens nothing (VIS-1, DEC-2, section 14)', async () => {
    const here = await office(told);
    const id = here.id('plan');
    const own = { id, with: 'person:bo@acme.test', role: 'viewer' };
    expect(await here.as('bo')('share_resource', own)).toMatchObject(refused('already_has_access'));
    expect(await here.as('bo')('get_access', { id })).toMatchObject({ visibility: 'private', grants: [] });
    await here.sql('delete from workspace_member where organization_id = $1 and person_id = $2', [
      here.organization,
      here.uuid('bo'),
    ]);
    const ada = here.as('ada', { scopes: ['read', 'share', 'override'] });
    expect(await ada('share_resource', own)).toMatchObject({ granted: { role: 'viewer' } });
    expect(await here.as('bo')('open_workflow', { id })).toMatchObject({ access: 'viewer', via: 'grant' });
  });

  test('an end in the past is refused; from its instant a grant opens nothing (DEC-4)', async () => {
    const here = await office(told);
    const [bo, cy] = [here.as('bo'), here.as('cy')];
    const share = (expires_at: string) =>
      bo('share_resource', { id: here.id('plan'), with: 'person:cy@acme.test', role: 'viewer', expires_at });
    expect(await share(new Date(Date.now() - 1000).toISOString())).toMatchObject(
      refused('invalid_argument', { pointer: '/expires_at' }),
    );
    expect(await share(inAWhile())).toHaveProperty('granted');
    expect(await cy('open_workflow', { id: here.id('plan') })).toMatchObject({ access: 'viewer' });
    await here.sql('update access_grant set expires_at = statement_timestamp() where resource_id = $1', [
      here.uuid('plan'),
    ]);
    expect(await cy('open_workflow', { id: here.id('plan') })).toMatchObject(refused('not_found'));
  });

  test('an editor shares nothing; an owner without the capability unshares and transfers, and shares no more (DEC-9, DEC-3)', async () => {
    const here = await office({
      ...told,
      workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: 'editor', dee: 'viewer' } } },
    });
    const id = here.id('plan');
    expect(await here.as('cy')('share_resource', { id, with: 'person:cy@acme.test', role: 'editor' })).toMatchObject(
      refused('permission_denied'),
    );
    expect(await here.as('cy')('get_access', { id })).toMatchObject(
      refused('permission_denied', { advice: expect.stringMatching(/^Ask its owner, whom opening it names/) }),
    );
    await here.sql(`insert into capability_switch values ($1, $2, $3, 'flows_manager', false)`, [
      here.organization,
      here.uuid('bo'),
      here.uuid('growth'),
    ]);
    const bo = here.as('bo');
    const denied = refused('permission_denied', { message: expect.stringMatching(/flows_manager/) });
    expect(await bo('share_resource', { id, with: 'person:ada@acme.test', role: 'viewer' })).toMatchObject(denied);
    expect(await bo('edit_workflow', { id, revision: 1, name: 'x' })).toMatchObject(denied);
    expect(await bo('delete_workflow', { id })).toMatchObject(denied);
    for (const organization_owned of [true, false, undefined])
      expect(
        await bo('set_visibility', {
          id,
          visibility: 'everyone',
          ...(organization_owned !== undefined && { organization_owned }),
        }),
        'however it is said',
      ).toMatchObject(denied);
    expect(await bo('unshare_resource', { id, with: 'person:dee@acme.test' })).toMatchObject({ removed: true });
    expect(await confirmed(bo, 'set_visibility', { id, visibility: 'private' })).toMatchObject({
      visibility: 'private',
    });
    expect(await confirmed(bo, 'transfer_ownership', { id, to: 'cy@acme.test' })).toMatchObject({
      owner: 'cy@acme.test',
    });
  });
});

describe('unshare_resource', () => {
  test('the owner takes a grant back and is told which paths are left; anyone drops their own (DEC-9)', async () => {
    const here = await office({
      ...told,
      workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: 'editor', dee: 'viewer', marketing: 'viewer' } } },
    });
    const id = here.id('plan');
    expect(await here.as('bo')('unshare_resource', { id, with: 'person:cy@acme.test' })).toEqual({
      id,
      removed: true,
      still: ['group:marketing'],
    });
    expect(await here.as('bo')('unshare_resource', { id, with: 'person:cy@acme.test' })).toEqual({
      id,
      removed: false,
      still: ['group:marketing'],
    });
    expect(await here.as('dee')('unshare_resource', { id, with: 'group:marketing' })).toMatchObject(
      refused('permission_denied'),
    );
    expect(await here.as('dee')('unshare_resource', { id, with: 'person:cy@acme.test' })).toMatchObject(
      refused('permission_denied'),
    );
    expect(await here.as('dee')('unshare_resource', { id, with: 'person:dee@acme.test' })).toEqual({
      id,
      removed: true,
    });
    expect(await here.as('dee')('open_workflow', { id })).toMatchObject({ via: 'group:marketing' });
  });
});
