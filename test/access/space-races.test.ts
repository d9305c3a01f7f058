import { expect, test } from 'vitest';
import { Problem } from '../../src/terms/problem.ts';
import { operations } from '../../src/workspace/operations.ts';
import type { Session } from '../../src/workspace/session.ts';
import { type World, world } from '../support/world.ts';

type Name = 'update_group_members' | 'update_team_members' | 'delete_group' | 'delete_team';

/** Previewed one after another, confirmed at once: what became of each. */
async function atOnce(calls: readonly (readonly [Session, Name, object])[]): Promise<string[]> {
  const previews: string[] = [];
  for (const [session, name, input] of calls)
    previews.push((await session.perform(operations[name], input)).confirm as string);
  const done = await Promise.allSettled(
    calls.map(([session, name, input], i) => session.perform(operations[name], input, { confirm: previews[i] })),
  );
  return done.map((it) => (it.status === 'fulfilled' ? 'done' : codeOf(it.reason)));
}

const codeOf = (reason: unknown) => (reason instanceof Problem ? reason.code : String(reason));
const sessions = async (here: World, ...people: string[]) => Promise.all(people.map((who) => here.session(who)));
const rolesIn = async (here: World, principal: string) =>
  Object.fromEntries(
    (
      await here.sql(
        `select p.name, m.role from membership m join person p on p.id = m.person_id where m.principal_id = $1`,
        [here.uuid(principal)],
      )
    ).map(({ name, role }) => [name, role]),
  );

test('of two owners who remove each other at once one stays: the other had no right any more (DEC-8, GRP-5)', async () => {
  for (let i = 0; i < 5; i++) {
    const here = await world({
      people: { ada: 'member', bo: 'member' },
      groups: { ops: { ada: 'owner', bo: 'owner' } },
    });
    const [ada, bo] = await sessions(here, 'ada', 'bo');
    const outcomes = await atOnce([
      [ada!, 'update_group_members', { id: 'ops', remove: ['bo@acme.test'] }],
      [bo!, 'update_group_members', { id: 'ops', remove: ['ada@acme.test'] }],
    ]);
    expect(outcomes.toSorted()).toEqual(['done', 'permission_denied']);
    expect(Object.values(await rolesIn(here, 'ops'))).toEqual(['owner']);
  }
});

test('of two editors who remove each other neither may; of two managers one stays (GRP-1, TEAM-4, DEC-8)', async () => {
  const here = await world({
    people: { ada: 'member', bo: 'member', cy: 'member' },
    groups: { ops: { ada: 'owner', bo: 'editor', cy: 'editor' } },
    teams: { crew: { bo: 'manager', cy: 'manager' } },
    closed: ['crew'],
  });
  const [bo, cy] = await sessions(here, 'bo', 'cy');
  for (const [session, person] of [
    [bo!, 'cy@acme.test'],
    [cy!, 'bo@acme.test'],
  ] as const)
    await expect(
      session.perform(operations.update_group_members, { id: 'ops', remove: [person] }),
    ).rejects.toMatchObject({ code: 'permission_denied' });
  const outcomes = await atOnce([
    [bo!, 'update_team_members', { id: 'crew', remove: ['cy@acme.test'] }],
    [cy!, 'update_team_members', { id: 'crew', remove: ['bo@acme.test'] }],
  ]);
  expect(outcomes.toSorted()).toEqual(['done', 'not_found']);
});

test('of two last owners who leave at once one stays; of one who leaves twice, once (GRP-5)', async () => {
  const here = await world({
    people: { ada: 'member', bo: 'member' },
    groups: { ops: { ada: 'owner', bo: 'owner' }, solo: { ada: 'owner' } },
  });
  const [ada, bo] = await sessions(here, 'ada', 'bo');
  const leave = (who: string) => ({ id: here.id('ops'), remove: [here.email(who)] });
  const outcomes = await atOnce([
    [ada!, 'update_group_members', leave('ada')],
    [bo!, 'update_group_members', leave('bo')],
  ]);
  expect(outcomes.toSorted()).toEqual(['conflict', 'done']);
  expect(Object.values(await rolesIn(here, 'ops'))).toEqual(['owner']);
  const again = { id: 'solo', remove: ['ada@acme.test'] };
  const twice = await Promise.allSettled([1, 2].map(() => ada!.perform(operations.update_group_members, again)));
  expect(twice.map((it) => it.status === 'rejected' && codeOf(it.reason))).toEqual(['conflict', 'conflict']);
});

test('a workspace that two teams own keeps an owner while both are deleted at once (GRP-5)', async () => {
  for (let i = 0; i < 5; i++) {
    const here = await world({
      people: { root: 'admin', bo: 'member', cy: 'member' },
      workspaces: { growth: { one: 'owner', two: 'owner' } },
      teams: { one: ['bo'], two: ['cy'] },
      closed: ['one', 'two'],
    });
    const [root, again] = await sessions(here, 'root', 'root');
    const outcomes = await atOnce([
      [root!, 'delete_team', { id: 'one' }],
      [again!, 'delete_team', { id: 'two' }],
    ]);
    expect(outcomes.toSorted()).toEqual(['conflict', 'done']);
  }
});

test('whoever is demoted to guest while they are made owner does not stay both (ORG-10)', async () => {
  const here = await world({
    people: { ada: 'member', bo: 'member' },
    groups: { ops: { ada: 'owner', bo: 'viewer' } },
  });
  const ada = await here.session('ada');
  const rank = { id: 'ops', set: [{ person: 'bo@acme.test', role: 'owner' }] };
  const { confirm } = await ada.perform(operations.update_group_members, rank);
  await here.sql(`update person set role = 'guest' where id = $1`, [here.uuid('bo')]);
  await expect(
    ada.perform(operations.update_group_members, rank, { confirm: confirm as string }),
  ).rejects.toMatchObject({ code: 'invalid_argument' });
  expect(await rolesIn(here, 'ops')).toEqual({ ada: 'owner', bo: 'viewer' });
});
