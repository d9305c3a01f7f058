import { expect, test } from 'vitest';
import { office, walked } from '../support/office.ts';

const here = await office({
  people: { ada: 'member', bo: 'member', cy: 'member', root: 'admin' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'creator' }, finance: { ada: 'owner', cy: 'creator' } },
  groups: { hush: ['ada', 'cy'], crew: ['ada', 'bo'] },
  closed: ['hush'],
  workflows: {
    'Quartz private': { in: 'growth', owner: 'ada' },
    'Quartz lent to cy': { in: 'growth', owner: 'ada', grants: { cy: 'editor' } },
    'Quartz of finance': { in: 'finance', owner: 'ada', visibility: 'everyone' },
    'Quartz in the bin': { in: 'growth', owner: 'ada', grants: { bo: 'editor' }, binned: true },
    'Quartz of the crew': { in: 'growth', owner: 'ada', grants: { crew: 'viewer', hush: 'editor' } },
    'Quartz of all': { in: 'growth', owner: 'ada', visibility: 'everyone', everyone: 'viewer' },
    'Quartz of bo': { in: 'growth', owner: 'bo' },
  },
});
const open = ['Quartz of bo', 'Quartz of all', 'Quartz of the crew'];
const shut = ['Quartz private', 'Quartz lent to cy', 'Quartz of finance', 'Quartz in the bin'];
const bo = here.as('bo');
const traceOf = (text: string) => shut.filter((name) => text.includes(name) || text.includes(here.id(name)));

