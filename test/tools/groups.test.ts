import { describe, expect, test } from 'vitest';
import { confirmed, walked } from '../support/office.ts';
import { premises } from '../support/premises.ts';

const code = (it: string) => ({ error: { code: it } });
const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', gus: 'guest' },
  workspaces: { growth: { root: 'owner', ada: 'creator', bo: 'creator', cy: 'creator', dee: 'viewer', gus: 'viewer' } },
  groups: {
    ops: { ada: 'owner', bo: 'editor', cy: 'viewer' },
    quiet: { ada: 'owner', gus: 'viewer' },
  },
  closed: ['quiet'],
  workflows: {
    plan: { in: 'growth', owner: 'root', grants: { ops: 'editor' } },
    notes: { in: 'growth', owner: 'root', grants: { ops: 'viewer', cy: 'editor' } },
    secret: { in: 'growth', owner: 'ada', grants: { quiet: 'viewer' } },
  },
} as const;

describe('who sees a group', () => {
  test('a public group is seen by every member of the organization, who is in it by its people alone (GRP-1, GRP-3, 002-7, 002-12)', async () => {
    const here = await premises(told);
    expect(await here.as('dee')('get_group', { id: 'OPS' })).toEqual({
      id: here.id('ops'),
      name: 'ops',
      visibility: 'public',
    });
    expect(await here.as('cy')('get_group', { id: here.id('ops') })).toMatchObject({
      name: 'ops',
      role: 'viewer',
      total: 3,
      members: [
        { id: here.id('ada'), person: 'ada@acme.test', name: 'ada', role: 'owner' },
        { person: 'bo@acme.test', role: 'editor' },
        { person: 'cy@acme.test', role: 'viewer' },
      ],
    });
  });

  test('a private group is seen by its people alone, and not by an admin of the organization (GRP-3, GRP-7, 002-14, 002-15)', async () => {
    const here = await premises(told);
    const root = here.as('root', { scopes: ['read', 'admin', 'override'] });
    for (const named of ['quiet', here.id('quiet')]) {
      expect(await here.as('bo')('get_group', { id: named })).toMatchObject(code('not_found'));
      expect(await root('get_group', { id: named })).toMatchObject(code('not_found'));
      expect(await root('delete_group', { id: named })).toMatchObject(code('not_found'));
    }
    expect(await here.as('gus')('get_group', { id: 'quiet' })).toMatchObject({ role: 'viewer', total: 2 });
    expect(await here.as('gus')('get_group', { id: 'ops' }), 'a guest sees groups they are in').toMatchObject(
      code('not_found'),
    );
  });

  test('list_groups holds just those, with one’s role, page by page (GRP-3, 002-12, 002-14)', async () => {
    const here = await premises(told);
    const names = async (who: string, args = {}) =>
      (await walked(here.as(who), 'list_groups', { limit: 1, ...args })).all.map(({ name }) => name);
    expect(await names('ada')).toEqual(['ops', 'quiet']);
    expect(await names('dee')).toEqual(['ops']);
    expect(await names('gus')).toEqual(['quiet']);
    expect(await names('root')).toEqual(['ops']);
    expect(await names('ada', { query: 'UIE' })).toEqual(['quiet']);
    expect(await here.as('ada')('list_groups')).toEqual({
      items: [
        { id: here.id('ops'), name: 'ops', visibility: 'public', role: 'owner', members: 3 },
        { id: here.id('quiet'), name: 'quiet', visibility: 'private', role: 'owner', members: 2 },
      ],
    });
    expect((await here.as('dee')('list_groups')).items[0], 'how many are in it is for those in it').toEqual({
      id: here.id('ops'),
      name: 'ops',
      visibility: 'public',
    });
  });

  test('of two groups with one name the caller is offered those that they see (EXT-12, section 14)', async () => {
    const here = await premises(told);
    await here.sql(`update "group" set name = 'ops' where id = $1`, [here.uuid('quiet')]);
    const { error } = await here.as('ada')('get_group', { id: 'ops' });
    expect(error).toMatchObject({ code: 'ambiguous_principal' });
    expect(error.candidates.map(({ id }: { id: string }) => id).sort()).toEqual(
      [here.id('ops'), here.id('quiet')].sort(),
    );
    expect(await here.as('bo')('get_group', { id: 'ops' })).toMatchObject({ id: here.id('ops') });
  });
});

