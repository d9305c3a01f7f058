import { expect, test } from 'vitest';
import { confirmed, office } from '../support/office.ts';

const told = {
  people: { root: 'admin', own: 'member', ada: 'member', bo: 'member', cy: 'member', dee: 'member' },
  workspaces: { growth: { own: 'owner', ada: 'admin', bo: 'creator', cy: 'creator', dee: 'viewer' } },
  workflows: { plan: { in: 'growth', owner: null, givenBy: 'bo', visibility: 'everyone' } },
} as const;
const refused = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });
type Here = Awaited<ReturnType<typeof office>>;
const back = (here: Here, who: string, how: Parameters<Here['as']>[1] = {}) =>
  confirmed(here.as(who, how), 'set_visibility', { id: here.id('plan'), visibility: 'private' });
const wide = { scopes: ['read', 'share', 'override'] } as const;

test('nobody but its sharer takes it back by the default, not even the workspace’s owner and admin without override (OWN-2, EXT-10)', async () => {
  const here = await office(told);
  for (const who of ['own', 'ada', 'cy', 'dee'])
    expect(await back(here, who)).toMatchObject(refused('permission_denied'));
  expect(await back(here, 'root')).toMatchObject(refused('not_found'));
  expect(await back(here, 'own', wide)).toMatchObject({ owner: 'own@acme.test', visibility: 'private' });
  expect(await here.as('bo')('open_workflow', { id: here.id('plan') })).toMatchObject(refused('not_found'));
});

test('who may take back is a setting of the workspace, which its owners change and its admins don’t; it holds at once (OWN-2)', async () => {
  const here = await office(told);
  const set = (who: string, take_back: string) =>
    here.as(who, { query: 'toolsets=spaces' })('update_workspace', { id: here.id('growth'), take_back });
  expect(await set('ada', 'any_editor')).toMatchObject(refused('permission_denied'));
  expect(await set('cy', 'any_editor')).toMatchObject({ error: expect.anything() });
  expect(await back(here, 'cy')).toMatchObject(refused('permission_denied'));
  expect(await set('own', 'any_editor')).toMatchObject({ take_back: 'any_editor' });
  const { confirm } = await here.as('cy')('set_visibility', { id: here.id('plan'), visibility: 'private' });
  expect(confirm).toEqual(expect.any(String));
  await set('own', 'sharer');
  expect(
    await here.as('cy')('set_visibility', { id: here.id('plan'), visibility: 'private', confirm }),
    'decided again on the second call',
  ).toMatchObject(refused('permission_denied'));
  await set('own', 'any_editor');
  expect(await back(here, 'cy')).toMatchObject({ owner: 'cy@acme.test', visibility: 'private' });
});

test.each<[string, string, (here: Here) => Promise<unknown>]>([
  [
    'whose capability was switched off',
    'permission_denied',
    (here) =>
      here.sql(`insert into capability_switch values ($1, $2, $3, 'flows_manager', false)`, [
        here.organization,
        here.uuid('bo'),
        here.uuid('growth'),
      ]),
  ],
  [
    'who is no longer in the workspace',
    'not_found',
    (here) =>
      here.sql('delete from workspace_member where organization_id = $1 and person_id = $2', [
        here.organization,
        here.uuid('bo'),
      ]),
  ],
])('a sharer %s takes nothing back: %s (OWN-2)', async (_what, answer, change) => {
  const here = await office(told);
  await change(here);
  expect(await back(here, 'bo')).toMatchObject(refused(answer));
});

test('a sharer who can’t open it now, being out of its restricted project, takes nothing back (OWN-2, WS-7)', async () => {
  const here = await office({
    ...told,
    projects: { vault: { in: 'growth', people: { cy: 'editor' } } },
    workflows: { plan: { ...told.workflows.plan, project: 'vault' } },
  });
  expect(await back(here, 'bo')).toMatchObject(refused('not_found'));
  expect(await here.as('cy')('open_workflow', { id: here.id('plan') })).toMatchObject({ access: 'editor' });
});

test('being the organization’s is no path by itself: what is private or shared opens by grant and override alone (OWN-1, OWN-3)', async () => {
  const here = await office({
    ...told,
    workflows: {
      plan: { in: 'growth', owner: null },
      left: { in: 'growth', owner: null, visibility: 'shared', grants: { dee: 'viewer' } },
    },
  });
  const opens = async (who: string, how = {}) =>
    Promise.all(
      ['plan', 'left'].map(async (name) => {
        const { access, via } = await here.as(who, how)('open_workflow', { id: here.id(name) });
        return access && `${access} by ${via}`;
      }),
    );
  for (const who of ['root', 'own', 'ada', 'bo']) expect(await opens(who)).toEqual([undefined, undefined]);
  expect(await opens('dee'), 'its grants stay').toEqual([undefined, 'viewer by grant']);
  for (const who of ['root', 'own', 'ada'])
    expect(await opens(who, wide)).toEqual(['owner by override', 'owner by override']);
});

test('what its owner left keeps level and grants as it is handed over, to whoever the admin names, themself included (OWN-3, EXT-10)', async () => {
  const here = await office({
    ...told,
    workflows: { plan: { in: 'growth', owner: null, visibility: 'shared', grants: { dee: 'viewer' } } },
  });
  const id = here.id('plan');
  expect(await confirmed(here.as('ada', wide), 'transfer_ownership', { id, to: 'ada@acme.test' })).toMatchObject({
    owner: 'ada@acme.test',
  });
  expect(await here.as('dee')('open_workflow', { id })).toMatchObject({ access: 'viewer', visibility: 'shared' });
  expect(
    await confirmed(here.as('ada'), 'transfer_ownership', { id, to: 'cy@acme.test', keep: 'editor' }),
  ).toMatchObject({
    owner: 'cy@acme.test',
    access: 'editor',
  });
});

test('handing a private one over and keeping editor makes it shared; its new owner can end that (OWN-3, VIS-3)', async () => {
  const here = await office({ ...told, workflows: { plan: { in: 'growth', owner: 'bo' } } });
  const id = here.id('plan');
  const { preview } = await here.as('bo')('transfer_ownership', { id, to: 'cy@acme.test', keep: 'editor' });
  expect(preview).toMatchObject({
    gains: { people: [{ person: 'cy@acme.test', after: 'owner' }] },
    loses: { people: [{ person: 'bo@acme.test', after: 'editor' }] },
  });
  await confirmed(here.as('bo'), 'transfer_ownership', { id, to: 'cy@acme.test', keep: 'editor' });
  expect(await here.as('cy')('get_access', { id })).toMatchObject({
    visibility: 'shared',
    grants: [{ name: 'bo@acme.test', role: 'editor' }],
  });
  await here.as('cy')('unshare_resource', { id, with: 'person:bo@acme.test' });
  expect(await here.as('bo')('open_workflow', { id })).toMatchObject(refused('not_found'));
});
