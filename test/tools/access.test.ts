import { describe, expect, test } from 'vitest';
import { office, walked } from '../support/office.ts';

const inAnHour = new Date(Date.now() + 3_600_000);
const here = await office({
  people: {
    root: 'admin',
    ada: 'member',
    bo: 'member',
    cy: 'member',
    dee: 'member',
    far: 'member',
    gus: 'guest',
    sus: { status: 'suspended' },
  },
  workspaces: {
    growth: { ada: 'admin', bo: 'creator', cy: 'creator', dee: 'viewer', sus: 'creator' },
    finance: { gus: 'viewer', far: 'creator' },
  },
  groups: { crew: { cy: 'viewer', dee: 'viewer' }, quiet: ['cy'] },
  teams: { launch: ['dee'], vault: ['cy'] },
  closed: ['quiet', 'vault'],
  workflows: {
    plan: {
      in: 'growth',
      owner: 'bo',
      grants: {
        cy: { level: 'viewer', until: inAnHour },
        crew: 'editor',
        launch: 'viewer',
        far: 'editor',
        sus: 'editor',
      },
    },
    hushed: { in: 'growth', owner: 'bo', grants: { quiet: 'editor', vault: 'viewer' } },
    open: { in: 'growth', owner: 'bo', visibility: 'everyone', everyone: 'viewer' },
    secret: { in: 'growth', owner: 'bo' },
  },
});
const id = here.id('plan');
const [bo, cy, dee] = [here.as('bo'), here.as('cy'), here.as('dee')];

describe('get_access', () => {
  test('who owns it sees everyone who can open it, at which level and by which paths; the suspended are not among them (EXP-2, DEC-5)', async () => {
    const { people, grants, ...more } = await bo('get_access', { id });
    expect(more).toEqual({ id, visibility: 'shared', owner: 'bo@acme.test' });
    const byName = Object.fromEntries(
      people.map(({ person, access, via }: { person: string; access: string; via: string[] }) => [
        person.split('@')[0],
        [access, ...[...via].sort()],
      ]),
    );
    expect(byName).toEqual({
      bo: ['owner', 'owner'],
      ada: ['owner', 'override'],
      root: ['owner', 'override'],
      cy: ['editor', 'grant', 'group:crew'],
      dee: ['viewer', 'group:crew', 'team:launch'],
      far: ['viewer', 'grant'],
    });
    expect(grants).toHaveLength(5);
    expect(grants).toContainEqual({
      with: here.id('cy'),
      name: 'cy@acme.test',
      role: 'viewer',
      expires_at: inAnHour.toISOString(),
      by: 'bo@acme.test',
    });
    expect(grants).toContainEqual({ with: here.id('crew'), name: 'crew', role: 'editor', by: 'bo@acme.test' });
  });

  test('it is walked page by page, each person exactly once; the grants stand on the first page (EXP-2)', async () => {
    const { all, pages } = await walked(bo, 'get_access', { id, limit: 1 }, 'people');
    expect([new Set(all.map(({ person }) => person)).size, all.length, pages]).toEqual([6, 6, 6]);
    const { next_cursor: cursor } = await bo('get_access', { id, limit: 1 });
    expect(await bo('get_access', { id, limit: 1, cursor })).not.toHaveProperty('grants');
    expect(await bo('get_access', { id: here.id('open'), limit: 1, cursor })).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/cursor' },
    });
  });

  test('it takes owner: an editor is denied (DEC-9)', async () => {
    expect(await cy('get_access', { id })).toMatchObject({ error: { code: 'permission_denied' } });
  });
});

