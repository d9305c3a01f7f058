import { expect, test } from 'vitest';
import { confirmed, office } from '../support/office.ts';

const roles = ['owner', 'admin', 'creator', 'viewer'] as const;
const everyRole = Object.fromEntries(roles.map((role) => [role, role]));
const told = {
  people: { ...Object.fromEntries(roles.map((role) => [role, 'member' as const])), bo: 'member', far: 'member' },
  workspaces: { growth: { ...everyRole, bo: 'creator' } },
  workflows: {
    locked: { in: 'growth', owner: 'bo' },
    lent: { in: 'growth', owner: 'bo', grants: { creator: 'editor', viewer: 'viewer' } },
    open: { in: 'growth', owner: 'bo', visibility: 'everyone' },
    read: { in: 'growth', owner: 'bo', visibility: 'everyone', everyone: 'viewer' },
  },
} as const;
const names = ['locked', 'lent', 'open', 'read'] as const;
const wide = { scopes: ['read', 'write', 'override'] } as const;

type Here = Awaited<ReturnType<typeof office>>;
const opened = async (here: Here, who: string, how: Parameters<Here['as']>[1] = {}) =>
  Object.fromEntries(
    await Promise.all(
      names.map(async (name) => {
        const { access, error } = await here.as(who, how)('open_workflow', { id: here.id(name) });
        return [name, access ?? error.code];
      }),
    ),
  );
const none = 'not_found';

test('visibility is a layer on top of roles: a role opens what the level lets in, its capability caps it, and only an override goes further (section 7, WS-1, 001-1, 001-28, 001-29, 001-31, 001-32)', async () => {
  const here = await office(told);
  expect(Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await opened(here, role)])))).toEqual({
    owner: { locked: none, lent: none, open: 'editor', read: 'viewer' },
    admin: { locked: none, lent: none, open: 'editor', read: 'viewer' },
    creator: { locked: none, lent: 'editor', open: 'editor', read: 'viewer' },
    viewer: { locked: none, lent: 'viewer', open: 'viewer', read: 'viewer' },
  });
  const all = Object.fromEntries(names.map((name) => [name, 'owner']));
  for (const role of ['owner', 'admin']) {
    expect(await opened(here, role, wide)).toEqual(all);
    expect(
      await here.as(role, wide)('edit_workflow', {
        id: here.id('locked'),
        revision: role === 'owner' ? 1 : 2,
        name: role,
      }),
    ).toMatchObject({ name: role, via: 'override' });
  }
  for (const role of ['creator', 'viewer']) expect(await opened(here, role, wide)).toEqual(await opened(here, role));
});

test('each row says its level, its owner and the caller’s own access and path; what one can’t open is in no row (VIS-1, EXT-1, 001-2, 001-3, 001-4, 000-19)', async () => {
  const here = await office(told);
  const rows = async (who: string) =>
    Object.fromEntries(
      (await here.as(who)('list_workflows')).items.map(
        ({ name, visibility, owner, access, via }: Record<string, string>) => [name, [visibility, owner, access, via]],
      ),
    );
  expect(await rows('bo')).toEqual({
    locked: ['private', 'bo@acme.test', 'owner', 'owner'],
    lent: ['shared', 'bo@acme.test', 'owner', 'owner'],
    open: ['everyone', 'bo@acme.test', 'owner', 'owner'],
    read: ['everyone', 'bo@acme.test', 'owner', 'owner'],
  });
  expect(await rows('creator')).toEqual({
    lent: ['shared', 'bo@acme.test', 'editor', 'grant'],
    open: ['everyone', 'bo@acme.test', 'editor', 'everyone'],
    read: ['everyone', 'bo@acme.test', 'viewer', 'everyone'],
  });
  expect(await rows('far')).toEqual({});
});

test('what someone owns opens to them only while they are in the workspace (DEC-2, VIS-1)', async () => {
  const here = await office(told);
  await here.sql('delete from workspace_member where organization_id = $1 and person_id = $2', [
    here.organization,
    here.uuid('bo'),
  ]);
  expect(await opened(here, 'bo')).toEqual({ locked: none, lent: none, open: none, read: none });
});

test('from everyone back to shared, those with a grant keep it and the others lose it (VIS-2, VIS-3)', async () => {
  const here = await office(told);
  const id = here.id('lent');
  await confirmed(here.as('bo'), 'set_visibility', { id, visibility: 'everyone', everyone_role: 'viewer' });
  expect([(await opened(here, 'admin')).lent, (await opened(here, 'creator')).lent]).toEqual(['viewer', 'editor']);
  const { preview } = await here.as('bo')('set_visibility', { id, visibility: 'shared' });
  expect(preview.loses.people.map(({ person }: { person: string }) => person)).toEqual([]);
  await confirmed(here.as('bo'), 'set_visibility', { id, visibility: 'shared' });
  expect([(await opened(here, 'admin')).lent, (await opened(here, 'creator')).lent]).toEqual([none, 'editor']);
});

test('the guide says of each level who opens it and when to use it (section 14, 001-6)', async () => {
  const here = await office(told);
  const { client } = await here.seated(await here.key('bo'));
  const { contents } = await client.readResource({ uri: 'postern://guide/visibility' });
  const text = (contents[0] as { text: string }).text;
  for (const level of ['private', 'shared', 'everyone'])
    expect(text).toMatch(new RegExp(`^- \\*\\*${level}\\*\\*: .+\\. Use it for .+\\.$`, 'm'));
});
