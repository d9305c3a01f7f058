import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inside, newId, outside } from '../../src/terms/ids.ts';
import { entries } from '../support/logged.ts';
import { confirmed, office } from '../support/office.ts';
import { ask, code, decide, type Here, incoming, sent, told } from '../support/requesting.ts';
import { superuser } from '../support/world.ts';

let other: pg.Client;
beforeAll(async () => {
  const { host, port, database } = superuser;
  other = new pg.Client({ host, port, user: 'postern', ...(database && { database }) });
  await other.connect();
});
afterAll(() => other.end());

const wished = () => office({ ...told, requests: { wish: { by: 'cy', for: 'plan' } } });
const stateOf = async (here: Here) =>
  (await here.sql<{ status: string }>('select status from access_request where id = $1', [here.uuid('wish')]))[0]
    ?.status;
const grants = (here: Here) => here.sql('select level from access_grant where resource_id = $1', [here.uuid('plan')]);

/** Holds the workflow, or what else is said, until `work` waits for it, carries out a statement, and lets go. */
async function meanwhile<T>(
  here: Here,
  work: () => Promise<T>,
  statement: string,
  values: unknown[],
  [table, name]: readonly [string, string] = ['resource', 'plan'],
): Promise<T> {
  await other.query('begin');
  await other.query(`select from ${table} where id = $1 for no key update`, [here.uuid(name)]);
  const working = work();
  for (let i = 0; ; i++) {
    const { rows } = await superuser.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows.length) break;
    if (i > 200) throw new Error('nobody waits');
    await setTimeout(5);
  }
  await other.query(statement, values);
  await other.query('commit');
  return working;
}

test('an approval that waits while the request is cancelled changes nothing and says so (REQ-5, REQ-7)', async () => {
  const here = await wished();
  const outcome = await meanwhile(
    here,
    () => decide(here, 'bo', here.id('wish'), 'approve'),
    `update access_request set status = 'cancelled', decided_at = now() where id = $1`,
    [here.uuid('wish')],
  );
  expect(outcome).toMatchObject({
    status: 'unchanged',
    ...code('already_decided', { current: expect.objectContaining({ status: 'cancelled' }) }),
  });
  expect(await grants(here)).toEqual([]);
});

test('an approval that waits while its resource is deleted finds none; the request stays pending for whoever asked (REQ-6)', async () => {
  const here = await wished();
  const outcome = await meanwhile(
    here,
    () => decide(here, 'bo', here.id('wish'), 'approve'),
    'update resource set deleted_at = now() where id = $1',
    [here.uuid('plan')],
  );
  expect(outcome).toMatchObject({ status: 'unchanged', ...code('not_found') });
  expect(await grants(here)).toEqual([]);
  expect(await sent(here, 'cy')).toMatchObject([{ id: here.id('wish'), status: 'pending' }]);
});

test('an approval that waits while it changes hands is no longer the old owner’s; the new one finds it in Incoming (REQ-2)', async () => {
  const here = await wished();
  const outcome = await meanwhile(
    here,
    () => decide(here, 'bo', here.id('wish'), 'approve'),
    'update resource set owner_id = $2 where id = $1',
    [here.uuid('plan'), here.uuid('dee')],
  );
  expect(outcome).toMatchObject({ status: 'unchanged', ...code('not_found') });
  expect(await incoming(here, 'bo')).toEqual([]);
  expect(await incoming(here, 'dee')).toMatchObject([{ id: here.id('wish'), status: 'pending' }]);
  expect(await decide(here, 'dee', here.id('wish'), 'approve')).toMatchObject({ status: 'approved' });
});

test.each([
  ['the organization', 'person', 'cy'],
  ['the workspace', 'workspace', 'growth'],
])(
  'an approval that waits while whoever asked is removed from %s lets nobody in: it was cancelled (REQ-6, ORG-8, WS-9)',
  async (_where, table, name) => {
    const here = await wished();
    const outcome = await meanwhile(
      here,
      () => decide(here, 'bo', here.id('wish'), 'approve'),
      `update access_request set status = 'cancelled', decided_at = now() where id = $1`,
      [here.uuid('wish')],
      [table, name],
    );
    expect(outcome).toMatchObject({ status: 'unchanged', ...code('already_decided') });
    expect(await grants(here)).toEqual([]);
  },
);

test('of deleting and approving at once, both orders leave a whole state: approved and deleted, or pending and deleted (REQ-6)', async () => {
  const here = await wished();
  const { confirm } = await here.as('bo')('delete_workflow', { id: here.id('plan') });
  const [approved, deleted] = await Promise.all([
    decide(here, 'bo', here.id('wish'), 'approve'),
    here.as('bo')('delete_workflow', { id: here.id('plan'), confirm }),
  ]);
  // An approval that came first changes who would lose it, so the deletion asks anew.
  if (deleted.error) expect(deleted.error.code).toBe('confirmation_stale');
  if (approved.error) expect([approved.error.code, await stateOf(here)]).toEqual(['not_found', 'pending']);
  else expect(await stateOf(here)).toBe('approved');
  expect(await grants(here)).toHaveLength(approved.error ? 0 : 1);
});