describe('explain_access', () => {
  test('it names every path with its rule, and what one can and can’t do by it (EXP-1, DEC-6)', async () => {
    const told = await cy('explain_access', { id });
    expect(told).toMatchObject({
      id,
      person: 'cy@acme.test',
      access: 'editor',
      because: expect.stringMatching(/DEC-1/),
      capabilities: ['flows_manager', 'brand_kits_manager'],
    });
    expect(new Set(told.paths)).toEqual(
      new Set([
        { access: 'viewer', via: 'grant', rule: 'GRP-4', expires_at: inAnHour.toISOString() },
        { access: 'editor', via: 'group:crew', rule: 'GRP-4' },
      ]),
    );
    expect([...told.can].sort()).toEqual(['drop', 'edit', 'explain', 'open', 'revert', 'revisions']);
    expect(told.cannot.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['delete', 'share', 'publish', 'transfer', 'audience']),
    );
  });

  test('what is missing is said in words that fit whoever reads them (EXP-1, DEC-6)', async () => {
    const because = async (call: typeof cy, args: object, action: string) =>
      (await call('explain_access', { id, ...args })).cannot.find((it: { action: string }) => it.action === action)
        ?.because;
    const words = {
      delete: 'It takes owner; editor is not enough.',
      withdraw: 'It takes owner or the right to take it back; editor is not enough.',
    };
    for (const [action, said] of Object.entries(words)) {
      expect(await because(cy, {}, action)).toBe(said);
      expect(await because(bo, { person: 'cy@acme.test' }, action)).toBe(said);
    }
    expect((await cy('delete_workflow', { id })).error.message).toBe(words.delete);
  });

  test('the cap is explained: an editor’s path that only reads, for want of the capability (DEC-3, DEC-2)', async () => {
    for (const who of ['dee', 'far'])
      expect(await here.as(who)('explain_access', { id })).toMatchObject({
        access: 'viewer',
        because: expect.stringMatching(/DEC-3/),
        capabilities: [],
      });
    const { cannot } = await dee('explain_access', { id });
    expect(cannot).toContainEqual({ action: 'edit', because: expect.stringMatching(/flows_manager/) });
  });

  test('anyone asks about themself, an owner about others, why one may not as well (EXP-1)', async () => {
    expect(await dee('explain_access', { id, person: 'DEE@acme.test' })).toMatchObject({ person: 'dee@acme.test' });
    expect(await dee('explain_access', { id, person: 'cy@acme.test' })).toMatchObject({
      error: { code: 'permission_denied' },
    });
    expect(await bo('explain_access', { id: here.id('secret'), person: 'cy@acme.test' })).toMatchObject({
      access: 'none',
      because: expect.stringMatching(/private/),
      paths: [],
      can: [],
    });
    expect(await bo('explain_access', { id: here.id('open'), person: 'far@acme.test' })).toMatchObject({
      access: 'none',
      because: expect.stringMatching(/DEC-2/),
    });
    expect(await bo('explain_access', { id: here.id('plan'), person: 'root@acme.test' })).toMatchObject({
      access: 'owner',
      paths: [{ via: 'override', rule: 'ORG-6' }],
    });
  });

  test('an admin who can open it is told that more takes the override scope (EXT-3)', async () => {
    const told = await here.as('ada')('explain_access', { id: here.id('open') });
    expect(told).toMatchObject({ access: 'viewer' });
    expect(told.paths).toContainEqual({ access: 'owner', via: 'override', rule: 'WS-1', needs_scope: 'override' });
  });
});

