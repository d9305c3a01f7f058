import { describe, expect, test } from 'vitest';
import { lastOf } from '../support/logged.ts';
import { office } from '../support/office.ts';

const told = {
  people: { root: 'admin', bo: 'member', gus: 'guest', far: 'guest', sue: { status: 'suspended' }, new: 'member' },
  workspaces: { growth: { bo: 'creator' } },
  teams: { crew: ['bo', 'gus'] },
  workflows: { plan: { in: 'growth', owner: 'bo', grants: { gus: 'editor', sue: 'viewer', new: 'viewer' } } },
} as const;
type Here = Awaited<ReturnType<typeof office>>;

const granted = async (here: Here) =>
  (
    await here.sql<{ id: string }>('select principal_id as id from access_grant where resource_id = $1', [
      here.uuid('plan'),
    ])
  ).map(({ id }) => id);
const found = async (here: Here, who: string) =>
  (await here.as('bo')('search_directory', { query: who, type: 'person' })).items;
const takeBack = (here: Here, whom: string) =>
  here.as('bo')('unshare_resource', { id: here.id('plan'), with: `person:${whom}` });

const leave = (here: Here) =>
  here.sql('delete from membership where organization_id = $1 and person_id = $2', [
    here.organization,
    here.uuid('gus'),
  ]);

test.each<[string, string, string, (here: Here) => string]>([
  ['a guest who left the team', 'gus', 'email', (here) => here.email('gus').toUpperCase()],
  ['a guest who left the team', 'gus', 'id', (here) => here.id('gus')],
  ['someone suspended', 'sue', 'email', (here) => here.email('sue')],
  ['someone suspended', 'sue', 'id', (here) => here.id('sue')],
])(
  'its owner takes a grant back from %s, whom they find no more (%s), by %s (DEC-9, DIR-1)',
  async (_whom, who, _by, named) => {
    const here = await office(told);
    await leave(here);
    expect(await found(here, who)).toEqual([]);
    expect(await granted(here)).toContain(here.uuid(who));
    expect(await takeBack(here, named(here))).toMatchObject({ id: here.id('plan'), removed: true });
    expect(await granted(here)).toHaveLength(2);
    expect(await granted(here)).not.toContain(here.uuid(who));
  },
);

test('someone unseen who holds no grant is missing to its owner, like nobody, before and after (DIR-1)', async () => {
  const here = await office(told);
  await leave(here);
  const nobody = await takeBack(here, 'nobody@acme.test');
  expect(nobody).toMatchObject({ error: { code: 'not_found' } });
  expect(await takeBack(here, here.email('far'))).toEqual(nobody);
  await takeBack(here, here.email('gus'));
  for (const named of [here.email('gus'), here.id('gus')]) expect(await takeBack(here, named)).toEqual(nobody);
  expect(await granted(here)).toHaveLength(2);
});

describe('a grant to a group or team that its owner may not know', () => {
  const closed = {
    people: { root: 'admin', ann: 'member', bo: 'member', cy: 'member', dee: 'member' },
    workspaces: { growth: { ann: 'creator', bo: 'creator', cy: 'viewer', dee: 'creator' } },
    groups: { board: ['ann', 'cy'], alfa: [], omega: [] },
    teams: { vault: ['ann', 'dee'] },
    closed: ['board', 'vault'],
    workflows: {
      plan: {
        in: 'growth',
        owner: 'bo',
        grants: { board: 'viewer', vault: 'viewer', alfa: 'viewer', omega: 'viewer' },
      },
      memo: { in: 'growth', owner: 'bo', grants: { board: 'viewer' } },
    },
  } as const;
  const shown = async (here: Here, who: string, name = 'plan') =>
    (await here.as(who)('get_access', { id: here.id(name) })).grants as { with: string; name: string }[];
  const opens = async (here: Here, who: string) =>
    !(await here.as(who)('open_workflow', { id: here.id('plan') })).error;

  test('has a handle in get_access, by which they take it back, without its name or id (GRP-7, TEAM-3, DEC-9)', async () => {
    const here = await office(closed);
    const grants = await shown(here, 'bo');
    expect(grants.map(({ name }) => name).sort()).toEqual(['a locked team', 'a private group', 'alfa', 'omega']);
    expect(
      grants.slice(2).map(({ name }) => name),
      'where it stands tells nothing of its name',
    ).toEqual(['alfa', 'omega']);
    for (const [who, type, called] of [
      ['cy', 'group', 'board'],
      ['dee', 'team', 'vault'],
    ] as const) {
      const handle = grants.find((it) => it.with.startsWith(`${type}:~`))?.with;
      expect(await opens(here, who)).toBe(true);
      const seat = await here.seated(await here.key('bo'));
      const own = (await seat.call('get_access', { id: here.id('plan') })).grants.find((it: { with: string }) =>
        it.with.startsWith(`${type}:~`),
      );
      expect(own.with, 'sealed anew').not.toBe(handle);
      expect(await here.as('bo')('unshare_resource', { id: here.id('plan'), with: handle })).toEqual({
        id: here.id('plan'),
        removed: true,
      });
      expect(await opens(here, who)).toBe(false);
      expect(JSON.stringify(await lastOf(here))).not.toMatch(new RegExp(`${called}|${here.uuid(called)}`));
    }
    expect((await shown(here, 'bo')).map(({ name }) => name)).toEqual(['alfa', 'omega']);
  });

  test('is not taken back by another’s handle, by one of another resource, or by a made-up one, which all read alike (EXT-12, GRP-7)', async () => {
    const here = await office(closed);
    const bo = here.as('bo');
    const [handle] = (await shown(here, 'bo')).map((it) => it.with).filter((it) => it.startsWith('group'));
    const ofMemo = (await shown(here, 'bo', 'memo'))[0]!.with;
    const tries = [
      bo('unshare_resource', { id: here.id('plan'), with: ofMemo }),
      bo('unshare_resource', { id: here.id('plan'), with: 'group:~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }),
      bo('unshare_resource', { id: here.id('plan'), with: handle!.replace('group', 'team') }),
      here.as('bo', { name: 'another key' })('unshare_resource', { id: here.id('plan'), with: handle }),
    ];
    for (const answer of await Promise.all(tries)) expect(answer).toMatchObject({ error: { code: 'not_found' } });
    expect(
      await bo('share_resource', { id: here.id('memo'), with: handle, role: 'editor' }),
      'nor shared with by it',
    ).toMatchObject({ error: { code: 'not_found' } });
    expect(await opens(here, 'cy')).toBe(true);
  });
});
