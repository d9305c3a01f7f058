import { expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { confirmed, office, walked } from '../support/office.ts';

const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member' },
  workspaces: {
    Sales: { ada: 'admin', bo: 'creator', cy: 'creator' },
    Finance: { dee: 'owner', bo: 'creator' },
  },
  groups: { hush: { dee: 'owner' } },
  closed: ['hush'],
  workflows: {
    plan: { in: 'Sales', owner: 'bo', visibility: 'everyone' },
    draft: { in: 'Sales', owner: 'bo' },
    ledger: { in: 'Finance', owner: 'dee' },
  },
  resources: { helper: { kind: 'assistant', in: 'Sales', owner: 'bo' } },
} as const;

// biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
type Item = Record<string, any>;
const query = 'toolsets=governance';
const audit = { scopes: ['audit'], query } as const;
const full = { scopes: ['audit', 'override'], query } as const;

/** A week in Sales: bo opens and edits, shares and fails, dee works in Finance. */
async function week() {
  const here = await office(told);
  const bo = here.as('bo', { name: "bo's agent" });
  await here.as('bo', { name: "bo's own" })('open_workflow', { id: here.id('plan') });
  await bo('edit_workflow', { id: here.id('plan'), revision: 1, name: 'Plan of Q3' });
  await bo('edit_workflow', { id: here.id('draft'), revision: 1, name: 'Secret draft' });
  await bo('share_resource', { id: here.id('plan'), with: 'person:cy@acme.test', role: 'viewer' });
  await here.as('cy')('delete_workflow', { id: here.id('plan') });
  await here.as('dee')('edit_workflow', { id: here.id('ledger'), revision: 1, name: 'Books' });
  return here;
}
/** A week that nobody adds to. */
const past = await week();
const list = async (here: Awaited<ReturnType<typeof week>>, who: string, args = {}, how: object = audit) =>
  (await here.as(who, how)('list_activity', args)) as { items: Item[]; total: number; error?: unknown };
const actions = (items: readonly Item[]) => items.map(({ action }) => action);

test('what changed in Sales this week is one call, newest first, with who, by which key, before and after (ACT-1, ACT-2, EXP-5, 004-12)', async () => {
  const from = new Date(Date.now() - 7 * 86_400_000).toISOString();
  const { items, total } = await list(past, 'ada', { workspace: 'Sales', type: ['changed'], from });
  expect(total).toBe(3);
  expect(actions(items)).toEqual(['resource.share', 'resource.edit', 'resource.edit']);
  expect(items[2]).toMatchObject({
    id: past.id('plan'),
    type: 'updated',
    by: 'bo@acme.test',
    key: "bo's agent",
    surface: 'external',
    entity_type: 'workflow',
    name: 'Plan of Q3',
    workspace: 'Sales',
    outcome: 'allowed',
    via: 'owner, everyone',
    before: { revision: 1, name: 'plan' },
    after: { revision: 2, name: 'Plan of Q3' },
  });
});

test('admins of the organization read all of it, those of a workspace its own, others what they did themselves (ACT-2)', async () => {
  const by = async (who: string, how?: object) =>
    [...new Set((await list(past, who, { limit: 50 }, how)).items.map((it) => it.by))].sort();
  expect(await by('root', full)).toEqual(['bo@acme.test', 'cy@acme.test', 'dee@acme.test']);
  expect(await by('ada', full)).toEqual(['bo@acme.test', 'cy@acme.test']);
  expect(await by('cy', full)).toEqual(['cy@acme.test']);
  expect(await by('bo', audit)).toEqual(['bo@acme.test']);
  expect((await list(past, 'cy', { workspace: 'Sales' })).total).toBe(1);
  expect((await list(past, 'ada', { workspace: 'Finance' })).items).toEqual([]);
});