test('of three asked at once over two keys with room for one, one is made (REQ-8)', async () => {
  const here = await office(told);
  await here.sql(
    `insert into access_request (organization_id, id, requester_id, resource_id, kind, level) select $1, gen_random_uuid(), $2, gen_random_uuid(), 'workflow', 'editor' from generate_series(1, 19)`,
    [here.organization, here.uuid('cy')],
  );
  const answers = await Promise.all(
    ['one', 'two', 'one'].map((name) =>
      here.as('cy', { name })('request_access', { id: outside('workflow', newId()) }),
    ),
  );
  expect(answers.filter(({ status }) => status === 'pending')).toHaveLength(1);
  expect(answers.filter(({ error }) => error?.code === 'rate_limited')).toHaveLength(2);
});

test('of two asking for the same at once, over two keys, both get the one request, and it is made once (REQ-1)', async () => {
  const here = await office(told);
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => here.as('cy', { name })('request_access', { id: here.id('plan') })),
  );
  expect(one).toEqual(two);
  expect(await incoming(here, 'bo')).toHaveLength(1);
  const made = (await entries(here)).filter(({ action }) => action === 'request.make');
  expect(made.map(({ entity_id }) => entity_id)).toEqual([inside('request', one!.id)]);
});

test('asking again for what is pending gives the first and logs nothing more, delivered by it or not (REQ-1, ACT-1, EXT-6)', async () => {
  const here = await office(told);
  const first = await ask(here, 'far', 'plan');
  await ask(here, 'far', 'plan');
  await here.sql(
    `insert into workspace_member (organization_id, person_id, workspace_id, role) values ($1, $2, $3, 'viewer')`,
    [here.organization, here.uuid('far'), here.uuid('growth')],
  );
  expect(await ask(here, 'far', 'plan')).toEqual(first);
  expect(await incoming(here, 'bo')).toHaveLength(1);
  expect((await entries(here)).filter(({ action }) => action === 'request.make')).toHaveLength(1);
});

test('two decisions of the same in one call at once, by two people, decide each request once (REQ-7)', async () => {
  const here = await office({
    ...told,
    requests: { wish: { by: 'cy', for: 'plan' }, hope: { by: 'dee', for: 'plan' } },
  });
  const ids = [here.id('wish'), here.id('hope')];
  const decisions = (decision: string, order: string[]) => ({ decisions: order.map((id) => ({ id, decision })) });
  const [one, two] = await Promise.all([
    here.as('bo')('decide_access_requests', decisions('approve', ids)),
    here.as('ada', { scopes: ['read', 'review', 'override'] })(
      'decide_access_requests',
      decisions('deny', ids.toReversed()),
    ),
  ]);
  const decided = [...one.outcomes, ...two.outcomes].filter(({ error }) => !error).map(({ id }) => id);
  expect(decided.sort()).toEqual(ids.toSorted());
});

test('what comes true by a change to whoever asked is approved for its reviewer too, and no longer theirs to decide (REQ-6)', async () => {
  const here = await office({
    ...told,
    workflows: { plan: { in: 'growth', owner: 'bo', grants: { crew: 'editor' } } },
    requests: { wish: { by: 'dee', for: 'plan' } },
  });
  expect(await incoming(here, 'bo')).toMatchObject([{ status: 'pending' }]);
  await here.sql(
    `insert into membership (organization_id, person_id, principal_id, principal, role) values ($1, $2, $3, 'group', 'viewer')`,
    [here.organization, here.uuid('dee'), here.uuid('crew')],
  );
  expect(await incoming(here, 'bo')).toMatchObject([{ status: 'approved' }]);
  expect(await incoming(here, 'bo', { status: 'pending' })).toEqual([]);
  expect(await incoming(here, 'bo', { status: 'approved' })).toHaveLength(1);
  expect(await decide(here, 'bo', here.id('wish'), 'deny')).toMatchObject({
    status: 'unchanged',
    ...code('already_decided', { current: expect.objectContaining({ status: 'approved' }) }),
  });
  expect(await stateOf(here)).toBe('approved');
  expect((await entries(here)).filter(({ entity_id }) => entity_id === here.uuid('wish'))).toMatchObject([
    { action: 'request.decide', outcome: 'allow', before: { status: 'pending' }, after: { status: 'approved' } },
  ]);
  expect(await grants(here), 'the group’s alone').toHaveLength(1);
});

test('what is over is not approved by a change that would have made it come true (REQ-6)', async () => {
  const here = await wished();
  await here.sql(`update access_request set created_at = created_at - interval '30 days 1 second' where id = $1`, [
    here.uuid('wish'),
  ]);
  await here.as('bo')('share_resource', { id: here.id('plan'), with: 'person:cy@acme.test', role: 'editor' });
  expect(await sent(here, 'cy')).toMatchObject([{ status: 'expired' }]);
  expect(await incoming(here, 'bo')).toMatchObject([{ status: 'expired' }]);
});

test('what was asked while it was shared and is private now comes to its owner all the same (VIS-3, EXT-6)', async () => {
  const here = await wished();
  await here.as('bo')('share_resource', { id: here.id('plan'), with: 'person:dee@acme.test', role: 'viewer' });
  await confirmed(here.as('bo'), 'set_visibility', { id: here.id('plan'), visibility: 'private' });
  expect(await incoming(here, 'bo')).toMatchObject([{ id: here.id('wish') }]);
  expect(await decide(here, 'bo', here.id('wish'), 'approve', { role: 'viewer' })).toMatchObject({ role: 'viewer' });
  expect(await here.as('dee')('open_workflow', { id: here.id('plan') })).toMatchObject(code('not_found'));
});
