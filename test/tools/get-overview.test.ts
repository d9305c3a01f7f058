import { describe, expect, test } from 'vitest';
import { newId } from '../../src/terms/ids.ts';
import { office } from '../support/office.ts';

const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member' },
  workspaces: {
    Sales: { ada: 'admin', bo: 'creator', cy: 'viewer' },
    Finance: { dee: 'owner', bo: 'viewer' },
    Vault: { dee: 'owner' },
  },
  workflows: {
    plan: { in: 'Sales', owner: 'bo', visibility: 'everyone' },
    lent: { in: 'Sales', owner: 'bo', grants: { cy: 'viewer' } },
    draft: { in: 'Sales', owner: 'bo' },
    own: { in: 'Sales', owner: 'ada' },
    ledger: { in: 'Finance', owner: 'dee', visibility: 'everyone' },
    secret: { in: 'Vault', owner: 'dee' },
    gone: { in: 'Sales', owner: 'bo', binned: true },
  },
  resources: { helper: { kind: 'assistant', in: 'Sales', owner: 'bo', visibility: 'everyone' } },
  requests: { wish: { by: 'cy', for: 'draft' }, plea: { by: 'ada', for: 'draft' } },
} as const;
const query = 'toolsets=governance';
const plain = { scopes: ['audit'], query } as const;
const full = { scopes: ['audit', 'override'], query } as const;
const kind = (kind: string, [priv, shared, everyone]: [number, number, number]) => ({
  kind,
  total: priv + shared + everyone,
  private: priv,
  shared,
  everyone,
});

async function busy() {
  const here = await office(told);
  const bo = here.as('bo');
  for (let i = 0; i < 3; i++) await here.as('cy')('open_workflow', { id: here.id('plan') });
  await bo('edit_workflow', { id: here.id('plan'), revision: 1, name: 'x' });
  await bo('edit_workflow', { id: here.id('draft'), revision: 1, name: 'y' });
  await bo('open_workflow', { id: here.id('draft') });
  await here.as('cy')('edit_workflow', { id: here.id('plan'), revision: 1, name: 'refused' });
  await here.as('dee')('open_workflow', { id: here.id('secret') });
  return here;
}
const overview = async (here: Awaited<ReturnType<typeof busy>>, who: string, how: object, args = {}) =>
  here.as(who, how)('get_overview', args);