test.each<[string, Record<string, unknown>, string[]]>([
  ['no filter', {}, open],
  ['a part of the name', { query: 'quartz' }, open],
  ['the name of a hidden one', { query: 'lent to' }, []],
  ['a wildcard as a letter', { query: '%' }, []],
  ['private', { visibility: 'private' }, ['Quartz of bo']],
  ['shared', { visibility: 'shared' }, ['Quartz of the crew']],
  ['the owner', { owner: 'ada@acme.test' }, ['Quartz of all', 'Quartz of the crew']],
  ['one’s own', { owner: 'me' }, ['Quartz of bo']],
  ['at least editor', { access: 'editor' }, ['Quartz of bo']],
  ['a workspace', { workspace: 'growth' }, open],
  ['a workspace one is not in', { workspace: 'finance' }, []],
])(
  'list_workflows with %s holds, counts and names what one can open and nothing else (EXT-1, 001-33, 001-34)',
  async (_filter, args, names) => {
    const answer = await bo('list_workflows', args);
    expect(answer.items.map((it: { name: string }) => it.name).sort()).toEqual([...names].sort());
    expect(answer.total).toBe(names.length);
    expect(answer).not.toHaveProperty('more_than');
    const { all, pages } = await walked(bo, 'list_workflows', { ...args, limit: 1 });
    expect(all.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(pages).toBe(Math.max(1, names.length));
    expect(traceOf(JSON.stringify([answer, all]))).toEqual([]);
  },
);

test('list_resources, of one kind or of all, holds, counts and names nothing else either (EXT-1, OWN-4)', async () => {
  const seat = await here.seated(await here.key('bo'), 'toolsets=resources');
  for (const more of [{}, { kind: 'workflow' }]) {
    const answer = await seat.call('list_resources', { query: 'quartz', ...more });
    expect(answer.items.map((it: { name: string }) => it.name).sort()).toEqual([...open].sort());
    expect(answer.total).toBe(open.length);
    expect(traceOf(JSON.stringify(answer))).toEqual([]);
  }
  expect(await seat.call('list_resources', { kind: 'assistant' })).toEqual({ items: [], total: 0 });
});

test('an admin of the workspace lists colleagues’ private ones by override alone (EXT-3, 001-31, 001-33) (security 20)', async () => {
  const names = async (how: Parameters<typeof here.as>[1]) =>
    (await here.as('ada', how)('list_workflows', { query: 'Quartz', owner: 'bo@acme.test' })).items.map(
      ({ name, via }: { name: string; via: string }) => [name, via],
    );
  expect(await names({})).toEqual([]);
  expect(
    (await here.as('ada')('list_workflows', { limit: 50 })).items.map(({ name }: { name: string }) => name),
  ).not.toContain('Quartz of bo');
  expect(await names({ scopes: ['read', 'override'] })).toEqual([['Quartz of bo', 'override']]);
});

test('resources and completion hold nothing of what one can’t open (EXT-1) (security 20)', async () => {
  const { client } = await here.seated(await here.key('bo'));
  const { resources } = await client.listResources();
  expect(
    resources
      .filter(({ uri }) => uri.startsWith('postern://workflow/'))
      .map(({ title }) => title)
      .sort(),
  ).toEqual([...open].sort());
  const ask = (value: string) =>
    client.complete({
      ref: { type: 'ref/resource', uri: 'postern://{kind}/{id}' },
      argument: { name: 'id', value },
      context: { arguments: { kind: 'workflow' } },
    });
  const all = await ask('');
  expect([...all.completion.values].sort()).toEqual(open.map(here.id).sort());
  for (const name of shut)
    expect((await ask(here.id(name).slice(0, 20))).completion.values).not.toContain(here.id(name));
  expect((await ask('private')).completion.values).toEqual([]);
  expect(traceOf(JSON.stringify([resources, all]))).toEqual([]);
  for (const name of shut)
    await expect(client.readResource({ uri: `postern://workflow/${here.id(name)}` })).rejects.toThrow();
});

test('a document links to a hidden workflow without its name, its id stays in the document alone (section 14)', async () => {
  const document = {
    nodes: [
      {
        name: 'go',
        type: 'n8n-nodes-base.executeWorkflow',
        parameters: { workflowId: here.id('Quartz private'), other: here.id('Quartz of all') },
      },
    ],
    connections: {},
  };
  const made = await bo('create_workflow', { name: 'Linking', document, workspace: 'growth' });
  expect(made.error).toBeUndefined();
  const text = JSON.stringify(await bo('open_workflow', { id: made.id }));
  expect(traceOf(text)).toEqual([]);
  const links = (await bo('open_workflow', { id: made.id })).outline.links;
  expect(links).toContainEqual(expect.objectContaining({ name: 'Quartz of all', id: here.id('Quartz of all') }));
  expect(links.filter((it: { name?: string }) => !it.name).every((it: object) => !('id' in it))).toBe(true);
});

test('explaining and seeing access name a private group only to who is in it (GRP-7)', async () => {
  const id = here.id('Quartz of the crew');
  await here.sql('update resource set owner_id = $1 where id = $2', [here.uuid('bo'), here.uuid('Quartz of the crew')]);
  const seen = await bo('get_access', { id });
  const explained = await bo('explain_access', { id, person: 'cy@acme.test' });
  expect(JSON.stringify([seen, explained])).not.toMatch(new RegExp(`hush|${here.id('hush')}`));
  expect(seen.grants).toContainEqual({
    with: expect.stringMatching(/^group:~/),
    name: 'a private group',
    role: 'editor',
    by: 'ada@acme.test',
  });
  expect(seen.people).toContainEqual({ person: 'cy@acme.test', access: 'editor', via: ['a private group'] });
  expect(explained.paths).toContainEqual({ access: 'editor', via: 'a private group', rule: 'GRP-4' });
  await bo('share_resource', { id, with: 'person:cy@acme.test', role: 'viewer' });
  expect(await bo('unshare_resource', { id, with: 'person:cy@acme.test' })).toEqual({
    id,
    removed: true,
    still: ['a private group'],
  });
  expect((await here.as('cy')('explain_access', { id })).paths).toContainEqual({
    access: 'editor',
    via: 'group:hush',
    rule: 'GRP-4',
  });
});

test('a private group keeps its secret among hundreds of grants, a locked team its own (GRP-7, TEAM-3)', async () => {
  const groups = Object.fromEntries(
    Array.from({ length: 230 }, (_, i) => [`a${String(i).padStart(3, '0')}`, [] as string[]]),
  );
  const it = await office({
    people: { bo: 'member', cy: 'member' },
    workspaces: { growth: { bo: 'creator', cy: 'creator' } },
    groups: { ...groups, 'zz-council': ['cy'] },
    teams: { vault: ['cy'] },
    closed: ['zz-council', 'vault'],
    workflows: {
      w: {
        in: 'growth',
        owner: 'bo',
        grants: {
          ...Object.fromEntries(Object.keys(groups).map((name) => [name, 'viewer' as const])),
          'zz-council': 'editor',
          vault: 'editor',
        },
      },
    },
  });
  const seen = await it.as('bo')('get_access', { id: it.id('w') });
  expect(JSON.stringify(seen)).not.toMatch(/zz-council|vault/);
  expect(seen.people).toContainEqual({
    person: 'cy@acme.test',
    access: 'editor',
    via: expect.arrayContaining(['a private group', 'a locked team']),
  });
  expect(seen.grants.length + seen.more_grants).toBe(232);
});

test('candidates are only what the caller sees, and at most five (EXT-12)', async () => {
  const it = await office({
    people: { ada: 'admin', bo: 'member', cy: 'member' },
    workspaces: { growth: { bo: 'creator' } },
    groups: Object.fromEntries(
      ['twin1', 'twin2', 'twin3', 'twin4', 'twin5', 'twin6', 'twin7'].map((name) => [name, ['cy']]),
    ),
    closed: ['twin1'],
    workflows: { w: { in: 'growth', owner: 'bo' } },
  });
  await it.sql(`update "group" set name = 'Twin' where organization_id = $1`, [it.organization]);
  const share = (named: string) =>
    it.as('bo')('share_resource', { id: it.id('w'), with: `group:${named}`, role: 'viewer' });
  const { error } = await share('twin');
  expect(error).toMatchObject({ code: 'ambiguous_principal' });
  expect(error.candidates).toHaveLength(5);
  expect(JSON.stringify(error)).not.toContain(it.id('twin1'));
  expect(await share(error.candidates[0].id)).toMatchObject({ granted: { with: error.candidates[0].id } });
});

test('a cursor serves only the caller, list and query it was given for (EXT-12) (security 8)', async () => {
  const { next_cursor: cursor } = await bo('list_workflows', { limit: 1, query: 'Quartz' });
  const refused = { error: expect.objectContaining({ code: 'invalid_argument', pointer: '/cursor' }) };
  expect(await bo('list_workflows', { limit: 2, query: 'Quartz', cursor })).toHaveProperty('items');
  expect(await bo('list_workflows', { limit: 1, query: 'Other', cursor })).toMatchObject(refused);
  expect(await here.as('cy')('list_workflows', { limit: 1, query: 'Quartz', cursor })).toMatchObject(refused);
  expect(
    await here.as('bo', { name: 'another key' })('list_workflows', { limit: 1, query: 'Quartz', cursor }),
  ).toMatchObject(refused);
  expect(await bo('search_directory', { cursor })).toMatchObject(refused);
  const altered = cursor.replace(/.(?=.{9}$)/, (it: string) => (it === 'A' ? 'B' : 'A'));
  expect(await bo('list_workflows', { limit: 1, query: 'Quartz', cursor: altered })).toMatchObject(refused);
  expect(await bo('list_workflows', { cursor: 'x' })).toMatchObject(refused);
});