describe('search_directory', () => {
  const names = async (who: string, args: Record<string, unknown> = {}) =>
    (await walked(here.as(who), 'search_directory', { limit: 2, ...args })).all.map(({ name }) => name).sort();

  test('members find members, public groups and public teams, guests only where they share a place, and nobody a suspended one (DIR-1, GRP-3, TEAM-2, TEAM-3, 002-12, 002-14, 002-15)', async () => {
    expect(await names('bo')).toEqual(['ada', 'bo', 'crew', 'cy', 'dee', 'far', 'launch', 'root']);
    expect(await names('cy')).toEqual(['ada', 'bo', 'crew', 'cy', 'dee', 'far', 'launch', 'quiet', 'root', 'vault']);
    expect(await names('far')).toContain('gus');
    expect(await names('root')).toEqual(expect.arrayContaining(['vault', 'gus']));
    expect(await names('root')).not.toContain('quiet');
  });

  test('a guest finds only who shares a place with them (DIR-1, TEAM-2, 003-17)', async () => {
    expect(await names('gus')).toEqual(['far', 'gus']);
  });

  test('a part of a name or an email finds, of one sort if wanted, in any letters; rows tell what to share with (DIR-1)', async () => {
    expect(await names('bo', { query: 'CY@ACME' })).toEqual(['cy']);
    expect(await names('bo', { query: 'cre', type: 'group' })).toEqual(['crew']);
    expect(await names('bo', { type: 'team' })).toEqual(['launch']);
    expect((await bo('search_directory', { query: 'cy' })).items).toEqual([
      { type: 'person', id: here.id('cy'), name: 'cy', email: 'cy@acme.test', role: 'member' },
    ]);
  });

  test('names in every alphabet are walked, each exactly once, and found by their whole name', async () => {
    const it = await office({
      people: { bo: 'member' },
      workspaces: { w: { bo: 'creator' } },
      groups: Object.fromEntries(
        ['İpek', 'ΟΔΟΣ', 'Straße', 'ǅ', 'Ångström', 'ångström', '👩‍🚀'].map((name) => [name, ['bo']]),
      ),
      workflows: { w1: { in: 'w', owner: 'bo' } },
    });
    const { all } = await walked(it.as('bo'), 'search_directory', { type: 'group', limit: 1 });
    expect(all.map(({ name }) => name).sort()).toEqual(
      ['İpek', 'ΟΔΟΣ', 'Straße', 'ǅ', 'Ångström', 'ångström', '👩‍🚀'].sort(),
    );
    for (const name of ['İpek', 'ΟΔΟΣ', 'Straße'])
      expect(
        await it.as('bo')('share_resource', { id: it.id('w1'), with: `group:${name}`, role: 'viewer' }),
      ).toMatchObject({ granted: { name } });
  });
});

describe('whoami', () => {
  test('it says who, with which key, and where with which role and capabilities (WS-2, WS-3, EXT-4)', async () => {
    expect(await here.as('ada', { scopes: ['read'], expiresAt: inAnHour, name: 'mine' })('whoami')).toMatchObject({
      person: { id: here.id('ada'), email: 'ada@acme.test', name: 'ada', role: 'member' },
      key: { name: 'mine', scopes: ['read'], expires_at: inAnHour.toISOString() },
      workspaces: [
        {
          id: here.id('growth'),
          name: 'growth',
          role: 'admin',
          capabilities: ['flows_manager', 'brand_kits_manager', 'audience_viewer'],
        },
      ],
    });
    expect(await dee('whoami')).toMatchObject({ workspaces: [{ role: 'viewer', capabilities: [] }] });
  });

  test('an organization’s admin has a place in every workspace by override alone, and a cut key only in its own (WS-2, EXT-3, EXT-4)', async () => {
    expect(await here.as('root')('whoami')).toMatchObject({ workspaces: [] });
    const wide = await here.as('root', { scopes: ['override'] })('whoami');
    expect(wide.workspaces.map(({ name, role }: { name: string; role: string }) => [name, role])).toEqual([
      ['finance', 'admin'],
      ['growth', 'admin'],
    ]);
    expect(await here.as('root', { scopes: ['override'], workspaces: ['growth'] })('whoami')).toMatchObject({
      workspaces: [{ name: 'growth' }],
    });
  });

  test('the highest of one’s own and the teams’ places is the role (WS-2)', async () => {
    const it = await office({
      people: { bo: 'member' },
      teams: { t: ['bo'] },
      workspaces: { w: { bo: 'viewer', t: 'creator' } },
    });
    expect(await it.as('bo')('whoami')).toMatchObject({
      workspaces: [{ role: 'creator', capabilities: ['flows_manager', 'brand_kits_manager'] }],
    });
  });
});
