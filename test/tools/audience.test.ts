import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { type Call, office, walked } from '../support/office.ts';

const how = { query: 'toolsets=spaces,workflows' };
const here = await office({
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', eve: 'guest' },
  workspaces: {
    growth: { ada: 'owner', bo: 'creator', cy: 'viewer' },
    finance: { dee: 'owner' },
    closed: { ada: 'owner' },
  },
  deletedWorkspaces: ['closed'],
  switches: { growth: { cy: { audience_viewer: true } } },
  workflows: {
    'lead form': { in: 'growth', owner: 'ada', visibility: 'everyone' },
    'hidden quiz': { in: 'growth', owner: 'ada' },
  },
});
const [ada, bo, cy, dee, root] = ['ada', 'bo', 'cy', 'dee', 'root'].map((who) => here.as(who, how)) as [
  Call,
  Call,
  Call,
  Call,
  Call,
];
const refused = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });

interface Told {
  readonly email: string;
  readonly name?: string;
  readonly attributes?: object;
  readonly source?: string;
}
async function collect(workspace: string, contacts: readonly Told[]) {
  for (const { email, name = null, attributes = {}, source } of contacts) {
    await here.sql(
      'insert into contact (organization_id, id, workspace_id, email, name, attributes, source_id) values ($1, $2, $3, $4, $5, $6, $7)',
      [here.organization, newId(), here.uuid(workspace), email, name, attributes, source ? here.uuid(source) : null],
    );
  }
}
await collect('growth', [
  { email: 'amy@x.test', name: 'Amy Ash', attributes: { plan: 'pro', seats: 3 }, source: 'lead form' },
  { email: 'ben@y.test', name: 'Ben Birch', source: 'hidden quiz' },
  { email: 'cat@x.test' },
]);
await collect('finance', [{ email: 'secret@z.test', name: 'Not yours' }]);

describe('list_audience', () => {
  test('holds who was collected, newest first, with attributes and the source that one can open (WS-5, EXT-12, 004-35)', async () => {
    const answer = await cy('list_audience', { workspace: 'growth' });
    expect(answer).toEqual({
      items: [
        { id: expect.stringMatching(/^ct_/), email: 'cat@x.test', attributes: {}, collected_at: expect.any(String) },
        {
          id: expect.any(String),
          email: 'ben@y.test',
          name: 'Ben Birch',
          attributes: {},
          collected_at: expect.any(String),
        },
        {
          id: expect.any(String),
          email: 'amy@x.test',
          name: 'Amy Ash',
          attributes: { plan: 'pro', seats: 3 },
          source: { id: here.id('lead form'), name: 'lead form' },
          collected_at: expect.any(String),
        },
      ],
      total: 3,
    });
    expect(JSON.stringify(answer)).not.toContain(here.id('hidden quiz'));
    const [, own] = (await ada('list_audience', { workspace: 'growth' })).items;
    expect(own.source).toEqual({ id: here.id('hidden quiz'), name: 'hidden quiz' });
  });

  test.each`
    query       | found
    ${'X.TEST'} | ${['cat@x.test', 'amy@x.test']}
    ${'birch'}  | ${['ben@y.test']}
    ${'%'}      | ${[]}
    ${'pro'}    | ${[]}
  `('$query finds $found: a part of an email or name, in any case', async ({ query, found }) => {
    const { items, total } = await ada('list_audience', { query });
    expect(items.map(({ email }: Told) => email)).toEqual(found);
    expect(total).toBe(found.length);
  });

  test('takes audience_viewer there, which owner and admin have by role and others where it is switched on (WS-3, WS-4, DEC-3, 004-35)', async () => {
    expect(await bo('list_audience', { workspace: 'growth' })).toMatchObject(
      refused('permission_denied', { message: expect.stringMatching(/audience_viewer/) }),
    );
    expect(await bo('list_audience', {})).toMatchObject(
      refused('invalid_argument', { pointer: '/workspace', candidates: [] }),
    );
    expect(await cy('list_audience', {})).toMatchObject({ total: 3 });
    expect(
      await here.as('root', { ...how, scopes: ['audience', 'override'] })('list_audience', { workspace: 'growth' }),
    ).toMatchObject({ total: 3 });
  });

  test('a workspace that is hidden, closed or missing gives the same bytes, in a list and an export (EXT-2, EXT-12, EXT-3)', async () => {
    const missing = outside('workspace', newId());
    for (const [tool, more] of [
      ['list_audience', {}],
      ['export_audience', { format: 'jsonl' }],
    ] as const) {
      const said = async (who: string, workspace: string) => {
        const seat = await here.seated(await here.key(who), how.query);
        return (await seat.said(tool, { workspace, ...more })).replaceAll(workspace, 'W');
      };
      const answer = await said('ada', missing);
      expect(answer).toContain('not_found');
      for (const [who, workspace] of [
        ['ada', here.id('finance')],
        ['ada', 'finance'],
        ['ada', here.id('closed')],
        ['root', here.id('growth')],
        ['ada', 'no such name'],
        ['ada', here.id('lead form')],
      ] as const)
        expect(await said(who, workspace), `${who} ${workspace}`).toBe(answer);
      const cut = await here.seated(await here.key('ada', { workspaces: ['closed'] }), how.query);
      const growth = here.id('growth');
      expect((await cut.said(tool, { workspace: growth, ...more })).replaceAll(growth, 'W')).toBe(answer);
    }
  });

  test('a look is in the log as one on the workspace, a refusal too (ACT-1)', async () => {
    await cy('list_audience', { workspace: 'growth' });
    await bo('export_audience', { workspace: 'growth' });
    const rows = await here.sql(
      `select outcome, person_id from activity where action = 'audience.list' and workspace_id = $1 order by at desc limit 2`,
      [here.uuid('growth')],
    );
    expect(rows).toEqual([
      { outcome: 'deny', person_id: here.uuid('bo') },
      { outcome: 'allow', person_id: here.uuid('cy') },
    ]);
  });
});

