import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { newId } from '../../src/terms/ids.ts';
import { exportActivityWhole } from '../../src/workspace/activity.ts';
import { office } from '../support/office.ts';

const told = {
  people: { root: 'admin', ada: 'member', bo: 'member' },
  workspaces: { Sales: { ada: 'admin', bo: 'creator' } },
  workflows: { plan: { in: 'Sales', owner: 'bo', visibility: 'everyone' }, draft: { in: 'Sales', owner: 'bo' } },
} as const;
const query = 'toolsets=governance';
const audit = { scopes: ['audit'], query } as const;
type Here = Awaited<ReturnType<typeof office>>;

/** All pages, one after another. */
async function whole(here: Here, who: string, args: object, how: object = audit) {
  let [data, cursor, rows, pages] = ['', undefined as string | undefined, 0, 0];
  do {
    const page = await here.as(who, how)('export_activity', { ...args, ...(cursor && { cursor }) });
    if (page.error) throw new Error(page.refused);
    data += page.data;
    rows += page.rows;
    pages++;
    cursor = page.next_cursor;
  } while (cursor);
  return { data, rows, pages };
}
const many = (here: Here, n: number) =>
  here.sql(
    `insert into activity (organization_id, id, at, person_id, surface, action, outcome, noun, kind, entity_id, workspace_id, after)
     select $1, gen_random_uuid(), now() - n * interval '1 second', $2, 'external', 'resource.open', 'allow', 'resource', 'workflow', $3, $4, json_build_object('n', n)
     from generate_series(1, ${n}) n`,
    [here.organization, here.uuid('bo'), here.uuid('plan'), here.uuid('Sales')],
  );

test('an export holds what the list holds, by the same filters, as CSV with one head, and as JSON Lines (ACT-2, 004-12)', async () => {
  const here = await office(told);
  await many(here, 230);
  await here.as('bo')('edit_workflow', { id: here.id('draft'), revision: 1, name: 'Hidden from ada' });
  const csv = await whole(here, 'ada', { format: 'csv' });
  const lines = csv.data.split('\r\n');
  expect(lines[0]).toBe(
    'at,type,outcome,action,by,key,surface,entity_type,id,name,workspace,via,override,because,before,after',
  );
  expect(lines.filter((line) => line.startsWith('at,'))).toHaveLength(1);
  expect(lines[1]).toBe(`,,,resource.edit,,,,,${here.id('draft')},,,,,,,`);
  expect(lines[2]).toMatch(
    new RegExp(
      `^\\d{4}-.*Z,opened,allowed,resource.open,bo@acme.test,,external,workflow,${here.id('plan')},plan,Sales,,,,,"{""n"":1}"$`,
    ),
  );
  expect(csv).toMatchObject({ rows: 231 });
  expect(csv.pages).toBeGreaterThan(1);
  expect(lines).toHaveLength(233);

  const jsonl = await whole(here, 'ada', { format: 'jsonl' });
  const read = jsonl.data
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(read[0]).toEqual({ id: here.id('draft'), action: 'resource.edit' });
  expect(read.slice(1).map(({ after }) => after.n)).toEqual(Array.from({ length: 230 }, (_, i) => i + 1));
  const { items } = await here.as('ada', audit)('list_activity', { limit: 20 });
  expect(read.slice(0, items.length)).toEqual(items);

  expect((await whole(here, 'ada', { format: 'jsonl', type: ['updated'] })).rows).toBe(1);
  expect((await whole(here, 'ada', { format: 'csv', email: 'nobody@acme.test' })).data).toBe(`${lines[0]}\r\n`);
  expect(await here.as('ada', audit)('export_activity', { cursor: 'made up' })).toMatchObject({
    error: { code: 'invalid_argument' },
  });
});

