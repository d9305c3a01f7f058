import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { listNotifications } from '../../src/workspace/notifications.ts';
import { agent } from '../support/agent.ts';
import { office } from '../support/office.ts';
import { ask, code, decide, told } from '../support/requesting.ts';
import { serviceIn } from '../support/service.ts';
import { allWritten, superuser } from '../support/world.ts';

const here = await office({
  ...told,
  people: { ...told.people, eve: 'member', fay: 'member', gus: 'member', hal: 'member' },
  workspaces: { ...told.workspaces, growth: { ...told.workspaces.growth, eve: 'viewer', fay: 'viewer' } },
});
/** Another server on the same database. */
const other = await serviceIn(here);

const timed = async <T>(work: Promise<T>) => {
  const since = performance.now();
  return { answer: await work, took: performance.now() - since };
};
const insert = (who: string) =>
  here.sql(
    `insert into notification (organization_id, id, person_id, event) values ($1, gen_random_uuid(), $2, 'request_approved')`,
    [here.organization, here.uuid(who)],
  );
/** Until the server waits, and not before. */
const settled = () => pause(300);

/** Nobody tells dee anything; it goes on beside all that follows. */
const longest = timed(here.as('dee')('list_notifications', { wait: 25 }));

test('a wait ends at once with what happened on another server, in two calls (001-19, 001-27)', async () => {
  const eve = await agent(other, await here.key('eve'));
  const { id } = await eve.call('request_access', { id: here.id('plan') });
  const waiting = timed(eve.call('list_notifications', { unread: true, wait: 20 }));
  await settled();
  await decide(here, 'bo', id, 'approve');
  const { answer, took } = await waiting;
  expect(answer).toMatchObject({ items: [{ event: 'request_approved', request: { id } }], unread: 1 });
  expect(took).toBeLessThan(4_000);
});

test('it answers at once where there is something, and when its time is over where there is nothing (section 14)', async () => {
  await ask(here, 'fay', 'plan');
  await allWritten();
  const ready = await timed(here.as('bo')('list_notifications', { wait: 20 }));
  expect(ready.answer).toMatchObject({ items: [{ event: 'access_requested' }, {}], unread: 2 });
  expect(ready.took).toBeLessThan(2_000);
  const none = await timed(here.as('bo')('list_notifications', { since: ready.answer.latest, wait: 1 }));
  expect(none.answer).toMatchObject({ items: [], unread: 2 });
  expect(none.took).toBeGreaterThanOrEqual(990);
  expect(none.took).toBeLessThan(3_000);
});

test('what others are told ends nobody’s wait', async () => {
  const waiting = timed(here.as('hal')('list_notifications', { wait: 2 }));
  await settled();
  await insert('gus');
  const { answer, took } = await waiting;
  expect(answer.items).toEqual([]);
  expect(took).toBeGreaterThan(1_900);
});

test('a key that is revoked or comes to its end ends the wait', async () => {
  const { id, secret } = await here.credential('gus');
  const revoked = await agent(other, secret);
  const soon = new Date(Date.now() + 2_500);
  const ending = await agent(other, await here.key('gus', { expiresAt: soon }));
  await allWritten();
  await here.as('gus')('mark_notifications_read', { up_to: (await here.as('gus')('list_notifications')).items[0].id });
  const waits = [revoked, ending].map(({ call }) => timed(call('list_notifications', { unread: true, wait: 15 })));
  await settled();
  await here.sql('update credential set revoked_at = now() where id = $1', [id]);
  const [first, second] = await Promise.all(waits);
  expect(first?.answer).toMatchObject(code('unauthenticated'));
  expect(first?.took).toBeLessThan(2_000);
  expect(second?.answer).toMatchObject(code('unauthenticated'));
  expect(second?.took).toBeLessThan(9_000);
});

test('a client that gives up is waited for no longer', async () => {
  const session = await here.session('hal');
  const controller = new AbortController();
  const waiting = timed(session.perform(listNotifications, { wait: 20 }, { signal: controller.signal }));
  await settled();
  controller.abort();
  expect((await waiting).took).toBeLessThan(2_000);

  const { client } = await agent(other, await here.key('hal'));
  const giving = new AbortController();
  const call = client.callTool({ name: 'list_notifications', arguments: { wait: 20 } }, { signal: giving.signal });
  await settled();
  giving.abort();
  await expect(call).rejects.toThrow();
});

const listeners = async () =>
  (
    await superuser.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'postern news' and datname = current_database()`,
    )
  ).rows.map(({ pid }) => pid);

test('where the connection that hears breaks, nothing that happened meanwhile is missed (NOT-1)', async () => {
  const waiting = timed((await agent(other, await here.key('hal'))).call('list_notifications', { wait: 20 }));
  await settled();
  const before = await listeners();
  expect(before.length).toBeGreaterThan(0);
  for (const pid of before) await superuser.query('select pg_terminate_backend($1)', [pid]);
  await insert('hal');
  const { answer, took } = await waiting;
  expect(answer.items).toHaveLength(1);
  expect(took).toBeLessThan(4_000);
  // Each server comes back at its own time.
  const anew = async () => (await listeners()).filter((pid) => !before.includes(pid));
  await expect.poll(anew).toHaveLength(before.length);
});

test('what nobody was notified of is found all the same (NOT-2)', async () => {
  const call = here.as('hal');
  const { latest } = await call('list_notifications');
  const waiting = timed(call('list_notifications', { since: latest, wait: 20 }));
  await settled();
  await here.sql('set session_replication_role = replica');
  await insert('hal');
  await here.sql('reset session_replication_role');
  const { answer, took } = await waiting;
  expect(answer.items).toHaveLength(1);
  expect(took).toBeLessThan(8_000);
});

test('it lasts 25 seconds at most, and nothing that happens to others ends it before', async () => {
  expect(await here.as('dee')('list_notifications', { wait: 26 })).toMatchObject(code('invalid_argument'));
  const { answer, took } = await longest;
  expect(answer.items).toEqual([]);
  expect(took).toBeGreaterThanOrEqual(24_900);
  expect(took).toBeLessThan(27_000);
}, 40_000);
