import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { operations } from '../../src/workspace/operations.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import { served, superuser, type World, world } from '../support/world.ts';

/** A second server on the same database: what one answers must not rest on what it remembers. */
const other = await openPostern({ app: served });
afterAll(() => other.close());

const place = () =>
  world({
    people: { ada: 'member', bo: 'member' },
    workspaces: { growth: { ada: 'owner', bo: 'creator' } },
    groups: { crew: ['bo'] },
    teams: { desk: ['bo'] },
    workflows: {
      plan: { in: 'growth', owner: 'ada', grants: { bo: 'editor' } },
      both: { in: 'growth', owner: 'ada', grants: { bo: 'editor', crew: 'viewer' } },
      ours: { in: 'growth', owner: 'ada', grants: { crew: 'editor' } },
      team: { in: 'growth', owner: 'ada', grants: { desk: 'editor' } },
      all: { in: 'growth', owner: 'ada', visibility: 'everyone' },
      own: { in: 'growth', owner: 'bo' },
    },
  });

const of = (table: string, where: string) => (here: World, name: string) =>
  here.sql(`delete from ${table} where organization_id = $1 and ${where}`, [here.organization, here.uuid(name)]);
const set = (text: string) => (here: World, name: string) => here.sql(`update ${text}`, [here.uuid(name)]);

test.each<[string, string, string, (here: World, name: string) => Promise<unknown>]>([
  ['a grant is taken back', 'plan', 'plan', of('access_grant', 'resource_id = $2')],
  ['a grant ends', 'plan', 'plan', set('access_grant set expires_at = statement_timestamp() where resource_id = $1')],
  ['someone leaves a group', 'ours', 'crew', of('membership', 'principal_id = $2')],
  ['someone leaves a team', 'team', 'desk', of('membership', 'principal_id = $2')],
  ['it is no more everyone’s', 'all', 'all', set(`resource set visibility = 'shared' where id = $1`)],
  ['someone leaves the workspace', 'all', 'bo', of('workspace_member', 'person_id = $2')],
  ['the owner leaves the workspace', 'own', 'bo', of('workspace_member', 'person_id = $2')],
  [
    'it goes to the bin',
    'plan',
    'plan',
    async (here, name) => {
      await set('resource set deleted_at = now() where id = $1')(here, name);
      await set('access_grant set live = false where resource_id = $1')(here, name);
    },
  ],
  ['the workspace is closed', 'own', 'growth', set(`workspace set deleted_at = now() where id = $1`)],
])(
  'the next call is refused, from any server, once %s (DEC-4, DEC-5, DEC-8, 001-9)',
  async (_what, workflow, name, revoke) => {
    const here = await place();
    const secret = await here.key('bo');
    const sessions = [await here.postern.admit(secret), await other.admit(secret)];
    const id = here.id(workflow);
    for (const session of sessions) await session.perform(operations.open_workflow, { id });
    await revoke(here, name);
    for (const session of sessions) {
      await expect(session.perform(operations.open_workflow, { id })).rejects.toMatchObject({ code: 'not_found' });
      await expect(session.perform(operations.edit_workflow, { id, revision: 1, name: 'late' })).rejects.toMatchObject({
        code: 'not_found',
      });
      const { items } = await session.perform(operations.list_workflows, { query: workflow });
      expect(items).toEqual([]);
    }
  },
);

