import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkflow } from '../../src/workspace/creating.ts';
import { listWorkflows } from '../../src/workspace/listing.ts';
import { removeMember } from '../../src/workspace/removing.ts';
import { shareResource } from '../../src/workspace/sharing.ts';
import { tap } from '../storage/tap.ts';
import { superuser, type World, world } from '../support/world.ts';

let other: pg.Client;
beforeAll(async () => {
  const { host, port, user, database } = superuser;
  other = new pg.Client({ host, port, ...(user && { user }), ...(database && { database }) });
  await other.connect();
});
afterAll(() => other.end());

const scene = () =>
  world({
    people: { root: 'admin', ada: 'member', bo: 'member' },
    workspaces: { growth: { ada: 'owner', bo: 'creator' } },
    workflows: { plan: { in: 'growth', owner: 'bo' }, deck: { in: 'growth', owner: 'ada' } },
  });

/** Removes bo in the two calls that it takes; the first has been made. */
async function removing(here: World) {
  const session = await here.session('root');
  const wish = { id: here.id('bo') };
  const { confirm } = await session.perform(removeMember, wish);
  return () => session.perform(removeMember, wish, { confirm: confirm as string });
}

/** So many transactions wait for a lock. */
const waiting = async (here: World, count: number) =>
  expect
    .poll(
      async () =>
        (await here.sql(`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`))
          .length,
      {
        interval: 5,
      },
    )
    .toBe(count);

/** Both while another holds a row, the first a moment before the second; what became of them, in that order. */
async function both(here: World, held: string, first: () => Promise<unknown>, second: () => Promise<unknown>) {
  await other.query('begin');
  await other.query(held);
  const one = Promise.allSettled([first()]);
  await waiting(here, 1);
  const two = Promise.allSettled([second()]);
  await setTimeout(150);
  await other.query('rollback');
  return [(await one)[0], (await two)[0]] as const;
}

const left = async (here: World) =>
  (
    await here.sql<{ owned: number; granted: number; status: string }>(
      `select p.status, (select count(*)::int from resource r where r.owner_id = p.id) as owned,
        (select count(*)::int from access_grant g where g.principal_id = p.id) as granted from person p where p.id = $1`,
      [here.uuid('bo')],
    )
  )[0];
const nothing = { status: 'removed', owned: 0, granted: 0 };

test('what the one who is removed makes meanwhile is handed on with the rest, or is refused (ORG-8, DEC-8)', async () => {
  const fresh = { name: 'New', document: {}, workspace: 'growth' };
  for (const order of ['made first', 'removed first'] as const) {
    const here = await scene();
    const session = await here.session('bo');
    const make = () => session.perform(createWorkflow, fresh);
    const remove = await removing(here);
    const [made, removed] =
      order === 'made first'
        ? await both(here, `select from workspace where id = '${here.uuid('growth')}' for update`, make, remove)
        : (
            await both(here, `select from resource where id = '${here.uuid('plan')}' for update`, remove, make)
          ).toReversed();
    expect(removed, order).toMatchObject({ status: 'fulfilled' });
    if (order === 'made first') expect(made).toMatchObject({ status: 'fulfilled' });
    else expect(made).toMatchObject({ status: 'rejected', reason: { code: 'unauthenticated' } });
    expect(await left(here), order).toEqual(nothing);
  }
});

test('what is given meanwhile to the one who is removed is taken again, or is refused (ORG-8)', async () => {
  for (const order of ['given first', 'removed first'] as const) {
    const here = await scene();
    const session = await here.session('ada');
    const give = () =>
      session.perform(shareResource, { id: here.id('deck'), with: `person:${here.email('bo')}`, role: 'viewer' });
    const remove = await removing(here);
    const [given, removed] =
      order === 'given first'
        ? await both(here, `select from resource where id = '${here.uuid('deck')}' for update`, give, remove)
        : (
            await both(here, `select from resource where id = '${here.uuid('plan')}' for update`, remove, give)
          ).toReversed();
    expect(removed, order).toMatchObject({ status: 'fulfilled' });
    expect(given, order).toMatchObject(
      order === 'given first' ? {} : { status: 'rejected', reason: { code: 'not_found' } },
    );
    expect(await left(here), order).toEqual(nothing);
  }
});

const much = (here: World, count: number) =>
  here.sql(
    `insert into resource (organization_id, id, workspace_id, kind, name, owner_id, visibility)
     select $1, gen_random_uuid(), $2, 'workflow', 'w' || n, $3, 'everyone' from generate_series(1, $4::int) n`,
    [here.organization, here.uuid('growth'), here.uuid('bo'), count],
  );

test('however much someone owned, removing them takes the same statements, and all of it is in the log (ORG-8, ACT-1)', async () => {
  const statements = async (count: number) => {
    const here = await scene();
    await much(here, count);
    const remove = await removing(here);
    let ran = 0;
    const untap = tap(async () => {
      ran++;
      return undefined;
    });
    await remove().finally(untap);
    expect(await left(here)).toEqual(nothing);
    const [row] = await here.sql<{ n: number }>(
      `select count(*)::int as n from activity where organization_id = $1 and noun = 'resource' and action = 'member.remove'`,
      [here.organization],
    );
    expect(row?.n).toBe(count + 1);
    return ran;
  };
  expect(await statements(2)).toBe(await statements(1_500));
});

test('while someone with much is removed, others read what was theirs (ORG-8)', async () => {
  const here = await scene();
  await much(here, 1_500);
  const remove = await removing(here);
  const session = await here.session('ada');
  let isOver = false;
  const removal = remove().finally(() => {
    isOver = true;
  });
  let reads = 0;
  while (!isOver) {
    await session.perform(listWorkflows, { limit: 5 });
    if (!isOver) reads++;
  }
  await removal;
  expect(reads).toBeGreaterThan(1);
  expect(await left(here)).toEqual(nothing);
});
