import { expect, test } from 'vitest';
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
