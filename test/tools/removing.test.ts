import { describe, expect, test } from 'vitest';
import { entries } from '../support/logged.ts';
import { confirmed, office } from '../support/office.ts';
import { count, type Here, owners, remove, told } from '../support/removing.ts';
import { code } from '../support/requesting.ts';
import { overriding, seat } from '../support/seats.ts';

describe('removing someone from the organization (ORG-8)', () => {
  test('ends credentials, memberships, grants, pending requests and invitations at once, and deletes nothing (ORG-8, ORG-2, 003-7, 003-10, 004-9)', async () => {
    const here = await office(told);
    await here.sql('update person set can_invite = true where id = $1', [here.uuid('bo')]);
    await seat(here, 'bo')('invite_members', { emails: ['new@x.test'] });
    await seat(here, 'bo')('request_access', { id: 'wf_01jz0000000000000000000000' });
    const rows = async () =>
      (await here.sql('select count(*)::int as n from resource where organization_id = $1', [here.organization]))[0]?.n;
    const before = await rows();
    const said = await remove(here, 'root', { id: here.email('bo') });
    expect(said).toMatchObject({ removed: here.id('bo'), name: here.email('bo'), successor: 'organization' });

    await expect(seat(here, 'bo')('whoami')).rejects.toThrow(/401|ended/);
    for (const table of ['membership', 'workspace_member', 'capability_switch'])
      expect(await count(here, table), table).toBe(0);
    for (const table of ['project_member', 'access_grant'])
      expect(await count(here, table, 'principal_id'), table).toBe(0);
    const pending = `(select * from access_request where status = 'pending') q`;
    expect(await count(here, pending, 'requester_id')).toBe(0);
    expect(await count(here, `(select * from invitation where status = 'pending') i`, 'invited_by')).toBe(0);
    expect(await count(here, '(select * from credential where revoked_at is null) c')).toBe(0);
    expect(await rows()).toBe(before);
    expect(await here.sql('select status from person where id = $1', [here.uuid('bo')])).toEqual([
      { status: 'removed' },
    ]);
    expect((await here.sql(`select status from access_request where id = $1`, [here.uuid('hope')]))[0]).toEqual({
      status: 'pending',
    });
  });

  test('what they owned goes to the organization, with no one who gave it; its level and grants stay (OWN-3)', async () => {
    const here = await office(told);
    await remove(here, 'root', { id: here.id('bo') });
    expect(await owners(here)).toEqual({
      asked: 'ada',
      binned: null,
      draft: null,
      given: 'null by bo',
      ledger: null,
      lent: 'ada',
      plan: null,
      trial: null,
    });
    expect(await seat(here, 'ada')('open_workflow', { id: here.id('ledger') })).toMatchObject({
      owner: 'organization',
    });
    expect(await seat(here, 'cy')('open_workflow', { id: here.id('plan') })).toMatchObject({ via: 'everyone' });
    expect(
      await seat(here, 'ada')('set_visibility', { id: here.id('plan'), visibility: 'private' }),
      'nobody takes it back',
    ).toMatchObject({ error: expect.anything() });
  });

  test('a named successor gets it where they are fit to own it, the organization the rest; their own requests come true (OWN-3, REQ-6)', async () => {
    const here = await office(told);
    expect(await remove(here, 'root', { id: here.id('bo'), successor: here.email('cy') })).toMatchObject({
      successor: here.email('cy'),
    });
    expect(await owners(here)).toMatchObject({ draft: 'cy', plan: 'cy', binned: 'cy', ledger: 'cy', trial: null });
    expect((await here.sql(`select status from access_request where id = $1`, [here.uuid('hope')]))[0]).toEqual({
      status: 'approved',
    });
    const handed = async () =>
      (await seat(here, 'cy')('list_notifications')).items.filter(
        ({ event }: { event: string }) => event === 'handed_over',
      );
    await expect.poll(handed).toHaveLength(4);
  });

  test('what lies in a deleted workspace is handed on as well: a successor finds it once that is brought back (ORG-8, ORG-9, NOT-3)', async () => {
    const here = await office(told);
    const ada = seat(here, 'ada');
    await confirmed(ada, 'delete_workspace', { id: 'growth' });
    await remove(here, 'root', { id: here.id('bo'), successor: here.email('cy') });
    expect(await owners(here)).toMatchObject({ draft: 'cy', plan: 'cy', binned: 'cy', ledger: 'cy', trial: null });
    const cy = seat(here, 'cy');
    const handed = async () => {
      const { items } = await cy('list_notifications');
      return items.map(({ resource }: { resource?: { name: string } }) => resource?.name).sort();
    };
    await expect.poll(handed).toEqual(['ledger', ...Array(3)]);
    expect(await cy('open_workflow', { id: here.id('draft') })).toMatchObject(code('not_found'));
    await ada('update_workspace', { id: here.id('growth'), restore: true });
    expect(await cy('open_workflow', { id: here.id('draft') })).toMatchObject({ access: 'owner' });
    expect(await handed()).toEqual(['draft', 'ledger', 'plan', undefined].sort());
  });

  test('each change is in the log, beside who did it: what went to whom, and what ended (ACT-1, GRP-5)', async () => {
    const here = await office(told);
    await remove(here, 'root', { id: here.id('bo'), successor: here.email('cy') });
    const log = (await entries(here)).filter(
      ({ action, outcome }) => action === 'member.remove' && outcome === 'allow',
    );
    expect(log.every(({ person_id }) => person_id === here.uuid('root'))).toBe(true);
    const of = (noun: string) => log.filter((it) => it.noun === noun);
    expect(of('person')).toMatchObject([
      { entity_id: here.uuid('bo'), after: { status: 'removed', successor: here.email('cy') } },
    ]);
    const handed = of('resource').filter(({ after }) => after && 'owner' in after);
    expect(handed).toHaveLength(5);
    expect(handed.find(({ entity_id }) => entity_id === here.uuid('draft'))).toMatchObject({
      workspace_id: here.uuid('growth'),
      before: { owner: here.id('bo') },
      after: { owner: here.id('cy') },
    });
    expect(of('resource').filter(({ after }) => !after)).toMatchObject([
      { entity_id: here.uuid('lent'), before: { person: here.id('bo'), grant: 'editor' } },
    ]);
    expect(of('request').map(({ after }) => after?.status)).toEqual(expect.arrayContaining(['cancelled', 'approved']));
    expect(of('group').filter(({ after }) => after?.owner === here.id('cy'))).toMatchObject([
      { entity_id: here.uuid('club') },
    ]);
    expect(of('project')).toHaveLength(1);
  });

  test('the successor is owner of groups and workspaces that would have none, else whoever removes them; never a guest (GRP-5, ORG-10)', async () => {
    const ownersOf = async (here: Here) =>
      (
        await here.sql<{ it: string }>(
          `select w.name || ' ' || p.name as it from workspace_member m join workspace w on w.id = m.workspace_id join person p on p.id = m.person_id
           where m.organization_id = $1 and m.role = 'owner' union all select g.name || ' ' || p.name from membership m join "group" g on g.id = m.principal_id
           join person p on p.id = m.person_id where m.organization_id = $1 and m.role = 'owner' order by 1`,
          [here.organization],
        )
      ).map(({ it }) => it);
    const named = await office(told);
    await remove(named, 'root', { id: named.id('bo'), successor: named.email('cy') });
    expect(await ownersOf(named)).toEqual(['choir ada', 'club cy', 'finance cy', 'growth ada', 'lab amy']);
    const plain = await office(told);
    const { you_now_own } = await remove(plain, 'root', { id: plain.id('bo'), successor: plain.email('gus') });
    expect(await ownersOf(plain)).toEqual(['choir ada', 'club root', 'finance root', 'growth ada', 'lab amy']);
    expect(you_now_own.map(({ name }: { name: string }) => name)).toEqual(['club', 'finance']);
  });

  test('is an admin’s, previewed first; the preview holds what the caller can open, and no number of the rest (EXT-8, ORG-2)', async () => {
    const here = await office({
      ...told,
      workspaces: { ...told.workspaces, growth: { ...told.workspaces.growth, root: 'viewer' } },
    });
    for (const who of ['ada', 'cy', 'gus'])
      expect(await seat(here, who)('remove_member', { id: here.id('bo') }), who).toMatchObject({
        error: { code: expect.stringMatching(/permission_denied|not_found/) },
      });
    const { preview, confirm } = await seat(here, 'root')('remove_member', { id: here.id('bo') });
    expect(confirm).toBeDefined();
    expect(preview).toMatchObject({
      to: { status: 'removed', successor: 'organization' },
      note: expect.stringContaining('may be more'),
    });
    expect(preview.loses.people.map(({ resource }: { resource: { name: string } }) => resource.name)).toEqual(
      expect.arrayContaining(['plan']),
    );
    expect(JSON.stringify(preview)).not.toMatch(/draft|ledger|binned|lent/);
    expect(await count(here, 'workspace_member')).toBe(3);
  });

  test('is simulated as it would be, and nothing happens by that (EXP-3)', async () => {
    const here = await office({
      ...told,
      workspaces: { ...told.workspaces, growth: { ...told.workspaces.growth, root: 'viewer' } },
    });
    const change = { change: 'remove_member', arguments: { id: here.id('bo') } };
    const { gains, loses } = await seat(here, 'root')('simulate_access', change);
    expect(gains).toEqual([]);
    expect(loses).toEqual(
      expect.arrayContaining([expect.objectContaining({ person: here.email('bo'), before: 'owner', after: 'none' })]),
    );
    expect(await seat(here, 'root')('get_member', { id: here.id('bo') })).not.toHaveProperty('status');
    expect(await count(here, 'workspace_member')).toBe(3);
  });

  test('nobody names themself the successor without override, and nobody the one who goes (EXT-10)', async () => {
    const here = await office(told);
    const wish = { id: here.id('bo'), successor: here.email('root') };
    expect(await seat(here, 'root')('remove_member', wish)).toMatchObject({
      error: { code: 'permission_denied', message: expect.stringContaining('EXT-10') },
    });
    expect(await seat(here, 'root')('remove_member', { ...wish, successor: here.email('bo') })).toMatchObject(
      code('invalid_argument'),
    );
    expect(await confirmed(overriding(here, 'root'), 'remove_member', wish)).toMatchObject({
      successor: here.email('root'),
    });
  });

  test('the last active admin is not removed, and does not leave (ORG-2, 003-9)', async () => {
    const here = await office({
      people: { root: 'admin', sue: { role: 'admin', status: 'suspended' }, ada: 'member' },
    });
    expect(await seat(here, 'root')('remove_member', { id: here.id('root') })).toMatchObject(code('permission_denied'));
    expect(await seat(here, 'root')('leave_organization')).toMatchObject(code('permission_denied'));
    expect(await remove(here, 'root', { id: here.id('sue') })).toMatchObject({ removed: here.id('sue') });
  });
});
