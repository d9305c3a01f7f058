import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { office, walked } from '../support/office.ts';

/** Few letters a token, none of them a word. */
const dear = (length: number, seed = 1) => {
  const letters = [...'ꯀꯁꯂ𐎀𐎁܀܁ᏀᏁ㐀㐁ꑀꑁ'];
  return Array.from({ length }, (_, i) => letters[(i * i + seed) % letters.length])
    .join('')
    .slice(0, length);
};
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const named = <T>(letter: string, count: number, make: (i: number) => T): Record<string, T> =>
  Object.fromEntries(many(count, (i) => [`${letter}${i}`, make(i)]));

describe('no answer about groups, teams, projects and workspaces passes 8,000 tokens, and no page loses a row (section 14)', async () => {
  const crowd = many(110, (i) => `p${i}`);
  const here = await office({
    people: { ada: 'admin', ...named('p', 110, () => 'member' as const) },
    workspaces: {
      growth: { ada: 'owner', ...Object.fromEntries(crowd.map((who) => [who, 'viewer' as const])) },
      ...named('w', 60, () => ({ ada: 'owner' as const })),
    },
    groups: named('g', 60, () => ({
      ada: 'owner' as const,
      ...Object.fromEntries(crowd.slice(0, 60).map((who) => [who, 'viewer' as const])),
    })),
    teams: named('t', 60, () => ({
      ada: 'manager' as const,
      ...Object.fromEntries(crowd.slice(0, 60).map((who) => [who, 'member' as const])),
    })),
    projects: {
      ...named('j', 60, () => ({ in: 'growth' })),
      shut: { in: 'growth', people: Object.fromEntries(crowd.slice(0, 60).map((who) => [who, 'viewer' as const])) },
    },
    workflows: named('f', 30, () => ({ in: 'growth', owner: 'ada', grants: { g0: 'viewer' as const } })),
  });
  for (const table of ['"group"', 'team', 'project', 'workspace'])
    await here.sql(
      `update ${table} set name = left($1 || id::text, 120), description = $2 where organization_id = $3`,
      [dear(84), dear(500), here.organization],
    );
  await here.sql(`update person set name = left($1 || id::text, 120), email = $2 || email where organization_id = $3`, [
    dear(84),
    dear(60),
    here.organization,
  ]);
  await here.sql('update resource set name = left($1 || id::text, 120) where organization_id = $2', [
    dear(84),
    here.organization,
  ]);
  const query = 'toolsets=groups,spaces';
  await here.analyzed();
  const { client, call } = await here.seated(await here.key('ada'), query);
  const cost = async (name: string, args: Record<string, unknown>) =>
    encode(((await client.callTool({ name, arguments: args })).content as { text: string }[])[0]?.text ?? '').length;

  const people = (from: number, to: number) => crowd.slice(from, to).map((who) => ({ person: here.id(who) }));
  test.each<[string, string, () => Record<string, unknown>]>([
    ['groups', 'list_groups', () => ({ limit: 50 })],
    ['a group', 'get_group', () => ({ id: here.id('g0'), limit: 50 })],
    ['teams', 'list_teams', () => ({ limit: 50 })],
    ['a team', 'list_teams', () => ({ team: here.id('t0'), limit: 50 })],
    ['projects', 'list_projects', () => ({ limit: 50 })],
    ['a project', 'list_projects', () => ({ project: here.id('shut'), limit: 50 })],
    ['workspaces', 'list_workspaces', () => ({ limit: 50 })],
    ['a preview of 50 who come', 'update_group_members', () => ({ id: here.id('g0'), set: people(60, 110) })],
    [
      'a preview of 100 who come, go and change',
      'update_group_members',
      () => ({
        id: here.id('g0'),
        set: [...people(60, 100), ...people(0, 30).map((it) => ({ ...it, role: 'editor' }))],
        remove: people(30, 60).map(({ person }) => person),
      }),
    ],
    ['a preview of what a deletion takes', 'delete_group', () => ({ id: here.id('g0') })],
    ['a preview of who leaves a team', 'delete_team', () => ({ id: here.id('t0') })],
    [
      'a preview of 100 in a project',
      'update_project_members',
      () => ({
        id: here.id('shut'),
        set: people(0, 100).map(({ person }) => ({ with: `person:${person}`, role: 'editor' })),
      }),
    ],
    ['a change', 'update_group', () => ({ id: here.id('g1'), description: dear(500, 3) })],
  ])('%s: %s', async (_what, name, args) => {
    const tokens = await cost(name, args());
    expect(tokens).toBeGreaterThan(50);
    expect(tokens).toBeLessThan(8_000);
  });

  test.each<[string, Record<string, unknown>, string, number]>([
    ['list_groups', {}, 'items', 60],
    ['get_group', { id: here.id('g0') }, 'members', 61],
    ['list_teams', {}, 'items', 60],
    ['list_teams', { team: here.id('t0') }, 'members', 61],
    ['list_projects', {}, 'items', 61],
    ['list_projects', { project: here.id('shut') }, 'members', 60],
    ['list_workspaces', {}, 'items', 61],
  ])('%s %o gives every row exactly once, however its pages are cut', async (name, args, field, count) => {
    const { all, pages } = await walked(call, name, { ...args, limit: 50 }, field);
    expect(all).toHaveLength(count);
    expect(new Set(all.map(({ id }) => id)).size).toBe(count);
    expect(pages).toBeGreaterThan(1);
  });
});
