import { beforeAll, describe, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { agent, type Era } from '../support/agent.ts';
import { serviceIn } from '../support/service.ts';
import { type World, world } from '../support/world.ts';

let here: World;
let service: Awaited<ReturnType<typeof serviceIn>>;

const many = Object.fromEntries([...Array(60).keys()].map((i) => [`report ${i}`, { in: 'Growth', owner: 'ada' }]));

beforeAll(async () => {
  here = await world({
    people: { ada: 'member', ben: 'member' },
    workspaces: { Growth: { ada: 'creator', ben: 'creator' } },
    workflows: {
      ...many,
      payroll: { in: 'Growth', owner: 'ben', grants: { ada: 'viewer' }, document: { steps: ['pay'] } },
      secret: { in: 'Growth', owner: 'ben' },
    },
    requests: { plea: { by: 'ben', for: 'report 1', message: 'Please' } },
  });
  service = await serviceIn(here);
});

const as = async (who: string, era: Era = '2026') => (await agent(service, await here.key(who), { era })).client;
const uri = (name: string) => `postern://workflow/${here.id(name)}`;
const jsonIn = ({ contents }: { contents: object[] }) => JSON.parse((contents[0] as { text: string }).text);

describe.each<Era>(['2026', '2025'])('resources over the protocol of %s', (era) => {
  test('are listed page by page: what is one’s own, the guides, then each workflow one can open, once', async () => {
    const client = await as('ada', era);
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await client.request({ method: 'resources/list', params: cursor ? { cursor } : {} });
      pages.push(page.resources.map((it) => it.uri));
      cursor = page.nextCursor;
    } while (cursor && pages.length < 9);
    const listed = pages.flat();
    expect(pages).toHaveLength(2);
    expect(listed.slice(0, 6)).toEqual([
      'postern://me',
      'postern://requests/incoming',
      'postern://requests/sent',
      'postern://notifications',
      'postern://guide/roles',
      'postern://guide/visibility',
    ]);
    expect(new Set(listed).size).toBe(6 + 61);
    expect(listed).toHaveLength(6 + 61);
    expect(listed).not.toContain(uri('secret'));
  });

  test('a workflow reads with its document, as open_workflow answers', async () => {
    const client = await as('ada', era);
    expect(jsonIn(await client.readResource({ uri: uri('payroll') }))).toMatchObject({
      id: here.id('payroll'),
      access: 'viewer',
      document: { steps: ['pay'] },
    });
  });

  test('one’s own things read as the tools answer', async () => {
    const client = await as('ada', era);
    expect(JSON.stringify(jsonIn(await client.readResource({ uri: 'postern://me' })))).toContain('ada@acme.test');
    expect(jsonIn(await client.readResource({ uri: 'postern://requests/incoming' })).items).toHaveLength(1);
    expect(jsonIn(await client.readResource({ uri: 'postern://requests/sent' })).items).toEqual([]);
    expect(jsonIn(await client.readResource({ uri: 'postern://notifications' }))).toMatchObject({
      items: [],
      unread: 0,
    });
  });

  test('the guides are printed from the policy', async () => {
    const client = await as('ada', era);
    const { contents } = await client.readResource({ uri: 'postern://guide/roles' });
    expect(contents[0]).toMatchObject({
      mimeType: 'text/markdown',
      text: expect.stringMatching(/\*\*viewer\*\*: open_workflow.*\n.*edit_workflow\\\*.*\n.*transfer_ownership/),
    });
    expect((await client.readResource({ uri: 'postern://guide/visibility' })).contents[0]).toMatchObject({
      text: expect.stringContaining('**private**'),
    });
  });

  test('a hidden one and a missing one differ in the id alone (EXT-2)', async () => {
    const client = await as('ada', era);
    const answer = (id: string) =>
      client.readResource({ uri: `postern://workflow/${id}` }).then(
        () => 'read',
        ({ code, message, data }) => JSON.stringify({ code, message, data }).replaceAll(id, 'ID'),
      );
    const hidden = await answer(here.id('secret'));
    expect(JSON.parse(hidden)).toMatchObject({ code: -32602, data: { uri: 'postern://workflow/ID' } });
    expect(hidden).toBe(await answer(outside('workflow', newId())));
    expect(hidden).toBe(await answer('nonsense'));
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    '%s, which every object bears, is an address of nothing like any other',
    async (name) => {
      const client = await as('ada', era);
      const answer = (uri: string) =>
        client.readResource({ uri }).then(
          () => 'read',
          ({ code, message, data }) => JSON.stringify({ code, message, data }).replaceAll(uri, 'URI'),
        );
      const unknown = await answer('nowhere');
      expect(JSON.parse(unknown)).toMatchObject({ code: -32602, data: { uri: 'URI' } });
      expect(await answer(name)).toBe(unknown);
    },
  );

  test('completion offers kinds, and ids of what one can open, by id or name', async () => {
    const client = await as('ada', era);
    const complete = async (name: string, value: string) =>
      (
        await client.complete({
          ref: { type: 'ref/resource', uri: 'postern://{kind}/{id}' },
          argument: { name, value },
        })
      ).completion.values;
    expect(await complete('kind', 'w')).toEqual(['workflow']);
    expect(await complete('id', 'payr')).toEqual([here.id('payroll')]);
    expect(await complete('id', 'secret')).toEqual([]);
    expect(await complete('id', here.id('secret'))).toEqual([]);
    expect(await complete('id', 'wf_')).toHaveLength(50);
  });
});

test('a cursor of someone else, or none of ours, is refused (EXT-12)', async () => {
  const { nextCursor } = await (await as('ada')).request({ method: 'resources/list' });
  expect(nextCursor).toEqual(expect.any(String));
  await expect((await as('ben')).listResources({ cursor: nextCursor ?? '' })).rejects.toThrow(/invalid_argument/);
  await expect((await as('ada')).listResources({ cursor: 'made up' })).rejects.toThrow(/invalid_argument/);
});

test('a key without the scope read lists and reads its own only', async () => {
  const { client } = await agent(service, await here.key('ada', { scopes: [] }));
  const { resources } = await client.listResources();
  expect(resources.map((it) => it.uri)).toEqual([
    'postern://me',
    'postern://guide/roles',
    'postern://guide/visibility',
  ]);
  await expect(client.readResource({ uri: uri('payroll') })).rejects.toThrow(/insufficient_scope/);
});