test('an entry on what one can’t open now shows id and action alone, in full with override (ACT-2, EXT-3)', async () => {
  const bare = { id: past.id('draft'), action: 'resource.edit' };
  const { items, total } = await list(past, 'ada');
  expect(items).toContainEqual(bare);
  expect(total).toBe(5);
  expect(JSON.stringify(items)).not.toContain('Secret draft');
  expect((await list(past, 'ada', {}, full)).items).toContainEqual(
    expect.objectContaining({
      ...bare,
      name: 'Secret draft',
      after: expect.objectContaining({ name: 'Secret draft' }),
    }),
  );
  expect((await list(past, 'root')).items).toEqual(
    expect.arrayContaining([bare, { id: past.id('ledger'), action: 'resource.edit' }]),
  );
  expect((await list(past, 'bo', { id: past.id('draft') })).items).toMatchObject([{ name: 'Secret draft' }]);
});

test('what one did oneself shows so, too, once it is out of reach; and what never was reads like it (ACT-2, EXT-2)', async () => {
  const here = await week();
  const cy = here.as('cy');
  await cy('open_workflow', { id: here.id('draft') });
  const none = outside('workflow', newId());
  await cy('open_workflow', { id: none });
  // A hidden assistant's id, asked for as a workflow's: the answer says what was asked for.
  await cy('open_workflow', { id: outside('workflow', here.uuid('helper')) });
  const { items } = await list(here, 'cy', { outcome: 'refused', type: ['denied'] });
  const bare = (id: string) => ({ id, action: 'resource.open' });
  expect(items.slice(0, 3)).toEqual([
    bare(outside('workflow', here.uuid('helper'))),
    bare(none),
    bare(here.id('draft')),
  ]);
  expect((await list(here, 'cy', { id: here.id('helper') })).items).toEqual([]);
  await confirmed(here.as('bo'), 'set_visibility', { id: here.id('plan'), visibility: 'private' });
  expect((await list(here, 'cy')).items.at(-1)).toEqual({ id: here.id('plan'), action: 'resource.delete' });
});

test.each<[string, object, string[]]>([
  ['email', { email: 'DEE@acme.test' }, ['resource.edit']],
  ['nobody’s email', { email: 'nobody@acme.test' }, []],
  ['workspace name (004-13)', { workspace: 'finance' }, ['resource.edit']],
  ['workspace id', { workspace: past.id('Finance') }, ['resource.edit']],
  ['a workspace that is not there', { workspace: 'Nowhere' }, []],
  ['log type (004-14)', { type: ['shared'] }, ['resource.share']],
  ['log types', { type: ['shared', 'denied'] }, ['resource.delete', 'resource.share']],
  ['refusals', { outcome: 'refused' }, ['resource.delete']],
  ['what is not a refusal', { outcome: 'allowed', email: 'cy@acme.test' }, []],
  ['entity type (004-15)', { entity_type: 'assistant' }, []],
  ['another entity type', { entity_type: 'workflow', type: ['opened'] }, ['resource.open']],
  ['the id of an entity', { id: past.id('ledger') }, ['resource.edit']],
  ['an id that names nothing', { id: 'what' }, []],
  ['the name of a key', { key: "bo's own" }, ['resource.open']],
  ['no key of that name', { key: 'nobody’s' }, []],
  ['a time that has gone', { to: '2020-01-01T00:00:00Z' }, []],
  ['a time to come', { from: '2120-01-01T00:00:00+01:00' }, []],
  [
    'all at once',
    {
      email: 'bo@acme.test',
      workspace: 'Sales',
      type: ['updated'],
      key: "bo's agent",
      entity_type: 'workflow',
      outcome: 'allowed',
      from: '2020-01-01T00:00:00Z',
    },
    ['resource.edit', 'resource.edit'],
  ],
])('a filter of the log finds just what fits: %s (ACT-2)', async (_, args, expected) => {
  const answer = await list(past, 'root', args, full);
  expect(actions(answer.items)).toEqual(expected);
  expect(answer.total).toBe(expected.length);
  const { all } = await walked(past.as('root', full), 'list_activity', { ...args, limit: 1 });
  expect(actions(all)).toEqual(expected);
});

