import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { type Call, office, walked } from '../support/office.ts';

const letters = [...'ꯀꯁꯂ𐎀𐎁܀܁ᏀᏁ㐀㐁ꑀꑁ'];
/** Texts that cost much: few letters a token, none of them a word. */
const dear = (length: number, seed = 1) => {
  const round = letters.map((_, i) => letters[((seed + i) ** 2 + seed) % letters.length]).join('');
  const text = round.repeat(Math.ceil(length / letters.length));
  return [text.slice(0, length - 1), text.slice(0, length)].find((it) => it.isWellFormed()) as string;
};
const words = (length: number, seed = 0) =>
  `${'quarterly planning for the northern region '.repeat(Math.ceil(length / 43)).slice(seed % 40, length - 4 + (seed % 40))}${String(seed).padStart(4, '0')}`.slice(
    0,
    length,
  );
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe.each([
  ['long names in words', words],
  ['names of letters that cost most', dear],
])('no answer passes 8,000 tokens: %s (section 14)', async (_what, text) => {
  const crowd = many(60, (i) => `p${i}`);
  const groups = many(60, (i) => `g${i}`);
  const here = await office({
    people: { bo: 'member', ada: 'member', ...Object.fromEntries(crowd.map((who) => [who, 'member' as const])) },
    workspaces: {
      growth: { bo: 'creator', ada: 'creator', ...Object.fromEntries(crowd.map((who) => [who, 'creator' as const])) },
    },
    groups: Object.fromEntries(groups.map((name) => [name, ['bo', 'ada', ...crowd.slice(0, 30)]])),
    workflows: {
      ...Object.fromEntries(
        many(60, (i) => [`w${i}`, { in: 'growth', owner: 'ada', grants: { g0: 'viewer' as const } }]),
      ),
      crowded: {
        in: 'growth',
        owner: 'ada',
        grants: {
          ...Object.fromEntries(groups.map((name) => [name, 'editor' as const])),
          ...Object.fromEntries(crowd.map((who) => [who, 'editor' as const])),
        },
      },
      wide: { in: 'growth', owner: 'ada', visibility: 'private' },
    },
    requests: Object.fromEntries(many(50, (i) => [`r${i}`, { by: `p${i}`, for: 'wide', message: text(1000, i) }])),
  });
  await here.sql('update resource set name = left($1 || id::text, 120), description = $2 where organization_id = $3', [
    text(84),
    text(2000),
    here.organization,
  ]);
  await here.sql('update "group" set name = left($1 || id::text, 120) where organization_id = $2', [
    text(84),
    here.organization,
  ]);
  await here.sql('update person set name = left($1 || id::text, 120), email = $3 || email where organization_id = $2', [
    text(84),
    here.organization,
    'somebody.with.a.long.name.',
  ]);
  await here.sql('update "group" set name = $1 where id = any ($2::uuid[])', [
    text(120),
    groups.slice(50).map(here.uuid),
  ]);
  await here.analyzed();
  const seats = {
    ada: await here.seated(await here.key('ada')),
    bo: await here.seated(await here.key('bo')),
    p0: await here.seated(await here.key('p0')),
  };

  const cost = async (who: keyof typeof seats, name: string, args: Record<string, unknown>) => {
    const result = await seats[who].client.callTool({ name, arguments: args });
    return {
      tokens: encode((result.content as { text: string }[])[0]?.text ?? '').length,
      answer: result.structuredContent as Record<string, never>,
    };
  };
  const none = () => outside('request', newId());

  test.each<[string, 'ada' | 'bo' | 'p0', string, () => Record<string, unknown>]>([
    ['50 rows', 'bo', 'list_workflows', () => ({ limit: 50 })],
    ['50 rows that fit a filter', 'bo', 'list_workflows', () => ({ limit: 50, visibility: 'shared' })],
    ['50 entries', 'bo', 'search_directory', () => ({ limit: 50 })],
    ['who is who', 'bo', 'whoami', () => ({})],
    ['a workflow of 60 groups', 'ada', 'get_access', () => ({ id: here.id('crowded'), limit: 50 })],
    ['60 paths', 'p0', 'explain_access', () => ({ id: here.id('crowded') })],
    ['60 paths of another', 'ada', 'explain_access', () => ({ id: here.id('crowded'), person: here.id('p0') })],
    ['50 requests with messages', 'ada', 'list_access_requests', () => ({ box: 'incoming', limit: 50 })],
    ['a preview of 62 people', 'ada', 'set_visibility', () => ({ id: here.id('crowded'), visibility: 'private' })],
    ['a preview of who gains', 'ada', 'set_visibility', () => ({ id: here.id('wide'), visibility: 'everyone' })],
    ['a stale confirmation', 'ada', 'delete_workflow', () => ({ id: here.id('crowded'), confirm: 'x' })],
    [
      'what is left of 61 paths',
      'ada',
      'unshare_resource',
      () => ({ id: here.id('crowded'), with: `person:${here.id('p1')}` }),
    ],
    [
      'candidates',
      'ada',
      'share_resource',
      () => ({ id: here.id('wide'), with: `group:${text(120)}`, role: 'viewer' }),
    ],
    [
      '25 decisions on nothing',
      'ada',
      'decide_access_requests',
      () => ({ decisions: many(25, (i) => ({ id: text(300, i), decision: 'deny', note: text(1000, i) })) }),
    ],
    [
      '25 decisions on what is missing',
      'ada',
      'decide_access_requests',
      () => ({ decisions: many(25, (i) => ({ id: none(), decision: 'deny', note: text(1000, i) })) }),
    ],
    [
      '25 decisions',
      'ada',
      'decide_access_requests',
      () => ({
        decisions: many(25, (i) => ({
          id: here.id(`r${i}`),
          decision: i % 2 ? 'deny' : 'approve',
          note: text(1000, i),
        })),
      }),
    ],
    [
      '25 decisions that were made',
      'ada',
      'decide_access_requests',
      () => ({ decisions: many(25, (i) => ({ id: here.id(`r${i}`), decision: 'approve' })) }),
    ],
    [
      '20 arguments that are not there',
      'ada',
      'list_workflows',
      () => Object.fromEntries(many(60, (i) => [text(400, i) + i, 1])),
    ],
    [
      'findings in a document',
      'ada',
      'create_workflow',
      () => ({
        name: 'n',
        format: 'n8n',
        document: { nodes: many(60, (i) => ({ name: text(500, i % 3), type: 't' })), connections: {} },
      }),
    ],
    [
      'errors of a schema',
      'ada',
      'create_workflow',
      () => ({
        name: 'n',
        format: 'serverless-workflow',
        document: {
          document: { dsl: '1.0.0' },
          do: many(60, (i) => ({ [text(190, i) + i]: { [text(190, i)]: text(190, i) } })),
        },
      }),
    ],
    [
      'characters that JSON does not keep',
      'ada',
      'create_workflow',
      () => ({ name: 'n', document: Object.fromEntries(many(60, (i) => [text(190, i) + i, '\u0000'])) }),
    ],
  ])('%s, by %s through %s', async (_case, who, name, args) => {
    const { tokens } = await cost(who, name, args());
    expect(tokens).toBeGreaterThan(50);
    expect(tokens).toBeLessThan(8_000);
  });

  test('what is made and changed', async () => {
    const key = (i: number) => text(180, i) + i;
    const document = Object.fromEntries(many(200, (i) => [key(i), { [text(300, i)]: text(400, i) }]));
    const made = await cost('ada', 'create_workflow', { name: text(120), description: text(2000), document });
    const id = (made.answer as { id?: string }).id as string;
    expect(id).toMatch(/^wf_/);
    const pointers = Object.keys(document)
      .slice(0, 20)
      .map((it) => `/${it}`);
    const results = [
      made,
      await cost('ada', 'open_workflow', { id, include: ['document'] }),
      await cost('ada', 'open_workflow', { id, include: ['document'], at: pointers }),
      await cost('ada', 'open_workflow', { id, at: pointers }),
      await cost('ada', 'edit_workflow', {
        id,
        revision: 1,
        document: Object.fromEntries(Object.entries(document).map(([it, value]) => [it, { ...value, x: 1 }])),
      }),
      await cost('ada', 'edit_workflow', { id, revision: 1, name: 'stale' }),
      await cost('ada', 'list_revisions', { id, compare: { from: 1, to: 2 }, limit: 50 }),
      await cost('ada', 'restore_revision', { id, revision: 2, restore: 1 }),
      await cost('ada', 'edit_workflow', {
        id,
        revision: 3,
        patch: many(900, (i) => ({ op: 'remove', path: `/${text(300, i)}` })),
      }),
    ];
    for (const { tokens } of results) {
      expect(tokens).toBeGreaterThan(25);
      expect(tokens).toBeLessThan(8_000);
    }
  });

  test('a text of 300 KB is read whole, page by page (DOC-3)', async () => {
    const length = Math.ceil(300_000 / (Buffer.byteLength(text(1000)) / 1000));
    const code = text(length) + '😀'.repeat(50);
    const { id } = await seats.ada.call('create_workflow', {
      name: text(120),
      description: text(2000),
      document: { small: 'x', nodes: [{ code }] },
    });
    const bytes = Buffer.byteLength(JSON.stringify(code));
    expect(bytes).toBeGreaterThan(300_000);
    const read: string[] = [];
    let from: number | undefined = 0;
    while (from !== undefined) {
      const page = await cost('ada', 'open_workflow', { id, at: ['/nodes/0/code'], from });
      expect(page.tokens).toBeLessThan(8_000);
      const { parts, omitted } = page.answer as never as Awaited<ReturnType<Call>>;
      read.push(parts['/nodes/0/code']);
      expect(read.at(-1)?.isWellFormed()).toBe(true);
      if (omitted) expect(omitted).toEqual([{ pointer: '/nodes/0/code', bytes, from, next: expect.any(Number) }]);
      from = omitted?.[0].next;
    }
    expect(read.length).toBeLessThan(100);
    expect(read.join('')).toBe(code);
  });

  test('a list whose rows are cut for their weight still gives every row exactly once', async () => {
    for (const [who, name, args, count] of [
      ['bo', 'list_workflows', {}, 61],
      ['bo', 'search_directory', {}, 122],
      ['ada', 'list_access_requests', { box: 'incoming' }, 50],
    ] as const) {
      const { all } = await walked(seats[who].call, name, { ...args, limit: 50 });
      expect(new Set(all.map(({ id }) => id)).size).toBe(count);
      expect(all).toHaveLength(count);
    }
    const { all } = await walked(seats.ada.call, 'get_access', { id: here.id('crowded'), limit: 50 }, 'people');
    expect(new Set(all.map(({ person }) => person)).size).toBe(62);
  });
});