describe('making, changing and deleting a group', () => {
  test('members and admins make groups and own them; guests make none (GRP-2, 002-16, 002-17)', async () => {
    const here = await premises(told);
    for (const who of ['cy', 'root']) {
      const made = await here.as(who)('create_group', { name: `${who}s`, description: 'For tests' });
      expect(made).toEqual({
        id: expect.stringMatching(/^grp_/),
        name: `${who}s`,
        description: 'For tests',
        visibility: 'private',
        role: 'owner',
        members: 1,
      });
    }
    expect(await here.as('gus')('create_group', { name: 'mine' })).toMatchObject(code('permission_denied'));
  });

  test('its owner alone changes its settings; the change is in the log with before and after (GRP-1, ACT-1, 002-5)', async () => {
    const here = await premises(told);
    const wish = { id: 'ops', name: 'Operations', avatar: 'https://acme.test/ops.png', visibility: 'private' };
    expect(await here.as('bo')('update_group', wish)).toMatchObject(code('permission_denied'));
    expect(await here.as('dee')('update_group', wish)).toMatchObject(code('permission_denied'));
    expect(await here.as('ada')('update_group', wish)).toMatchObject({ name: 'Operations', visibility: 'private' });
    expect(await here.as('dee')('get_group', { id: 'Operations' })).toMatchObject(code('not_found'));
    const { id } = await here.as('ada')('update_group', { id: 'Operations', avatar: null });
    expect(await here.as('ada')('get_group', { id })).not.toHaveProperty('avatar');
    const log = await here.sql(
      `select before, after from activity where action = 'group.edit' and outcome = 'allow' and organization_id = $1 order by id`,
      [here.organization],
    );
    expect(log[0]).toEqual({
      before: { name: 'ops', avatar: null, visibility: 'public' },
      after: { name: 'Operations', avatar: 'https://acme.test/ops.png', visibility: 'private' },
    });
  });

  test('its owner deletes it: what was shared with it is gone for its people at once, and the preview says so (GRP-1, DEC-5, 002-5)', async () => {
    const here = await premises(told);
    const ada = here.as('ada');
    expect(await here.as('bo')('delete_group', { id: 'ops' })).toMatchObject(code('permission_denied'));
    expect(await here.as('bo')('open_workflow', { id: here.id('plan') })).toMatchObject({ access: 'editor' });
    const { preview, confirm } = await ada('delete_group', { id: 'ops' });
    expect(preview).toMatchObject({ from: { name: 'ops', members: 3 }, to: { deleted: true } });
    expect(JSON.stringify(preview.loses)).toContain('bo@acme.test');
    expect(JSON.stringify(preview), 'of what the caller can open').not.toContain('secret');
    expect(await here.as('bo')('open_workflow', { id: here.id('plan') }), 'nothing happened yet').toMatchObject({
      access: 'editor',
    });
    expect(await ada('delete_group', { id: 'ops', confirm })).toEqual({ id: here.id('ops'), deleted: true });
    expect(await here.as('bo')('open_workflow', { id: here.id('plan') })).toMatchObject(code('not_found'));
    expect(await here.as('cy')('open_workflow', { id: here.id('notes') }), 'their own grant stays').toMatchObject({
      access: 'editor',
      via: 'grant',
    });
    expect(await ada('get_group', { id: here.id('ops') })).toMatchObject(code('not_found'));
    expect((await here.as('bo')('list_workflows')).items).toEqual([]);
  });
});

describe('requests that a change of a group makes come true (REQ-6)', () => {
  const asking = {
    ...told,
    people: { ...told.people, fin: 'member' },
    workspaces: { ...told.workspaces, finance: { root: 'owner', dee: 'viewer', ada: 'viewer' } },
    workflows: {
      ...told.workflows,
      ledger: { in: 'finance', owner: 'root', grants: { ops: 'viewer' } },
      budget: { in: 'finance', owner: 'root', visibility: 'shared' },
    },
    requests: {
      met: { by: 'dee', for: 'plan', level: 'editor' },
      far: { by: 'dee', for: 'ledger', level: 'viewer' },
      more: { by: 'dee', for: 'notes', level: 'editor' },
      other: { by: 'dee', for: 'budget', level: 'viewer' },
      theirs: { by: 'gus', for: 'plan', level: 'viewer' },
    },
  } as const;

  test('are approved at once, in workspaces too that the caller does not reach; the others stay pending', async () => {
    const here = await premises(asking);
    const ada = here.as('ada', { scopes: ['read', 'admin'], workspaces: ['growth'] });
    await confirmed(ada, 'update_group_members', { id: 'ops', set: [{ person: 'dee@acme.test' }] });
    const status = Object.fromEntries(
      (await here.sql('select id, status from access_request where organization_id = $1', [here.organization])).map(
        ({ id, status }) => [id, status],
      ),
    );
    expect(['met', 'far', 'more', 'other', 'theirs'].map((it) => status[here.uuid(it)])).toEqual([
      'approved',
      'approved',
      'pending',
      'pending',
      'pending',
    ]);
    const log = await here.sql(
      `select entity_id, after from activity where noun = 'request' and organization_id = $1 order by entity_id`,
      [here.organization],
    );
    expect(log.map(({ entity_id }) => entity_id).sort()).toEqual([here.uuid('met'), here.uuid('far')].sort());
    const told = await here.as('dee')('list_notifications', { wait: 20 });
    expect(JSON.stringify(told)).toContain('approved');
  });
});
