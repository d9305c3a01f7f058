import { describe, expect, test } from 'vitest';
import { confirmed } from '../support/office.ts';
import { premises } from '../support/premises.ts';

const code = (it: string) => ({ error: { code: it } });
const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', gus: 'guest', fin: 'member' },
  workspaces: {
    growth: { ada: 'owner', bo: 'admin', cy: 'creator', dee: 'viewer', gus: 'viewer', night: 'viewer' },
    finance: { ada: 'owner', fin: 'creator' },
  },
  teams: { night: ['fin'], hush: ['cy'] },
  closed: ['hush'],
  projects: {
    spring: { in: 'growth', people: { cy: 'editor', gus: 'viewer' } },
    pool: { in: 'growth' },
    books: { in: 'finance', people: { fin: 'viewer' } },
  },
  workflows: {
    open: { in: 'growth', owner: 'ada', visibility: 'everyone', project: 'spring' },
    shut: { in: 'growth', owner: 'ada', project: 'spring' },
    lent: { in: 'growth', owner: 'ada', project: 'spring', grants: { dee: 'viewer' } },
    free: { in: 'growth', owner: 'ada', visibility: 'everyone', project: 'pool' },
  },
} as const;
const scoped = { scopes: ['read', 'write', 'admin', 'override'] } as const;

describe('who is put into a project', () => {
  test('people of the workspace and teams, by those who run it (WS-7, TEAM-5, 003-1)', async () => {
    const here = await premises(told);
    const set = (named: string) => ({ id: 'spring', set: [{ with: named, role: 'viewer' }] });
    expect(await here.as('bo')('update_project_members', set('person:root@acme.test'))).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/set/0/with' },
    });
    expect(await here.as('bo')('update_project_members', set('person:nobody@acme.test'))).toMatchObject({
      error: { code: 'not_found', pointer: '/set/0/with' },
    });
    expect(await here.as('bo')('update_project_members', set('team:hush'))).toMatchObject({
      error: { code: 'not_found', pointer: '/set/0/with' },
    });
    expect(await here.as('bo')('update_project_members', set('group:any'))).toMatchObject(code('invalid_argument'));
    expect(
      await here.as('bo')('update_project_members', { id: 'spring', remove: ['person:dee@acme.test'] }),
    ).toMatchObject(code('invalid_argument'));
    expect(await confirmed(here.as('bo'), 'update_project_members', set('person:dee@acme.test'))).toMatchObject({
      changed: 1,
    });
    for (const who of ['cy', 'gus'])
      expect(await here.as(who)('update_project_members', set('person:fin@acme.test')), who).toMatchObject(
        code('permission_denied'),
      );
    expect(
      await here.as('dee')('update_project_members', { ...set('team:night'), id: here.id('books') }),
    ).toMatchObject(code('not_found'));
  });

  test.each([
    { id: 'spring', set: [{ with: 'person:bo@acme.test', role: 'viewer' }] },
    { id: 'spring', set: [{ with: 'team:deck', role: 'viewer' }] },
    { id: 'held', set: [{ with: 'person:bo@acme.test', role: 'editor' }] },
    { id: 'held', set: [{ with: 'team:deck', role: 'editor' }] },
  ])(
    'nobody adds or raises themself without override, by a team of theirs neither: $id, $set.0.with (EXT-10)',
    async (wish) => {
      const here = await premises({
        ...told,
        teams: { ...told.teams, deck: ['bo'] },
        projects: { ...told.projects, held: { in: 'growth', people: { bo: 'viewer' } } },
      });
      const bo = here.as('bo');
      expect(await bo('update_project_members', wish)).toMatchObject(code('permission_denied'));
      expect(await bo('list_projects', { project: wish.id })).not.toMatchObject({ items: [{ role: 'editor' }] });
      expect(await confirmed(here.as('bo', scoped), 'update_project_members', wish)).toMatchObject({ changed: 1 });
      const out = { id: wish.id, remove: [wish.set[0]?.with] };
      expect(await confirmed(bo, 'update_project_members', out), 'one takes oneself out').toMatchObject({ changed: 1 });
    },
  );
});
