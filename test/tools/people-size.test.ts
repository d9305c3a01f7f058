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

describe('no answer about people and the organization passes 8,000 tokens, and no page loses a row (section 14)', async () => {
  const everyone = { ada: 'owner' as const, ...named('p', 60, () => 'creator' as const) };
  const here = await office({
    people: { ada: 'admin', ...named('p', 60, () => 'member' as const) },
    workspaces: named('w', 60, () => everyone),
    teams: named('t', 60, () => Object.keys(everyone)),
    groups: named('g', 60, () => ({ p0: 'owner' as const })),
    workflows: named('f', 60, (i) => ({ in: `w${i}`, owner: 'p0', grants: { ada: 'viewer' as const } })),
    invitations: named('i', 60, (i) => ({
      by: 'ada',
      email: `${'somebody.with.a.long.name'.repeat(4)}${i}@invited.test`,
    })),
    domains: named('d', 60, () => ({ by: 'ada', proof: 'x'.repeat(27) })),
  });
  for (const table of ['"group"', 'team', 'workspace', 'resource', 'person'])
    await here.sql(`update ${table} set name = left($1 || id::text, 120) where organization_id = $2`, [
      dear(84),
      here.organization,
    ]);
  await here.sql('update organization set name = $1, description = $2 where id = $3', [
    dear(120),
    dear(500),
    here.organization,
  ]);
  await here.sql(`update person set email = 'somebody.with.a.long.name.' || email where organization_id = $1`, [
    here.organization,
  ]);
  await here.sql(`update domain set name = repeat('long-label.', 18) || name where organization_id = $1`, [
    here.organization,
  ]);
  await here.sql(
    `update invitation set places = json_build_object('teams', '[]'::json, 'workspaces',
      (select json_agg(json_build_object('id', w.id, 'role', 'viewer')) from (select id from workspace where organization_id = $1 limit 20) w))
     where organization_id = $1`,
    [here.organization],
  );
  await here.analyzed();
  const { client, call } = await here.seated(await here.key('ada'), 'toolsets=people,organization');
  const cost = async (name: string, args: Record<string, unknown>) =>
    encode(((await client.callTool({ name, arguments: args })).content as { text: string }[])[0]?.text ?? '').length;

  test.each<[string, string, () => Record<string, unknown>]>([
    ['people', 'list_members', () => ({ limit: 50 })],
    ['one who is everywhere', 'get_member', () => ({ id: here.id('p0') })],
    ['invitations', 'list_invitations', () => ({ limit: 50 })],
    [
      'inviting 25',
      'invite_members',
      () => ({ emails: many(25, (i) => `${'a'.repeat(60)}${i}@${'long-label.'.repeat(15)}test`) }),
    ],
    [
      'inviting 25 again',
      'invite_members',
      () => ({ emails: many(25, (i) => `${'a'.repeat(60)}${i}@${'long-label.'.repeat(15)}test`) }),
    ],
    [
      'a preview of many invitations',
      'invite_members',
      () => ({ role: 'admin', emails: many(25, (i) => `b${i}@${'long-label.'.repeat(20)}test`) }),
    ],
    ['a preview of a removal', 'remove_member', () => ({ id: here.id('p0'), successor: here.id('p1') })],
    ['a preview of a guest', 'set_member_role', () => ({ id: here.id('p0'), role: 'guest' })],
    ['a stale suspension', 'set_member_status', () => ({ id: here.id('p1'), status: 'suspended', confirm: 'x' })],
    ['leaving what one alone owns', 'leave_organization', () => ({})],
    ['the organization', 'get_organization', () => ({})],
    ['domains', 'list_domains', () => ({ limit: 50 })],
    [
      'workspaces that share a name',
      'set_member_capabilities',
      () => ({ id: here.id('p1'), workspace: dear(200), flows_manager: 'on' }),
    ],
  ])('%s', async (_what, name, args) => {
    expect(await cost(name, args())).toBeLessThan(8000);
  });

  test('each list is walked to its end', async () => {
    for (const [name, count] of [
      ['list_members', 61],
      ['list_invitations', 85],
      ['list_domains', 60],
    ] as const) {
      const { all, pages } = await walked(call, name, { limit: 50 });
      expect(new Set(all.map(({ id }) => id)).size, name).toBe(count);
      expect(pages, name).toBeGreaterThan(1);
    }
  });

  test('whoever removes someone with much is told of 20 things that are theirs now', async () => {
    const wish = { id: here.id('p0') };
    const { confirm } = await call('remove_member', wish);
    const gone = await call('remove_member', { ...wish, confirm });
    expect(gone.you_now_own).toHaveLength(20);
    expect(encode(JSON.stringify(gone)).length).toBeLessThan(8000);
  });
});
