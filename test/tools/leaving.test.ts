import { describe, expect, test } from 'vitest';
import { confirmed, office } from '../support/office.ts';
import { count, owners, remove, told } from '../support/removing.ts';
import { code } from '../support/requesting.ts';
import { seat } from '../support/seats.ts';

describe('leaving', () => {
  test('the organization is removing oneself: previewed, and the key ends with it (ORG-9, 003-9)', async () => {
    const here = await office(told);
    const bo = seat(here, 'bo');
    expect(await bo('leave_organization'), 'the only owner of something').toMatchObject({
      error: { code: 'conflict', candidates: [{ name: 'club' }, { name: 'finance' }] },
    });
    const { confirm } = await bo('leave_organization', { successor: here.email('cy') });
    expect(await bo('whoami')).toMatchObject({ person: { email: here.email('bo') } });
    expect(await bo('leave_organization', { successor: here.email('cy'), confirm })).toMatchObject({
      removed: here.id('bo'),
    });
    await expect(bo('whoami')).rejects.toThrow(/401|ended/);
    expect(await owners(here)).toMatchObject({ draft: 'cy', ledger: 'cy', trial: null });
    const amy = seat(here, 'amy');
    expect(
      await confirmed(amy, 'leave_organization', { successor: here.email('dee') }),
      'an admin who is not the last',
    ).toMatchObject({
      removed: here.id('amy'),
    });
  });

  test('a workspace, or being removed from it, is the same within it (WS-9, 004-23)', async () => {
    const here = await office(told);
    const own = (wish: object) => ({ workspace: 'growth', ...wish });
    expect(await remove(here, 'ada', own({ id: here.id('bo'), successor: here.email('dee') }))).toMatchObject({
      removed: here.id('bo'),
      workspace: here.id('growth'),
    });
    expect(await owners(here), 'dee has no capability there').toMatchObject({
      draft: null,
      plan: null,
      ledger: 'bo',
      given: 'null by bo',
    });
    expect(await count(here, 'workspace_member')).toBe(2);
    expect(await count(here, 'membership')).toBe(3);
    expect(await count(here, 'access_grant', 'principal_id')).toBe(0);
    expect((await here.sql('select status from access_request where id = $1', [here.uuid('plea')]))[0]).toEqual({
      status: 'cancelled',
    });
    expect(await seat(here, 'bo')('whoami')).toMatchObject({ workspaces: [{ name: 'finance' }, { name: 'lab' }] });

    expect(await remove(here, 'cy', own({ id: here.email('cy') })), 'oneself').toMatchObject({
      removed: here.id('cy'),
    });
    expect(await remove(here, 'dee', own({ id: here.id('ada') }))).toMatchObject(code('permission_denied'));
    expect(await seat(here, 'ada')('remove_member', own({ id: here.id('ada') }))).toMatchObject(code('conflict'));
    expect(await remove(here, 'ada', own({ id: here.id('bo') })), 'not in it any more').toMatchObject(
      code('invalid_argument'),
    );
  });

  test('who is in by a team too is told to be in still; a team is taken out by itself (WS-9, TEAM-5, 004-24)', async () => {
    const here = await office({
      ...told,
      workspaces: { growth: { ada: 'owner', bo: 'viewer', crew: 'creator' } },
      projects: {},
      workflows: {},
      requests: {},
    });
    expect(await remove(here, 'ada', { id: here.id('bo'), workspace: 'growth' })).toMatchObject({
      still: ['team:crew'],
    });
    expect(await remove(here, 'ada', { id: here.id('bo'), workspace: 'growth' })).toMatchObject(code('conflict'));
    expect(await remove(here, 'ada', { id: 'team:crew', workspace: 'growth' })).toMatchObject({
      removed: here.id('crew'),
    });
    expect(await seat(here, 'bo')('whoami')).toMatchObject({ workspaces: [] });
  });
});

describe('suspending (ORG-12)', () => {
  test('ends credentials at once and for good, and nothing else; restoring lets them in again with a new key (ORG-12)', async () => {
    const here = await office(told);
    const bo = seat(here, 'bo');
    await bo('whoami');
    const set = (status: string) =>
      confirmed(seat(here, 'root'), 'set_member_status', { id: here.email('bo'), status });
    expect(await set('suspended')).toMatchObject({ status: 'suspended' });
    await expect(bo('whoami')).rejects.toThrow(/401|ended/);
    expect(await count(here, 'workspace_member')).toBe(3);
    expect(await owners(here)).toMatchObject({ draft: 'bo' });
    expect(await set('active')).toMatchObject({ status: 'active' });
    await expect(bo('whoami')).rejects.toThrow(/401|ended/);
    expect(await here.as('bo', { name: 'new' })('open_workflow', { id: here.id('draft') })).toMatchObject({
      owner: here.email('bo'),
    });
  });

  test('is an admin’s, and not of the last active one (ORG-12, ORG-2)', async () => {
    const here = await office({ people: { root: 'admin', ada: 'member' } });
    const suspend = (who: string, whom: string) =>
      seat(here, who)('set_member_status', { id: here.id(whom), status: 'suspended' });
    expect(await suspend('ada', 'root')).toMatchObject(code('permission_denied'));
    expect(await suspend('root', 'root')).toMatchObject(code('permission_denied'));
  });
});
