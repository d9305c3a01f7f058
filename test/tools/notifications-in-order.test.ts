import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { newId } from '../../src/terms/ids.ts';
import { agent } from '../support/agent.ts';
import { type Call, office } from '../support/office.ts';
import { told } from '../support/requesting.ts';
import { serviceIn } from '../support/service.ts';
import { allWritten, superuser } from '../support/world.ts';

const here = await office({ ...told, people: { ...told.people, eve: 'member', fay: 'member', gus: 'member' } });
/** Two servers on one database. */
const servers = [await serviceIn(here), await serviceIn(here)] as const;
const opened: Client[] = [];
afterAll(() => Promise.all(opened.map((it) => it.end())));

/** A connection of one's own to the test file's database, for transactions that overlap. */
async function connected() {
  const client = new Client(here.connection);
  await client.connect();
  opened.push(client);
  return client;
}

const insert = (client: Client, who: string, id = newId()) =>
  client.query(
    `insert into notification (organization_id, id, person_id, event) values ($1, $2, $3, 'request_approved')`,
    [here.organization, id, here.uuid(who)],
  );

type Page = { items: { id: string }[]; unread: number; latest: string };

test('what commits late is not lost behind what was committed before it, and comes first in order (NOT-2)', async () => {
  const call = here.as('eve');
  const start = (await call('list_notifications')) as Page;
  const [slow, quick] = [await connected(), await connected()];
  await slow.query('begin');
  await insert(slow, 'eve');
  await insert(quick, 'eve');
  const since = { since: start.latest };
  expect(await call('list_notifications', since)).toMatchObject({ items: [], unread: 0 });
  await slow.query('commit');
  // A transaction of another test file that began between the two would hold back the second alone.
  await allWritten();
  const all = (await call('list_notifications', { ...since, wait: 5 })) as Page;
  expect(all.unread).toBe(2);
  const newestFirst = (await call('list_notifications')) as Page;
  expect(newestFirst.items.map(({ id }) => id)).toEqual(all.items.map(({ id }) => id).reverse());
  expect(await call('list_notifications', { since: all.latest })).toMatchObject({ items: [] });
});

test('while many write at once, followers on two servers hear each exactly once and in one order (NOT-1, NOT-2)', async () => {
  const each = 40;
  const writers = await Promise.all([1, 2, 3, 4].map(connected));
  const first = await agent(servers[0], await here.key('fay'));
  const second = await agent(servers[1], await here.key('fay'));
  const writing = () =>
    Promise.all(
      writers.map(async (client, i) => {
        for (let n = 0; n < each; n++) {
          await client.query('begin');
          await insert(client, 'fay', newId(Date.now() - ((n * 7919 + i * 104_729) % 60_000)));
          if (n % 3 === i % 3) await client.query('select pg_sleep(0.01)');
          await client.query(n % 10 === 9 ? 'rollback' : 'commit');
        }
      }),
    );
  const following = async (call: Call, start: string) => {
    const heard: string[] = [];
    let latest = start;
    for (;;) {
      const page = (await call('list_notifications', { since: latest, wait: 3, limit: 7 })) as Page;
      if (page.items.length === 0) return heard;
      heard.push(...page.items.map(({ id }) => id));
      latest = page.latest;
    }
  };
  const [one, two] = await Promise.all([
    following(first.call, (await first.call('list_notifications')).latest),
    following(second.call, (await second.call('list_notifications')).latest),
    writing(),
  ]);
  const all = await walked(first.call);
  expect(all).toHaveLength(4 * each * 0.9);
  expect(new Set(all).size).toBe(all.length);
  expect(one).toEqual(all);
  expect(two).toEqual(all);
});

/** All of it, in order, from the newest page backwards. */
async function walked(call: Call) {
  const all: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await call('list_notifications', { limit: 50, ...(cursor && { cursor }) });
    all.push(...page.items.map(({ id }: { id: string }) => id));
    cursor = page.next_cursor;
  } while (cursor);
  return all.reverse();
}

test('unread counts stay exact while several clients mark the same at once (NOT-2)', async () => {
  for (let n = 0; n < 30; n++) await insert(superuser, 'gus');
  await allWritten();
  const ids = await walked(here.as('gus'));
  const clients: Awaited<ReturnType<typeof agent>>[] = [];
  for (const server of [...servers, servers[0]]) clients.push(await agent(server, await here.key('gus')));
  const another = await connected();
  const marks = await Promise.all([
    clients[0]?.call('mark_notifications_read', { ids: ids.slice(0, 20) }),
    clients[1]?.call('mark_notifications_read', { ids: ids.slice(10, 25).toReversed() }),
    clients[2]?.call('mark_notifications_read', { up_to: ids[14] }),
    insert(another, 'gus').then(() => ({ marked: 0 })),
  ]);
  expect(marks.reduce((sum, it) => sum + (it?.marked ?? 0), 0)).toBe(25);
  await allWritten();
  const { unread, items } = await here.as('gus')('list_notifications', { unread: true, limit: 50 });
  expect([unread, items.length]).toEqual([6, 6]);
  expect(await here.as('gus')('mark_notifications_read', { up_to: items[0].id })).toEqual({ marked: 6, unread: 0 });
});
