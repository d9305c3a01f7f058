import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { prefixes } from '../../src/terms/ids.ts';
import { type Kind, kindNames } from '../../src/terms/kinds.ts';
import { examples, shaped } from '../support/kinds.ts';
import { confirmed, office, walked } from '../support/office.ts';

const here = await office({
  people: { ada: 'member', bo: 'member', cy: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'viewer' } },
});
const how = { query: 'toolsets=resources,workflows,sharing' };
const [bo, cy] = [here.as('bo', how), here.as('cy', how)];
const documentOf = (kind: Kind): Record<string, unknown> =>
  kind === 'workflow' ? { title: 'Plan', steps: ['a'] } : examples[kind].document;
const make = (kind: Kind, more: object = {}) =>
  bo('create_resource', { kind, name: `A ${kind}`, document: documentOf(kind), ...more });
const refused = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });

describe.each(kindNames)('%s', (kind) => {
  test('is made private and its maker’s, listed with its owner, and read back as it came (OWN-4, VIS-1, DOC-1, 000-1, 000-2, 000-12, 000-15)', async () => {
    const made = await make(kind, { description: 'What it is for.' });
    expect(made).toMatchObject({
      id: expect.stringMatching(`^${prefixes[kind]}_`),
      kind,
      visibility: 'private',
      owner: 'bo@acme.test',
      access: 'owner',
      via: 'owner',
      revision: 1,
      format: kind === 'workflow' ? 'json' : kind,
      description: 'What it is for.',
    });
    const { items } = await bo('list_resources', { kind });
    expect(items[0]).toMatchObject({ id: made.id, kind, visibility: 'private', owner: 'bo@acme.test' });
    expect((await bo('open_resource', { id: made.id, include: ['document'] })).document).toEqual(documentOf(kind));
    expect(await cy('open_resource', { id: made.id })).toMatchObject(refused('not_found'));
    expect((await cy('list_resources', { kind })).items).toEqual([]);
  });

  test('is edited by patch, merge and whole documents, each a revision; a stale edit is refused and nothing is lost (VER-1, VER-2, DOC-4)', async () => {
    const { id } = await make(kind);
    await bo('edit_resource', { id, revision: 1, patch: [{ op: 'add', path: '/annex', value: { a: [1] } }] });
    await bo('edit_resource', { id, revision: 2, merge: { annex: { b: 2 } }, name: 'Renamed' });
    expect(await bo('edit_resource', { id, revision: 2, merge: { annex: { c: 3 } } })).toMatchObject(
      refused('conflict', {
        current: expect.objectContaining({ revision: 3, changes: [{ pointer: '/annex/b', change: 'added' }] }),
      }),
    );
    expect(await bo('open_resource', { id, include: ['document'] })).toMatchObject({
      name: 'Renamed',
      revision: 3,
      document: { ...documentOf(kind), annex: { a: [1], b: 2 } },
    });
    expect(await bo('list_revisions', { id, compare: { from: 1, to: 3 } })).toMatchObject({
      total: 3,
      changes: [{ pointer: '/annex', change: 'added' }],
    });
    expect(await bo('restore_revision', { id, restore: 1, revision: 3 })).toMatchObject({ id, kind, revision: 4 });
    expect((await bo('open_resource', { id, include: ['document'] })).document).toEqual(documentOf(kind));
  });

  test('goes into the bin by two calls, where it is its owner’s, and comes back (VER-2, VER-3)', async () => {
    const { id } = await make(kind);
    const { preview } = await bo('delete_resource', { id });
    expect(preview.loses.people).toContainEqual({ person: 'bo@acme.test', before: 'owner', after: 'none' });
    expect(await confirmed(bo, 'delete_resource', { id })).toMatchObject({ id, deleted: true });
    expect(await bo('open_resource', { id })).toMatchObject(refused('not_found'));
    expect(await cy('restore_resource', { id })).toMatchObject(refused('not_found'));
    expect(await bo('restore_resource', { id })).toMatchObject({ id, kind });
    expect(await bo('open_resource', { id })).toMatchObject({ id, revision: 1 });
  });

  test('is made once by two calls with one idempotency key (EXT-9)', async () => {
    const twice = () =>
      bo('create_resource', { kind, name: 'Once', document: documentOf(kind) }, { 'postern/idempotency-key': kind });
    const [first, second] = [await twice(), await twice()];
    expect(second.id).toBe(first.id);
  });

  test('is not made by who lacks its capability (DEC-3, WS-4, 004-33, 004-34)', async () => {
    expect(
      await cy('create_resource', { kind, name: 'n', document: documentOf(kind), workspace: 'growth' }),
    ).toMatchObject(
      refused('permission_denied', {
        message: expect.stringMatching(kind === 'brand_kit' ? /brand_kits_manager/ : /flows_manager/),
      }),
    );
  });

  test('is found by name and URI in the resources of MCP, under its own kind only (section 14)', async () => {
    const { client } = await here.seated(await here.key('bo'));
    const { id } = await make(kind, { name: `Findable ${kind}` });
    const { contents } = await client.readResource({ uri: `postern://${kind}/${id}` });
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({ id, document: documentOf(kind) });
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toContain(`postern://${kind}/${id}`);
    const another = kind === 'workflow' ? 'assistant' : 'workflow';
    await expect(client.readResource({ uri: `postern://${another}/${id}` })).rejects.toThrow();
    const { completion } = await client.complete({
      ref: { type: 'ref/resource', uri: 'postern://{kind}/{id}' },
      argument: { name: 'id', value: 'Findable' },
      context: { arguments: { kind } },
    });
    expect(completion.values).toEqual([id]);
  });
});