describe('many contacts', async () => {
  const many = [...Array(130).keys()];
  await here.sql(
    `insert into contact (organization_id, id, workspace_id, email, name, attributes)
     select $1, it.id, $2, it.email, it.name, it.attributes from json_to_recordset($3) it (id uuid, email text, name text, attributes json)`,
    [
      here.organization,
      here.uuid('finance'),
      JSON.stringify(
        many.map((i) => ({
          id: newId(),
          email: `someone.${i}@example.test`,
          name: '𐎀ꯀᏁ'.repeat(20) + i,
          attributes: Object.fromEntries([...Array(9).keys()].map((n) => [`"ключ" ${n}`, '"\\"🙂'.repeat(12)])),
        })),
      ),
    ],
  );

  test('are listed and exported once each, page by page, and no page passes 8,000 tokens (section 14)', async () => {
    const { all, pages } = await walked(dee, 'list_audience', { limit: 50 });
    expect(new Set(all.map(({ id }) => id)).size).toBe(131);
    expect(all).toHaveLength(131);
    expect(pages).toBeGreaterThan(9);
    for (const format of ['csv', 'jsonl']) {
      let [data, rows] = ['', 0];
      let cursor: string | undefined;
      do {
        const page = await dee('export_audience', { format, ...(cursor && { cursor }) });
        expect(encode(JSON.stringify(page)).length).toBeLessThan(8000);
        data += page.data;
        rows += page.rows;
        cursor = page.next_cursor;
      } while (cursor);
      expect(rows).toBe(131);
      expect(many.every((i) => data.includes(`someone.${i}@example.test`))).toBe(true);
      if (format === 'jsonl')
        expect(
          data
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
        ).toEqual(all);
    }
  });

  test('a cursor serves only who got it, for that workspace, search and format (EXT-12)', async () => {
    const { next_cursor: cursor } = await dee('export_audience', { format: 'csv' });
    const refusal = refused('invalid_argument', { pointer: '/cursor' });
    expect(await dee('export_audience', { format: 'csv', cursor })).toHaveProperty('data');
    expect(await dee('export_audience', { format: 'jsonl', cursor })).toMatchObject(refusal);
    expect(await dee('export_audience', { format: 'csv', query: 'a', cursor })).toMatchObject(refusal);
    expect(await dee('list_audience', { cursor })).toMatchObject(refusal);
    expect(await ada('export_audience', { workspace: 'growth', format: 'csv', cursor })).toMatchObject(refusal);
  });

  test('a right that is taken back ends an export at its next page (DEC-8)', async () => {
    const call = here.as('dee', { ...how, name: 'exporting' });
    const { next_cursor: cursor } = await call('export_audience', {});
    await here.sql(
      `insert into capability_switch (organization_id, person_id, workspace_id, capability, enabled) values ($1, $2, $3, 'audience_viewer', false)`,
      [here.organization, here.uuid('dee'), here.uuid('finance')],
    );
    expect(await call('export_audience', { workspace: 'finance', cursor })).toMatchObject(refused('permission_denied'));
    await here.sql('delete from capability_switch where person_id = $1', [here.uuid('dee')]);
  });
});

test('CSV quotes what has to be, and defuses what a spreadsheet would take for a formula (WS-5)', async () => {
  const names = ['=1+1', '+1', '-1', '@a', '\tb', 'a "b", c', 'one\r\ntwo', 'plain'];
  await collect(
    'growth',
    names.map((name, i) => ({ email: `f${i}@f.test`, name })),
  );
  const { data } = await ada('export_audience', { query: '@f.test', format: 'csv' });
  const lines = data.split('\r\n');
  expect(lines[0]).toBe('email,name,collected_at,source,source_name,attributes');
  expect(data).toMatch(/\r\n$/);
  const cells = ["'=1+1", "'+1", "'-1", "'@a", "'\tb", '"a ""b"", c"', '"one\r\ntwo"', 'plain'];
  for (const [i, cell] of cells.entries()) expect(data).toContain(`f${i}@f.test,${cell},`);
});

test('an admin of the organization finds no audience without the override (EXT-3)', async () => {
  expect(await root('list_audience', {})).toMatchObject(refused('invalid_argument', { candidates: [] }));
});