test.each<[string, (here: World) => Promise<unknown>]>([
  [
    'a key is revoked',
    (here) => here.sql(`update credential set revoked_at = now() where organization_id = $1`, [here.organization]),
  ],
  [
    'a key ends',
    (here) =>
      here.sql(`update credential set expires_at = statement_timestamp() where organization_id = $1`, [
        here.organization,
      ]),
  ],
  [
    'a person is suspended',
    (here) => here.sql(`update person set status = 'suspended' where id = $1`, [here.uuid('bo')]),
  ],
  ['a person is removed', (here) => here.sql(`update person set status = 'removed' where id = $1`, [here.uuid('bo')])],
])(
  'no call of an open session goes through, on any server, once %s, and nobody is let in by it (DEC-5, EXT-4, ORG-12) (security 30)',
  async (_what, revoke) => {
    const here = await place();
    const secret = await here.key('bo');
    const sessions = [await here.postern.admit(secret), await other.admit(secret)];
    await revoke(here);
    for (const session of sessions) {
      for (const [operation, input] of [
        ['whoami', {}],
        ['list_workflows', {}],
        ['open_workflow', { id: here.id('own') }],
        ['edit_workflow', { id: here.id('own'), revision: 1, name: 'x' }],
        ['request_access', { id: outside('workflow', newId()) }],
      ] as const)
        await expect(session.perform(operations[operation], input), operation).rejects.toMatchObject({
          code: 'unauthenticated',
        });
    }
    await expect(here.postern.admit(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(other.admit(secret)).rejects.toMatchObject({ code: 'unauthenticated' });
  },
);

/** Holds the row of a workflow until the calls wait for it, in the order in which they are told, and `meanwhile` is done. */
async function queued(
  here: World,
  workflow: string,
  calls: readonly (() => Promise<Record<string, unknown>>)[],
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<PromiseSettledResult<Record<string, unknown>>[]> {
  const holder = new Client(here.connection);
  await holder.connect();
  await holder.query('begin');
  await holder.query('select from resource where id = $1 for update', [here.uuid(workflow)]);
  const settled: Promise<PromiseSettledResult<Record<string, unknown>>[]>[] = [];
  try {
    for (const call of calls) {
      settled.push(Promise.allSettled([call()]));
      await waiting(settled.length);
    }
    await meanwhile();
  } finally {
    await holder.end();
  }
  return (await Promise.all(settled)).flat();
}

async function waiting(count: number): Promise<void> {
  const text = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  for (let tries = 0; tries < 100; tries++) {
    if (((await superuser.query<{ n: number }>(text)).rows[0]?.n ?? 0) >= count) return;
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error(`${count} calls never waited`);
}

test.each([
  ['hidden, where nothing is left', 'plan', 'not_found', 'not_found'],
  ['denied, where reading is left', 'both', 'permission_denied', 'opened'],
])(
  'a write that was waiting while its right is taken back is %s, and leaves nothing (DEC-8)',
  async (_what, name, code, left) => {
    const here = await place();
    const [ada, bo] = [await here.session('ada'), await other.admit(await here.key('bo'))];
    const id = here.id(name);
    const [unshared, edited] = await queued(here, name, [
      () => ada.perform(operations.unshare_resource, { id, with: 'person:bo@acme.test' }),
      () => bo.perform(operations.edit_workflow, { id, revision: 1, name: 'late' }),
    ]);
    expect(unshared).toMatchObject({ status: 'fulfilled', value: { removed: true } });
    expect(edited).toMatchObject({ status: 'rejected', reason: { code } });
    expect(await ada.perform(operations.open_workflow, { id })).toMatchObject({ name, revision: 1 });
    const opened = await bo.perform(operations.open_workflow, { id }).then(
      () => 'opened',
      (refused) => refused.code,
    );
    expect(opened).toBe(left);
  },
);

test.each<[string, string]>([
  ['its key is revoked', 'update credential set revoked_at = now() where person_id = $1'],
  ['its key ends', 'update credential set expires_at = statement_timestamp() where person_id = $1'],
  ['its person is suspended', `update person set status = 'suspended' where id = $1`],
])('a write that was waiting while %s goes nowhere (DEC-5, DEC-8)', async (_what, revoke) => {
  const here = await place();
  const bo = await here.session('bo');
  const id = here.id('own');
  const [edited] = await queued(
    here,
    'own',
    [() => bo.perform(operations.edit_workflow, { id, revision: 1, name: 'late' })],
    () => here.sql(revoke, [here.uuid('bo')]),
  );
  expect(edited).toMatchObject({ status: 'rejected', reason: { code: 'unauthenticated' } });
  expect(await here.sql('select number from revision where resource_id = $1', [here.uuid('own')])).toHaveLength(1);
});

test('a write that was waiting before its right is taken back comes first, whole, and the taking back after it (DEC-8)', async () => {
  const here = await place();
  const [ada, bo] = [await here.session('ada'), await here.session('bo')];
  const id = here.id('plan');
  const [edited, unshared] = await queued(here, 'plan', [
    () => bo.perform(operations.edit_workflow, { id, revision: 1, name: 'in time' }),
    () => ada.perform(operations.unshare_resource, { id, with: 'person:bo@acme.test' }),
  ]);
  expect(edited).toMatchObject({ status: 'fulfilled', value: { revision: 2, name: 'in time' } });
  expect(unshared).toMatchObject({ status: 'fulfilled', value: { removed: true } });
  expect(await ada.perform(operations.open_workflow, { id })).toMatchObject({ name: 'in time', revision: 2 });
  await expect(bo.perform(operations.open_workflow, { id })).rejects.toMatchObject({ code: 'not_found' });
});

test('of two edits of one revision that wait for each other, one goes through and one is a conflict that shows the other, nothing lost (VER-1)', async () => {
  const here = await place();
  const [ada, bo] = [await here.session('ada'), await other.admit(await here.key('bo'))];
  const id = here.id('plan');
  const [first, second] = await queued(here, 'plan', [
    () => ada.perform(operations.edit_workflow, { id, revision: 1, merge: { by: 'ada' } }),
    () => bo.perform(operations.edit_workflow, { id, revision: 1, merge: { by: 'bo' } }),
  ]);
  expect(first).toMatchObject({ status: 'fulfilled', value: { revision: 2 } });
  expect(second).toMatchObject({
    status: 'rejected',
    reason: {
      code: 'conflict',
      details: { current: { revision: 2, by: 'ada@acme.test', changes: [{ pointer: '/by', change: 'added' }] } },
    },
  });
  expect(await bo.perform(operations.open_workflow, { id, include: ['document'] })).toMatchObject({
    document: { note: 'plan', by: 'ada' },
  });
});

test('a call sent again with its key while the first still waits is a replay, not a conflict (EXT-9)', async () => {
  const here = await place();
  const ada = await here.session('ada');
  const secret = await here.key('bo');
  const [one, two] = [await here.postern.admit(secret), await other.admit(secret)];
  const id = here.id('plan');
  const edit = { id, revision: 1, name: 'once' };
  const [first, second] = await queued(here, 'plan', [
    () => one.perform(operations.edit_workflow, edit, { key: 'k' }),
    () => two.perform(operations.edit_workflow, edit, { key: 'k' }),
  ]);
  expect(first).toMatchObject({ status: 'fulfilled', value: { revision: 2 } });
  expect(second).toEqual(first);
  expect(await ada.perform(operations.list_revisions, { id })).toMatchObject({ total: 2 });
});