test.each(shaped)('a document that is no %s is refused with every place that does not fit (DOC-2)', async (kind) => {
  const { broken, findings } = examples[kind];
  const { error } = await make(kind, { document: broken });
  expect(error).toMatchObject({ code: 'invalid_argument' });
  expect(error.findings.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
    findings.map((it) => `/document${it}`),
  );
});

test.each(shaped)('what a %s does not know of is kept, with a warning (DOC-2)', async (kind) => {
  const known = await make(kind);
  expect(known.warnings).toHaveLength(1);
  expect(known.warnings[0].message).toMatch(/it is kept/);
});

test('a list of every kind holds each resource once, newest first, page by page (EXT-1, OWN-4)', async () => {
  const it = await office({
    people: { bo: 'member', cy: 'member' },
    workspaces: { growth: { bo: 'creator', cy: 'creator' } },
    groups: { crew: ['cy'] },
    workflows: Object.fromEntries(
      [...Array(4).keys()].map((i) => [`w${i}`, { in: 'growth', owner: 'bo', grants: { cy: 'viewer' } }] as const),
    ),
    resources: Object.fromEntries(
      [...Array(30).keys()].map((i) => [
        `r${i}`,
        {
          kind: shaped[i % shaped.length] as Kind,
          in: 'growth',
          owner: 'bo',
          ...(i % 3 && { grants: i % 2 ? { cy: 'viewer' as const } : { crew: 'editor' as const } }),
        },
      ]),
    ),
  });
  for (const [who, count] of [
    ['bo', 34],
    ['cy', 24],
  ] as const) {
    const { all } = await walked(it.as(who, how), 'list_resources', { limit: 7 });
    const ids = all.map(({ id }) => id.split('_')[1]);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(all).toHaveLength(count);
    const byKind = [];
    for (const kind of kindNames) byKind.push(...(await walked(it.as(who, how), 'list_resources', { kind })).all);
    expect(byKind.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
    expect(await it.as(who, how)('list_resources', { limit: 5 })).toMatchObject({ total: count });
    expect(await it.as(who, how)('list_resources', { query: 'r1', limit: 50 })).toMatchObject({
      total: all.filter(({ name }) => name.includes('r1')).length,
    });
  }
});

test('the workflow tools know workflows alone; a link to anything is named to who can open it (section 14, EXT-12)', async () => {
  const { id } = await make('assistant');
  expect(await bo('open_workflow', { id })).toMatchObject(refused('not_found'));
  const widget = { title: 'w', assistant: id };
  const made = await bo('create_resource', { kind: 'chat_widget', name: 'w', document: widget });
  expect(made.outline.links).toEqual([{ pointer: '/assistant', id, name: 'A assistant' }]);
  await bo('share_resource', { id: made.id, with: 'person:cy@acme.test', role: 'viewer' });
  const seen = await cy('open_resource', { id: made.id });
  expect(seen.outline.links).toEqual([{ pointer: '/assistant' }]);
  expect(JSON.stringify(seen)).not.toContain(id);
});

test('no answer passes 8,000 tokens: 50 rows with names that cost most, findings in a document, many warnings (section 14)', async () => {
  const dear = (length: number, seed: number) =>
    Array.from({ length }, (_, i) => [...'ꯀꯁꯂ܀܁ᏀᏁ㐀㐁ꑀꑁ'][(i * i + seed) % 11]).join('');
  const it = await office({
    people: { bo: 'member' },
    workspaces: { growth: { bo: 'creator' } },
    resources: Object.fromEntries(
      [...Array(50).keys()].map((i) => [`r${i}`, { kind: 'datasource' as const, in: 'growth', owner: 'bo' }]),
    ),
  });
  await it.sql('update resource set name = left($1 || id::text, 120) where organization_id = $2', [
    dear(84, 1),
    it.organization,
  ]);
  const { client } = await it.seated(await it.key('bo'), how.query);
  const cost = async (name: string, args: Record<string, unknown>) =>
    encode(((await client.callTool({ name, arguments: args })).content as { text: string }[])[0]?.text ?? '').length;
  const messages = [...Array(60).keys()].map((i) => ({ role: dear(300, i), content: i }));
  const unknown = Object.fromEntries([...Array(60).keys()].map((i) => [dear(180, i) + i, 1]));
  for (const tokens of [
    await cost('list_resources', { limit: 50 }),
    await cost('create_resource', { kind: 'conversation', name: 'n', document: { messages } }),
    await cost('create_resource', { kind: 'conversation', name: 'n', document: { messages: [], ...unknown } }),
  ]) {
    expect(tokens).toBeGreaterThan(50);
    expect(tokens).toBeLessThan(8_000);
  }
});