test('no cell of an export is a formula, and none breaks its line (EXT-7)', async () => {
  const here = await office(told);
  for (const name of ['=HYPERLINK("http://x")', '+1', '-1+1', '@SUM(A1)', '＝SUM(A1)', 'a, "b"']) {
    await here.sql('update resource set name = $1 where id = $2', [name, here.uuid('plan')]);
    await here.as('bo')('open_workflow', { id: here.id('plan') });
    const [, line = ''] = (await whole(here, 'ada', { format: 'csv' })).data.split('\r\n');
    const cell =
      name === 'a, "b"' ? '"a, ""b"""' : name.includes('"') ? `"'${name.replaceAll('"', '""')}"` : `'${name}`;
    expect(line).toContain(`,${cell},Sales,`);
  }
});

test('a door that streams takes pages of a thousand, each decided anew, and what it may not see any more is not in the next (ACT-2)', async () => {
  const here = await office(told);
  await many(here, 1500);
  const session = await here.session('ada', { scopes: ['audit'] });
  const first = await session.perform(exportActivityWhole, { format: 'jsonl' });
  expect(first).toMatchObject({ rows: 1000 });
  await here.sql(`update workspace_member set role = 'viewer' where organization_id = $1 and person_id = $2`, [
    here.organization,
    here.uuid('ada'),
  ]);
  expect(await session.perform(exportActivityWhole, { format: 'jsonl', cursor: first.next_cursor })).toEqual({
    format: 'jsonl',
    data: '',
    rows: 0,
  });
});

test('what is too long for a page of a list is left out there, and whole where it goes to a disk', async () => {
  const here = await office(told);
  const note = 'word '.repeat(9_000);
  await here.sql(
    `insert into activity (organization_id, id, person_id, surface, action, outcome, noun, kind, entity_id, workspace_id, after)
     values ($1, $2, $3, 'external', 'resource.edit', 'allow', 'resource', 'workflow', $4, $5, $6)`,
    [here.organization, newId(), here.uuid('bo'), here.uuid('plan'), here.uuid('Sales'), { note }],
  );
  const { items } = await here.as('ada', audit)('list_activity');
  expect(items).toMatchObject([{ cut: true, action: 'resource.edit' }]);
  const all = await (await here.session('ada', { scopes: ['audit'] })).perform(exportActivityWhole, {
    format: 'jsonl',
  });
  expect(JSON.parse(String(all.data)).after.note === note).toBe(true);
});

test('no page of the log passes 8,000 tokens, whatever the names in it, and all of it is walked (section 14)', async () => {
  const here = await office(told);
  const dear = 'ꯀꯁꯂ𐎀𐎁܀܁ᏀᏁ㐀㐁ꑀꑁ'.repeat(9).slice(0, 110);
  await here.sql('update resource set name = $1 where organization_id = $2', [dear, here.organization]);
  await here.sql('update workspace set name = $1 || name where organization_id = $2', [dear, here.organization]);
  await here.sql(
    `insert into activity (organization_id, id, person_id, surface, action, outcome, noun, kind, entity_id, workspace_id, before, after)
     select $1, gen_random_uuid(), $2, 'external', 'resource.edit', 'allow', 'resource', 'workflow', $3, $4, json_build_object('name', $5::text), json_build_object('note', repeat($5, n % 40))
     from generate_series(1, 120) n`,
    [here.organization, here.uuid('bo'), here.uuid('plan'), here.uuid('Sales'), dear],
  );
  const { client } = await here.seated(await here.key('ada', { scopes: ['audit', 'override'] }), query);
  for (const [name, items] of [
    ['list_activity', 'items'],
    ['export_activity', 'rows'],
  ] as const) {
    let [cursor, n] = [undefined as string | undefined, 0];
    do {
      const args = { ...(name === 'list_activity' && { limit: 50 }), ...(cursor && { cursor }) };
      const { content, structuredContent } = await client.callTool({ name, arguments: args });
      expect(encode((content as { text: string }[])[0]?.text ?? '').length, name).toBeLessThan(8000);
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
      const page = structuredContent as Record<string, any>;
      n += items === 'rows' ? page.rows : page.items.length;
      cursor = page.next_cursor;
    } while (cursor);
    expect(n, name).toBe(120);
  }
});
