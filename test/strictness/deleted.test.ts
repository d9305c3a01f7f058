import { expect, test } from 'vitest';
import { factsFor } from '../../src/storage/facts.ts';
import { operations } from '../../src/workspace/operations.ts';
import { office } from '../support/office.ts';
import { storage } from '../support/world.ts';

const told = {
  people: { ada: 'member', bo: 'member', cy: 'member', gus: 'guest' },
  workspaces: { growth: { bo: 'owner', launch: 'creator' } },
  groups: { crew: ['ada', 'gus'] },
  teams: { launch: ['ada', 'cy'] },
  projects: { spring: { in: 'growth', people: { launch: 'editor', cy: 'viewer' } }, open: { in: 'growth' } },
  workflows: {
    lent: { in: 'growth', owner: 'bo', grants: { crew: 'editor', launch: 'viewer' } },
    common: { in: 'growth', owner: 'bo', visibility: 'everyone' },
    inside: { in: 'growth', owner: 'bo', visibility: 'everyone', project: 'spring' },
    loose: { in: 'growth', owner: 'bo', visibility: 'everyone', project: 'open' },
  },
} as const;
const scene = async () => {
  const here = await office(told);
  const names = async (who: string) =>
    (await here.as(who)('list_workflows')).items.map(({ name }: { name: string }) => name).sort();
  const via = async (who: string, name: keyof typeof told.workflows) => {
    const { via, error } = await here.as(who)('open_workflow', { id: here.id(name) });
    return via ?? error.code;
  };
  const remove = (table: string, name: string) =>
    here.sql(`update ${table} set deleted_at = now() where id = $1`, [here.uuid(name)]);
  return { ...here, names, via, remove };
};
const notFound = { error: expect.objectContaining({ code: 'not_found' }) };

test('a team that was deleted gives no path and no place, is not found, and is not named (DEC-5, TEAM-5)', async () => {
  const here = await scene();
  expect(await here.names('cy')).toEqual(['common', 'inside', 'lent', 'loose']);
  await here.remove('team', 'launch');
  expect(await here.names('cy')).toEqual([]);
  expect(await here.names('ada')).toEqual(['lent']);
  for (const name of ['lent', 'common', 'inside'] as const) expect(await here.via('cy', name)).toBe('not_found');
  expect(await here.as('cy')('create_workflow', { name: 'n', document: {}, workspace: 'growth' })).toMatchObject(
    notFound,
  );
  expect((await here.as('cy')('whoami')).workspaces).toEqual([]);
  const bo = here.as('bo');
  const audience = await bo('get_access', { id: here.id('lent') });
  expect(JSON.stringify(audience)).not.toContain('launch');
  expect(audience.people.map(({ person }: { person: string }) => person)).not.toContain('cy@acme.test');
  expect(JSON.stringify(await here.as('ada')('explain_access', { id: here.id('lent') }))).not.toContain('launch');
  expect((await bo('search_directory', { query: 'launch' })).items).toEqual([]);
  expect(
    await bo('share_resource', { id: here.id('lent'), with: `team:${here.id('launch')}`, role: 'viewer' }),
  ).toMatchObject(notFound);
});

test('a group that was deleted gives no path, is not found, and is not named; guests no longer find its people (DEC-5, DIR-1)', async () => {
  const here = await scene();
  const gus = here.as('gus');
  expect(await here.via('gus', 'lent')).toBe('group:crew');
  expect((await gus('search_directory', { query: 'ada@' })).items).toHaveLength(1);
  await here.remove('"group"', 'crew');
  expect(await here.via('gus', 'lent')).toBe('not_found');
  expect(await here.via('ada', 'lent')).toBe('team:launch');
  expect(await gus('edit_workflow', { id: here.id('lent'), revision: 1, name: 'x' })).toMatchObject(notFound);
  expect((await gus('search_directory', { query: '' })).items).toMatchObject([{ email: 'gus@acme.test' }]);
  const audience = await here.as('bo')('get_access', { id: here.id('lent') });
  expect(JSON.stringify(audience)).not.toContain('crew');
  expect(audience.grants).toHaveLength(1);
});

test('a workspace that was deleted is no place to find people in (ORG-9, DIR-1)', async () => {
  const here = await office({
    people: { gus: 'guest', ada: 'member', cy: 'member' },
    workspaces: { growth: { gus: 'viewer', ada: 'owner', launch: 'viewer' } },
    teams: { launch: ['cy'] },
  });
  const found = async () =>
    (await here.as('gus')('search_directory')).items.map(({ email }: { email: string }) => email).sort();
  expect(await found()).toEqual(['ada@acme.test', 'cy@acme.test', 'gus@acme.test']);
  await here.sql('update workspace set deleted_at = now() where id = $1', [here.uuid('growth')]);
  expect(await found()).toEqual(['gus@acme.test']);
});

test('a restricted project that was deleted opens nothing by itself; what lay in an open one stays (DEC-5, WS-7)', async () => {
  const here = await scene();
  const project = here.id('spring');
  const create = { name: 'n', document: {}, workspace: 'growth', project };
  expect(await here.as('cy')('list_workflows', { project })).toMatchObject({ total: 1 });
  await here.remove('project', 'spring');
  await here.remove('project', 'open');
  expect(await here.names('cy')).toEqual(['common', 'lent', 'loose']);
  expect(await here.via('cy', 'inside')).toBe('not_found');
  expect(await here.via('cy', 'loose')).toBe('everyone');
  expect(await here.as('cy')('edit_workflow', { id: here.id('inside'), revision: 1, name: 'x' })).toMatchObject(
    notFound,
  );
  expect(await here.as('cy')('create_workflow', create)).toMatchObject(notFound);
  expect(await here.as('cy')('list_workflows', { project })).toMatchObject({ total: 0 });
  expect(await here.as('bo')('open_workflow', { id: here.id('inside') })).not.toHaveProperty('project');
});

test('an organization that was deleted closes at once, for who is in already and for who comes (ORG-9)', async () => {
  const here = await scene();
  const secret = await here.key('bo');
  const session = await here.postern.admit(secret);
  const id = here.id('lent');
  expect(await session.perform(operations.open_workflow, { id })).toMatchObject({ access: 'owner' });
  await here.sql('update organization set deleted_at = now() where id = $1', [here.organization]);
  await expect(session.perform(operations.open_workflow, { id })).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(session.perform(operations.edit_workflow, { id, revision: 1, name: 'late' })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  await expect(session.perform(operations.create_workflow, { name: 'n', document: {} })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
  await expect(here.postern.admit(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
  await here.sql('update organization set deleted_at = null where id = $1', [here.organization]);
  expect(await session.perform(operations.open_workflow, { id })).toMatchObject({ name: 'lent' });
});

test('a write that waited while its organization was deleted decides anew, and is nobody’s (ORG-9, DEC-8)', async () => {
  const here = await scene();
  const entrance = await here.entrance('bo');
  await (await storage()).writing(entrance, async (tx) => {
    expect(await factsFor(tx, entrance, { noun: 'organization' })).toBeDefined();
    await here.sql('update organization set deleted_at = now() where id = $1', [here.organization]);
    expect(await factsFor(tx, entrance, { noun: 'organization' })).toBeUndefined();
  });
});
