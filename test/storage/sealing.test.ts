import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';
import { expect, test } from 'vitest';
import { sealNext, startSealer } from '../../src/storage/sealer.ts';
import { endIsThere } from '../../src/storage/verification.ts';
import { served } from '../support/world.ts';
import {
  asKeeper,
  client,
  elsewhere,
  here,
  keeper,
  seal,
  sealed,
  tamper,
  verdict,
  waiting,
  write,
  write12,
} from './sealed.ts';

test('every entry is sealed once, in the order of transactions, into a chain of its organization (ACT-3)', async () => {
  const ids = await write12();
  await seal();
  expect((await sealed()).map(({ activity_id }) => activity_id)).toEqual(ids);
  expect(await verdict()).toMatchObject({ sealed: 12, waiting: 0, faults: 0, head: { number: 12 } });
  const back = await elsewhere();
  await write();
  await seal();
  expect(await verdict()).toMatchObject({ sealed: 1, faults: 0 });
  back();
  await write();
  await seal();
  expect(await verdict()).toMatchObject({ sealed: 13, faults: 0 });
});

test('what commits late is waited for, and no writer waits: nothing is sealed out of order, left out or sealed twice (ACT-3)', async () => {
  const [late, early] = [await client(served.user), await client(served.user)];
  const enter = (it: Client) =>
    it.query(`select set_config('postern.org', $1, false), set_config('postern.person', $2, false)`, [
      here.organization,
      here.uuid('ada'),
    ]);
  await Promise.all([enter(late), enter(early)]);
  await late.query('begin');
  const first = await write('a.late', late);
  const second = await write('a.early', early);
  for (let i = 0; i < 3; i++) await sealNext(asKeeper);
  expect(await sealed()).toEqual([]);
  expect(await waiting()).toBe(1);
  await late.query('commit');
  await seal();
  expect((await sealed()).map(({ activity_id }) => activity_id)).toEqual([first, second]);
  await late.query('begin');
  await write('a.never', late);
  await late.query('rollback');
  await seal();
  expect(await verdict()).toMatchObject({ sealed: 2, faults: 0 });
});

test('of several servers one seals at a time, while many write at once; each entry gets one seal (ACT-3)', async () => {
  const troubles: unknown[] = [];
  const sealers = [1, 2, 3].map(() => startSealer(keeper, (it) => troubles.push(it)));
  const writers = await Promise.all([1, 2, 3, 4].map(() => client(served.user)));
  const ids = await Promise.all(
    writers.map(async (it) => {
      const mine: string[] = [];
      await it.query(`select set_config('postern.org', $1, false), set_config('postern.person', $2, false)`, [
        here.organization,
        here.uuid('ada'),
      ]);
      for (let i = 0; i < 60; i++) mine.push(await write('a.b', it));
      return mine;
    }),
  );
  const since = performance.now();
  while ((await waiting()) > 0 && performance.now() - since < 20_000) await setTimeout(50);
  await Promise.all(sealers.map((it) => it.stop()));
  expect(troubles).toEqual([]);
  expect((await sealed()).map((it) => it.activity_id).sort()).toEqual(ids.flat().sort());
  expect(await verdict()).toMatchObject({ sealed: 240, waiting: 0, faults: 0 });
});

test('whoever dies while sealing leaves nothing behind, and the next goes on (ACT-3)', async () => {
  await write12();
  const dying = await client('postern_keeper');
  const pid = (await dying.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
  const query = dying.query.bind(dying);
  // Its connection is gone just before it commits.
  dying.query = (async (...args: Parameters<typeof query>) => {
    if ((args[0] as unknown) === 'commit') await here.sql('select pg_terminate_backend($1, 5000)', [pid]);
    return query(...args);
  }) as never;
  await expect(sealNext(dying)).rejects.toThrow();
  expect(await sealed()).toEqual([]);
  const sealing = await client('postern_keeper');
  await sealing.query('begin');
  await sealing.query('select pg_advisory_xact_lock(8411)');
  expect(await sealNext(asKeeper)).toBe(0);
  await sealing.query('rollback');
  await seal();
  expect(await verdict()).toMatchObject({ sealed: 12, faults: 0 });
});

test('a sealer that loses its connection, or can’t get in, tells and tries again, and stops when asked to (ACT-3)', async () => {
  const told: unknown[] = [];
  const wrong = startSealer({ ...keeper, user: 'nobody_known' }, (it) => told.push(it));
  const lost = startSealer(keeper, (it) => told.push(it));
  const drained = async () => {
    const until = Date.now() + 20_000;
    while ((await waiting()) > 0 && Date.now() < until) await setTimeout(50);
    return waiting();
  };
  await write();
  expect(await drained()).toBe(0);
  const cut = await here.sql(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and usename = 'postern_keeper' and pid <> $1`,
    [(await asKeeper.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid],
  );
  expect(cut.length).toBeGreaterThan(0);
  await write();
  expect(await drained()).toBe(0);
  await Promise.all([wrong.stop(), lost.stop()]);
  expect(told.map(String)).toContainEqual(expect.stringMatching(/nobody_known/));
});

test('a database that was brought to another server, where transactions count anew, is sealed on (ACT-3)', async () => {
  await write12();
  await seal();
  // As it would be there: the seals and entries of long ago have numbers that are still to come, and one was not sealed yet.
  await tamper(
    'update activity set xid = (xid::text::numeric + 4000000000)::text::xid8 where organization_id = $org',
    `delete from seal where organization_id = $org`,
    `update installation set sealed_xid = (sealed_xid::text::numeric + 4000000000)::text::xid8`,
  );
  const id = await write();
  await seal();
  await sealNext(asKeeper);
  expect((await sealed()).map((it) => it.activity_id)).toContain(id);
  expect(await verdict()).toMatchObject({ sealed: 13, waiting: 0, faults: 0 });
  await write();
  await seal();
  expect(await verdict()).toMatchObject({ sealed: 14, waiting: 0, faults: 0 });
  expect(await endIsThere(here.connection)).toBe(true);
});