test('a filter finds nothing by what it does not show, and totals count what is shown (EXT-1)', async () => {
  const hidden = [past.id('draft'), past.id('ledger')];
  const shows = async (args: object) => {
    const answer = await list(past, 'root', args);
    expect(answer.total).toBe(answer.items.length);
    return answer.items.filter(({ id }) => hidden.includes(id)).length;
  };
  expect(await shows({})).toBe(2);
  expect(await shows({ type: ['updated'] })).toBe(2);
  for (const args of [{ email: 'bo@acme.test' }, { key: "bo's agent" }, { outcome: 'allowed' }, { type: ['denied'] }])
    expect(await shows(args)).toBe(0);
  // Who may open the plan since it is everyone's sees by whom it was edited; root, who is in no workspace, does not.
  expect((await list(past, 'ada', { email: 'bo@acme.test' })).items.map(({ id }) => id)).not.toContain(
    past.id('draft'),
  );
  expect((await list(past, 'ada', { email: 'bo@acme.test' })).total).toBe(3);
});

test('a key that is cut to a workspace reads of that alone (EXT-4)', async () => {
  const here = await week();
  await here.as('bo')('open_workflow', { id: outside('workflow', newId()) });
  const cut = await list(here, 'bo', {}, { ...audit, workspaces: ['Finance'] });
  expect(cut.items).toEqual([]);
  const wide = await list(here, 'root', {}, { ...full, workspaces: ['Finance'] });
  expect(wide.items).toMatchObject([{ name: 'Books', workspace: 'Finance' }]);
});

test('a private group is named to nobody who is not in it, but admins of the organization by override (GRP-7, GRP-3)', async () => {
  const here = await week();
  await here.sql(
    `insert into membership (organization_id, person_id, principal_id, principal, role) values ($1, $2, $3, 'group', 'viewer')`,
    [here.organization, here.uuid('bo'), here.uuid('hush')],
  );
  await here.as('bo')('share_resource', { id: here.id('plan'), with: 'group:hush', role: 'editor' });
  const of = async (who: string, how: object) =>
    (await list(here, who, { id: here.id('plan'), type: ['shared'] }, how)).items[0];
  expect(await of('bo', audit)).toMatchObject({ after: { with: here.id('hush') } });
  expect(await of('root', full)).toMatchObject({ after: { with: here.id('hush') } });
  expect(await of('ada', full)).toMatchObject({ after: { with: 'a private group' } });
  await here.as('dee')('open_workflow', { id: here.id('plan') });
  expect(JSON.stringify(await list(here, 'ada', {}, full))).not.toMatch(new RegExp(`hush|${here.id('hush')}`));
});

test('pages are cut nowhere and repeat nothing, many entries of one instant too; more than a thousand are many', async () => {
  const here = await office(told);
  await here.sql(
    `insert into activity (organization_id, id, at, person_id, surface, action, outcome, noun, kind, entity_id, workspace_id)
     select $1, gen_random_uuid(), date_trunc('second', now()) - (n / 40) * interval '1 second', $2, 'external', 'resource.open', 'allow', 'resource', 'workflow', $3, $4
     from generate_series(1, 1203) n`,
    [here.organization, here.uuid('bo'), here.uuid('plan'), here.uuid('Sales')],
  );
  await here.analyzed();
  const first = await here.as('ada', audit)('list_activity', { limit: 50, email: 'bo@acme.test' });
  expect(first).toMatchObject({ more_than: 1000 });
  for (const [who, args] of [
    ['root', {}],
    ['ada', { email: 'bo@acme.test' }],
    ['bo', {}],
  ] as const) {
    const { all } = await walked(here.as(who, audit), 'list_activity', { limit: 50, ...args });
    expect(all).toHaveLength(1203);
    const times = all.flatMap(({ at }) => at ?? []);
    expect(times).toEqual([...times].sort().reverse());
  }
});
