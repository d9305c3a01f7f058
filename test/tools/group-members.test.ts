import { describe, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { confirmed } from '../support/office.ts';
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

describe('who is in a group', () => {
  test('added once, one has what is shared with the group, as viewer or editor; the preview says what that is (GRP-4, GRP-6, 002-1, 002-3, 002-4, 002-8, 002-9, 002-10, 002-11)', async () => {
    const here = await premises(told);
    const ada = here.as('ada');
    const args = { id: 'ops', set: [{ person: 'dee@acme.test' }, { person: here.id('gus'), role: 'viewer' }] };
    const { preview, confirm } = await ada('update_group_members', args);
    expect(preview).toMatchObject({
      from: {},
      to: { 'dee@acme.test': 'viewer', 'gus@acme.test': 'viewer' },
    });
    for (const what of ['dee@acme.test', 'gus@acme.test', here.id('plan'), here.id('notes')])
      expect(JSON.stringify(preview.gains), what).toContain(what);
    expect(await here.as('dee')('list_workflows')).toMatchObject({ items: [] });
    expect(await ada('update_group_members', { ...args, confirm })).toMatchObject({
      id: here.id('ops'),
      name: 'ops',
      changed: 2,
      members: 5,
    });
    const rows = (await here.as('dee')('list_workflows')).items;
    expect(rows.map(({ name, access, via }: Record<string, string>) => [name, access, via]).sort()).toEqual([
      ['notes', 'viewer', 'group:ops'],
      ['plan', 'viewer', 'group:ops'],
    ]);
    expect(await here.as('bo')('edit_workflow', { id: here.id('plan'), revision: 1, name: 'New plan' })).toMatchObject({
      name: 'New plan',
    });
    expect(await here.as('bo')('edit_workflow', { id: here.id('notes'), revision: 1, name: 'n' })).toMatchObject(
      code('permission_denied'),
    );
    expect(
      await here.as('cy')('edit_workflow', { id: here.id('notes'), revision: 1, name: 'Our notes' }),
      'the highest of all paths wins (DEC-1, 002-11)',
    ).toMatchObject({ name: 'Our notes' });
  });

  test('a preview shows nothing of what the caller can’t open, and no count of it (GRP-6, EXT-8)', async () => {
    const here = await premises(told);
    await here.sql(`delete from access_grant where principal_id = $1 and resource_id = $2`, [
      here.uuid('ops'),
      here.uuid('notes'),
    ]);
    await here.sql(`update resource set visibility = 'private' where id = $1`, [here.uuid('plan')]);
    await here.sql(`update access_grant set live = false where resource_id = $1`, [here.uuid('plan')]);
    const { preview } = await here.as('ada')('update_group_members', { id: 'ops', set: [{ person: 'dee@acme.test' }] });
    expect(JSON.stringify(preview)).not.toContain(here.id('plan'));
    expect(JSON.stringify(preview)).not.toContain('"plan"');
  });

  test('an editor adds and removes viewers; what touches an editor or an owner is its owners’ (GRP-1, 002-6)', async () => {
    const here = await premises(told);
    const bo = here.as('bo');
    expect(
      await confirmed(bo, 'update_group_members', { id: 'ops', set: [{ person: 'dee@acme.test' }] }),
    ).toMatchObject({ changed: 1 });
    expect(await confirmed(bo, 'update_group_members', { id: 'ops', remove: ['cy@acme.test'] })).toMatchObject({
      changed: 1,
      members: 3,
    });
    for (const wish of [
      { set: [{ person: 'dee@acme.test', role: 'editor' }] },
      { set: [{ person: 'cy@acme.test', role: 'owner' }] },
      { set: [{ person: 'ada@acme.test', role: 'viewer' }] },
      { set: [{ person: 'bo@acme.test', role: 'viewer' }] },
      { set: [{ person: 'bo@acme.test', role: 'owner' }] },
      { remove: ['ada@acme.test'] },
      { remove: ['dee@acme.test', 'ada@acme.test'] },
    ])
      expect(await bo('update_group_members', { id: 'ops', ...wish }), JSON.stringify(wish)).toMatchObject(
        code('permission_denied'),
      );
    for (const who of ['dee', 'root'])
      expect(
        await here.as(who)('update_group_members', { id: 'ops', set: [{ person: 'gus@acme.test' }] }),
      ).toMatchObject(code('permission_denied'));
  });

  test('in a public group, too, one comes in only by being added (GRP-3, EXT-10, 002-13)', async () => {
    const here = await premises(told);
    for (const scopes of [
      ['read', 'admin'],
      ['read', 'admin', 'override'],
    ] as const)
      for (const who of ['dee', 'root'])
        expect(
          await here.as(who, { scopes })('update_group_members', { id: 'ops', set: [{ person: here.email(who) }] }),
        ).toMatchObject(code('permission_denied'));
  });

  test('an owner makes others editor and owner, but no guest (GRP-1, GRP-2, ORG-10, 002-5, 002-17)', async () => {
    const here = await premises(told);
    const ada = here.as('ada');
    expect(
      await confirmed(ada, 'update_group_members', {
        id: 'ops',
        set: [
          { person: 'cy@acme.test', role: 'owner' },
          { person: 'bo@acme.test', role: 'viewer' },
        ],
      }),
    ).toMatchObject({ changed: 2 });
    for (const role of ['editor', 'owner'])
      expect(
        await ada('update_group_members', { id: 'quiet', set: [{ person: 'gus@acme.test', role }] }),
      ).toMatchObject(code('invalid_argument'));
    expect(
      await here.as('gus')('update_group_members', { id: 'quiet', set: [{ person: 'cy@acme.test' }] }),
    ).toMatchObject(code('permission_denied'));
    expect(await here.as('gus')('update_group', { id: 'quiet', name: 'x' })).toMatchObject(code('permission_denied'));
  });

  test('one leaves by taking oneself out, whatever one is there; what came by it is gone (GRP-1, GRP-3)', async () => {
    const here = await premises(told);
    for (const who of ['bo', 'cy', 'gus'] as const) {
      const group = who === 'gus' ? 'quiet' : 'ops';
      const left = await confirmed(here.as(who), 'update_group_members', { id: group, remove: [here.email(who)] });
      expect(left).toMatchObject({ id: here.id(group), changed: 1 });
      if (who === 'gus') expect(left, 'of a private group they are told no more').not.toHaveProperty('name');
    }
    expect(await here.as('bo')('open_workflow', { id: here.id('plan') })).toMatchObject(code('not_found'));
  });

  test('a group keeps an owner: the last one neither leaves nor is lowered (GRP-5)', async () => {
    const here = await premises(told);
    const ada = here.as('ada');
    for (const wish of [
      { remove: ['ada@acme.test'] },
      { set: [{ person: 'ada@acme.test', role: 'editor' }] },
      { remove: ['ada@acme.test', 'bo@acme.test'] },
    ])
      expect(await ada('update_group_members', { id: 'ops', ...wish })).toMatchObject(code('conflict'));
    await here.sql(`insert into membership values ($1, $2, $3, 'group', 'owner')`, [
      here.organization,
      here.uuid('dee'),
      here.uuid('ops'),
    ]);
    await here.sql(`update person set status = 'suspended' where id = $1`, [here.uuid('dee')]);
    expect(
      await ada('update_group_members', { id: 'ops', remove: ['ada@acme.test'] }),
      'who is suspended keeps nothing going',
    ).toMatchObject(code('conflict'));
    expect(
      await confirmed(ada, 'update_group_members', { id: 'ops', remove: ['dee@acme.test'] }),
      'who is seen no more can be taken out',
    ).toMatchObject({ changed: 1 });
    expect(
      await confirmed(ada, 'update_group_members', {
        id: 'ops',
        set: [{ person: 'cy@acme.test', role: 'owner' }],
        remove: ['ada@acme.test'],
      }),
    ).toMatchObject({ changed: 2 });
  });

  test('whoever is not found is missing, whoever is not in it can’t be taken out, and each stands once in a call (EXT-12, DIR-1)', async () => {
    const here = await premises(told);
    await here.sql(`insert into membership values ($1, $2, $3, 'group', 'editor')`, [
      here.organization,
      here.uuid('cy'),
      here.uuid('quiet'),
    ]);
    const ada = here.as('ada');
    const set = (...people: string[]) => ({ id: 'quiet', set: people.map((person) => ({ person })) });
    expect(await ada('update_group_members', set('nobody@acme.test'))).toMatchObject({
      error: { code: 'not_found', pointer: '/set/0/person' },
    });
    expect(await ada('update_group_members', set('cy@acme.test', outside('person', newId())))).toMatchObject({
      error: { code: 'not_found', pointer: '/set/1/person' },
    });
    expect(await ada('update_group_members', { id: 'quiet', remove: ['bo@acme.test'] })).toMatchObject(
      code('invalid_argument'),
    );
    expect(await ada('update_group_members', set('bo@acme.test', here.id('bo')))).toMatchObject(
      code('invalid_argument'),
    );
    expect(await ada('update_group_members', { id: 'quiet' })).toMatchObject(code('invalid_argument'));
    const many = Array.from({ length: 60 }, (_, i) => `p${i}@acme.test`);
    expect(await ada('update_group_members', { ...set(...many), remove: many })).toMatchObject(
      code('invalid_argument'),
    );
    const again = await confirmed(ada, 'update_group_members', set('gus@acme.test'));
    expect(again, 'what is so already changes nothing').toMatchObject({ changed: 0 });
    const log = await here.sql(
      `select from activity where action like 'group.%' and outcome = 'allow' and after is not null and organization_id = $1`,
      [here.organization],
    );
    expect(log).toHaveLength(0);
  });
});
