import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { along, type Leg, legs, type Ways } from '../support/legs.ts';
import { listening } from '../support/listening.ts';
import { serviceIn } from '../support/service.ts';
import { type World, world } from '../support/world.ts';

let here: World;
let ways: Ways;
let ada: string;
let close: () => Promise<void>;

beforeAll(async () => {
  here = await world({
    people: { ada: 'member', ben: 'member' },
    workspaces: { Growth: { ada: 'creator', ben: 'creator' } },
    workflows: { secret: { in: 'Growth', owner: 'ben' } },
  });
  const service = await serviceIn(here);
  const at = await listening(service.fetch);
  close = at.close;
  ways = { url: at.url, app: here.connection };
  ada = await here.key('ada');
});

afterAll(() => close());

const document = { steps: [{ name: 'ä – 漢字 – 🧵', done: false }], 'a/b': { '~': null } };

describe.concurrent.each(Object.keys(legs) as Leg[])('%s', (leg) => {
  test('finds the tools, works on a workflow, and is told no in words and data', async () => {
    const { client, call } = await along(leg, ways, ada, { person: () => 'accept' });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['list_workflows', 'edit_workflow', 'whoami']),
    );

    const made = await call('create_workflow', { name: `Made by ${leg}`, document });
    const { id, revision } = made;
    expect((await call('list_workflows', { query: leg })).items).toMatchObject([{ id, access: 'owner', via: 'owner' }]);
    expect((await call('open_workflow', { id, include: ['document'] })).document).toEqual(document);

    const patch = [{ op: 'replace', path: '/steps/0/done', value: true }];
    expect(await call('edit_workflow', { id, revision, patch })).toMatchObject({ revision: revision + 1 });
    const stale = await call('edit_workflow', { id, revision, name: 'late' });
    expect(stale).toMatchObject({
      refused: expect.stringMatching(/^Changed meanwhile \(conflict\)\. /),
      error: { code: 'conflict' },
    });

    const unknown = await call('open_workflow', { id, nonsense: 1 });
    expect(unknown).toMatchObject({
      refused: expect.stringContaining('nonsense'),
      error: { code: 'invalid_argument', pointer: '/nonsense' },
    });
    expect(await call('open_workflow', { id: here.id('secret') })).toMatchObject({ error: { code: 'not_found' } });

    const read = await client.readResource({ uri: `postern://workflow/${id}` });
    expect(JSON.parse((read.contents[0] as { text: string }).text).document.steps[0].done).toBe(true);

    expect(await call('delete_workflow', { id })).toMatchObject({ deleted: true });
    await client.close();
  });
});

test('a bridge answers where nobody is at the other end, and where the key has ended', async () => {
  const { client } = await along('client 2.x, protocol of 2026, bridge', ways, ada);
  await client.close();
  const nowhere = { ...ways, url: 'http://127.0.0.1:1/mcp' };
  await expect(along('client 2.x, protocol of 2025, bridge', nowhere, ada)).rejects.toThrow(/did not answer/);
  await expect(along('client 2.x, protocol of 2025, bridge', ways, 'ended')).rejects.toThrow(
    /did not answer.*unauthenticated/,
  );
});

test('a bridge opens a session anew that the other end no longer knows', async () => {
  const service = await serviceIn(here);
  let current = service;
  const versions: (string | null)[] = [];
  const at = await listening((request) => {
    versions.push(request.headers.get('mcp-protocol-version'));
    return current.fetch(request);
  });
  const { client, call } = await along('client 2.x, protocol of 2025, bridge', { ...ways, url: at.url }, ada);
  expect((await call('whoami')).person.email).toBe('ada@acme.test');
  current = await serviceIn(here);
  expect((await call('whoami')).person.email).toBe('ada@acme.test');
  expect(versions.at(-1)).toBe('2025-11-25');
  await client.close();
  await at.close();
});