describe('figures of workspaces (WS-8)', () => {
  test.each<[string, object, object, object]>([
    [
      'cy',
      plain,
      { workspace: 'Sales' },
      { resources: [kind('workflow', [0, 1, 1]), kind('assistant', [0, 0, 1])], opens: 3, edits: 1, pending: 0 },
    ],
    [
      'bo',
      plain,
      { workspace: 'Sales' },
      { resources: [kind('workflow', [1, 1, 1]), kind('assistant', [0, 0, 1])], opens: 4, edits: 2, pending: 2 },
    ],
    [
      'ada',
      plain,
      { workspace: 'sales' },
      { resources: [kind('workflow', [1, 0, 1]), kind('assistant', [0, 0, 1])], opens: 3, edits: 1, pending: 0 },
    ],
    [
      'ada',
      full,
      { workspace: 'Sales' },
      { resources: [kind('workflow', [2, 1, 1]), kind('assistant', [0, 0, 1])], opens: 4, edits: 2, pending: 1 },
    ],
    [
      'cy',
      full,
      { workspace: 'Sales' },
      { resources: [kind('workflow', [0, 1, 1]), kind('assistant', [0, 0, 1])], opens: 3, edits: 1, pending: 0 },
    ],
  ])('count what %s can open with %j, in %j, and what became of just that', async (who, how, args, expected) => {
    const here = await busy();
    const { resources, activity, requests, complete } = await overview(here, who, how, args);
    const { opens, edits } = activity;
    expect({ resources, opens, edits, pending: requests.pending }).toEqual(expected);
    expect(complete).toBe(true);
  });

  test('put all of the asker’s workspaces together; an admin’s dashboard is over every one by override (ORG-6, EXT-3, 004-4)', async () => {
    const here = await busy();
    const names = ({ by_workspace }: { by_workspace?: { name: string }[] }) => by_workspace?.map(({ name }) => name);
    const mine = await overview(here, 'bo', plain);
    expect(mine).toMatchObject({
      workspaces: 2,
      resources: [kind('workflow', [1, 1, 2]), kind('assistant', [0, 0, 1])],
    });
    expect(names(mine)).toEqual(['Sales', 'Finance']);
    expect(await overview(here, 'root', plain)).toMatchObject({ workspaces: 0, resources: [], by_workspace: [] });
    const all = await overview(here, 'root', full);
    expect(all).toMatchObject({
      workspaces: 3,
      resources: [kind('workflow', [3, 1, 2]), kind('assistant', [0, 0, 1])],
      activity: { by: 'day', opens: 5, edits: 2 },
      requests: { pending: 2 },
    });
    expect(all.by_workspace[0]).toEqual({
      id: here.id('Sales'),
      name: 'Sales',
      resources: 5,
      opens: 4,
      edits: 2,
      pending_requests: 2,
    });
    const cut = await overview(here, 'root', { ...full, workspaces: ['Vault'] });
    expect(names(cut)).toEqual(['Vault']);
    expect(cut).toMatchObject({
      resources: [kind('workflow', [1, 0, 0])],
      activity: { opens: 1 },
      requests: { pending: 0 },
    });
  });

  test('tell opens and edits by the day, or by the week where it is more than a month, and nothing of before', async () => {
    const here = await office(told);
    for (const days of [0, 0, 1, 9, 40, 400]) {
      await here.sql(
        `insert into activity (organization_id, id, at, person_id, surface, action, outcome, noun, kind, entity_id, workspace_id)
         values ($1, $2, now() - $3 * interval '1 day', $4, 'external', 'resource.open', 'allow', 'resource', 'workflow', $5, $6)`,
        [here.organization, newId(), days, here.uuid('cy'), here.uuid('plan'), here.uuid('Sales')],
      );
    }
    const today = new Date(Date.now()).toISOString().slice(0, 10);
    const of = async (days: number) => (await overview(here, 'bo', plain, { workspace: 'Sales', days })).activity;
    expect((await of(30)).periods.map(({ opens }: { opens: number }) => opens)).toEqual([1, 1, 2]);
    expect((await of(30)).periods.at(-1)).toEqual({ from: today, opens: 2, edits: 0 });
    expect(await of(60)).toMatchObject({ by: 'week', opens: 5 });
    expect((await of(365)).opens).toBe(5);
  });

  test('tell how many requests wait, what became of the others, and how long they waited (REQ-2)', async () => {
    const here = await office(told);
    await here.sql(`update access_request set created_at = now() - interval '10 hours' where organization_id = $1`, [
      here.organization,
    ]);
    await here.as('bo')('decide_access_requests', { decisions: [{ id: here.id('wish'), decision: 'deny' }] });
    expect((await overview(here, 'bo', plain)).requests).toEqual({
      pending: 1,
      approved: 0,
      denied: 1,
      cancelled: 0,
      expired: 0,
      median_wait_hours: 10,
      longest_wait_hours: 10,
    });
    expect((await overview(here, 'cy', plain)).requests).toMatchObject({ pending: 0, denied: 0 });
  });

  test('of a workspace that one does not see, and of none, the same is said (EXT-12)', async () => {
    const here = await office(told);
    const said = (workspace: string) => overview(here, 'cy', plain, { workspace });
    const [hidden, missing, byId] = [await said('Finance'), await said('Nowhere'), await said(here.id('Vault'))];
    expect(hidden.error).toMatchObject({ code: 'not_found' });
    expect(missing).toEqual(hidden);
    expect(byId).toEqual(hidden);
  });
});
