import { describe, expect, test } from 'vitest';
import { agent } from '../support/agent.ts';
import { office } from '../support/office.ts';
import { serviceIn } from '../support/service.ts';

const told = {
  people: { ada: 'member', bo: 'member', cy: 'member', root: 'admin' },
  workspaces: {
    growth: { ada: 'owner', bo: 'creator' },
    finance: { bo: 'creator', cy: 'owner' },
    vault: { cy: 'owner' },
  },
  workflows: {
    plan: { in: 'growth', owner: 'bo' },
    ledger: { in: 'finance', owner: 'bo' },
    lent: { in: 'vault', owner: 'cy', grants: { bo: 'editor' } },
    unseen: { in: 'vault', owner: 'cy' },
    asked: { in: 'finance', owner: 'cy' },
    wanted: { in: 'growth', owner: 'ada' },
  },
  requests: { wish: { by: 'cy', for: 'ledger' }, hope: { by: 'ada', for: 'plan' } },
} as const;
const here = await office(told);
const notFound = { error: expect.objectContaining({ code: 'not_found' }) };
const named = async (call: ReturnType<typeof here.as>) =>
  (await call('list_workflows')).items.map(({ name }: { name: string }) => name).sort();
const narrowed = (to: string, more: object = {}) => here.as('bo', { ...more, query: `workspace=${to}` });

describe('a connection that is narrowed to a workspace (section 14)', () => {
  test.each([
    ['growth', ['plan']],
    ['GROWTH', ['plan']],
    [here.id('growth'), ['plan']],
    [here.id('finance'), ['ledger']],
    [here.id('vault'), ['lent']],
  ])('lists, opens, edits and shares what is in it, and nothing else: %s', async (to, own) => {
    const bo = narrowed(to);
    expect(await named(bo)).toEqual(own);
    for (const name of ['plan', 'ledger', 'lent'] as const) {
      const id = here.id(name);
      const answers = [
        await bo('open_workflow', { id }),
        await bo('list_revisions', { id }),
        await bo('explain_access', { id }),
        await bo('edit_workflow', { id, revision: 99, name: 'x' }),
      ];
      for (const { error } of answers) {
        if (own.includes(name)) expect([undefined, 'conflict', 'permission_denied']).toContain(error?.code);
        else expect(error).toMatchObject({ code: 'not_found' });
      }
    }
  });

  test('creates there, and in no other, whether named or not', async () => {
    const fresh = { name: 'New', document: {} };
    const bo = narrowed('finance');
    expect(await bo('create_workflow', fresh)).toMatchObject({ workspace: here.id('finance') });
    expect(await bo('create_workflow', { ...fresh, workspace: 'finance' })).toMatchObject({
      workspace: here.id('finance'),
    });
    for (const workspace of ['growth', here.id('growth'), 'nowhere'])
      expect(await bo('create_workflow', { ...fresh, workspace })).toMatchObject(notFound);
    expect((await bo('list_workflows', { workspace: 'growth' })).items).toEqual([]);
    expect((await bo('whoami')).workspaces).toMatchObject([{ name: 'finance' }]);
  });

  test('decides requests for what is in it, and delivers no other', async () => {
    const bo = narrowed('growth');
    expect((await bo('list_access_requests', { box: 'incoming' })).items).toMatchObject([{ id: here.id('hope') }]);
    const { outcomes } = await bo('decide_access_requests', { decisions: [{ id: here.id('wish'), decision: 'deny' }] });
    expect(outcomes).toMatchObject([notFound]);
    for (const [name, reaches] of [
      ['asked', false],
      ['wanted', true],
    ] as const) {
      expect(await bo('request_access', { id: here.id(name) })).toMatchObject({ status: 'pending' });
      const owner = here.as(told.workflows[name].owner);
      const { items } = await owner('list_access_requests', { box: 'incoming' });
      expect(items.some(({ resource }: { resource: { name: string } }) => resource.name === name)).toBe(reaches);
    }
  });

  test('is cut by the key as well, and an override reaches no further', async () => {
    expect(await named(narrowed('finance', { workspaces: ['growth'] }))).toEqual([]);
    expect(await named(narrowed(here.id('finance'), { workspaces: ['growth'] }))).toEqual([]);
    const root = (query?: string) =>
      here.as('root', { scopes: ['read', 'override'], ...(query && { query }), name: query ?? 'whole' });
    expect(await named(root())).toEqual(expect.arrayContaining(['plan', 'asked', 'unseen']));
    expect(await named(root('workspace=vault'))).toEqual(['lent', 'unseen']);
    expect(await root('workspace=vault')('open_workflow', { id: here.id('plan') })).toMatchObject(notFound);
  });

  test('a name and an id that are not there, and those that the caller does not see, narrow alike, to nothing (EXT-12)', async () => {
    const none = here.id('plan').replace('wf_', 'ws_');
    const answers = [];
    for (const to of ['vault', 'no such workspace', none, '']) {
      const bo = narrowed(to);
      answers.push(
        JSON.stringify([
          await bo('list_workflows'),
          await bo('open_workflow', { id: here.id('plan') }),
          await bo('create_workflow', { name: 'n', document: {} }),
          (await bo('whoami')).workspaces,
        ]),
      );
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('not_found');
  });

  test('by the operator of the server as well, which an address narrows further and never widens', async () => {
    const { fetch } = await serviceIn(here, { operator: { workspace: 'growth' } });
    const key = await here.key('bo');
    for (const [query, own] of [
      ['', ['plan']],
      ['workspace=growth', ['plan']],
      [`workspace=${here.id('growth')}`, ['plan']],
      ['workspace=finance', []],
      [`workspace=${here.id('vault')}`, []],
    ] as const) {
      const { call, close } = await agent({ fetch }, key, { query });
      expect(await named(call), query).toEqual(own.length ? expect.arrayContaining([...own]) : []);
      const made = await call('create_workflow', { name: 'New', document: {} });
      expect(made, query).toMatchObject(own.length ? { workspace: here.id('growth') } : notFound);
      await close();
    }
  });

  test('a name that several of the caller’s workspaces have is refused at the door, with their ids', async () => {
    const it = await office({
      people: { ada: 'member', bo: 'member' },
      workspaces: { one: { ada: 'creator' }, two: { ada: 'creator', bo: 'creator' } },
    });
    await it.sql(`update workspace set name = 'same' where organization_id = $1`, [it.organization]);
    const refused = await it.postern.admit(await it.key('ada'), { workspace: 'same' }).catch((it) => it);
    expect(refused).toMatchObject({ code: 'invalid_argument' });
    expect(new Set(refused.details.candidates.map(({ id }: { id: string }) => id))).toEqual(
      new Set([it.id('one'), it.id('two')]),
    );
    const { fetch } = await serviceIn(it);
    const answer = await fetch(
      new Request('http://localhost/mcp?workspace=same', {
        method: 'POST',
        headers: { authorization: `Bearer ${await it.key('ada')}`, 'content-type': 'application/json' },
        body: '{}',
      }),
    );
    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'invalid_argument' }]);
    expect((await it.as('bo', { query: 'workspace=same' })('whoami')).workspaces).toMatchObject([{ id: it.id('two') }]);
  });
});
