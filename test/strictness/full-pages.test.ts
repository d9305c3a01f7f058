import { describe, expect, test } from 'vitest';
import { office, walked } from '../support/office.ts';

describe('Incoming, with 600 requests in the workspace', async () => {
  const here = await office({
    people: { bo: 'member', cy: 'member', dee: 'member', eli: 'member' },
    workspaces: { growth: { bo: 'creator', cy: 'creator', dee: 'creator', eli: 'creator' } },
    workflows: { plan: { in: 'growth', owner: 'bo' }, memo: { in: 'growth', owner: 'dee' } },
    requests: { wish: { by: 'cy', for: 'memo' } },
  });
  await here.sql(
    `insert into access_request (organization_id, id, requester_id, resource_id, workspace_id, kind, level, status, decided_at)
     select $1, ('ffffffff-ffff-7fff-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $2, $3, $4, 'workflow', 'editor', 'denied', now()
     from generate_series(1, 600) n`,
    [here.organization, ...['cy', 'plan', 'growth'].map(here.uuid)],
  );

  await here.analyzed();

  test('is empty at once for who reviews none of them, whatever they ask for (EXT-1, REQ-5)', async () => {
    for (const more of [{}, { status: 'denied' }, { limit: 1 }])
      expect(await here.as('eli')('list_access_requests', { box: 'incoming', ...more })).toEqual({
        items: [],
        total: 0,
      });
  });

  test('holds the one behind all of them, at once and with its total, for who reviews just that (EXT-1, REQ-5)', async () => {
    const answer = await here.as('dee')('list_access_requests', { box: 'incoming' });
    expect(answer).toMatchObject({ items: [{ id: here.id('wish') }], total: 1 });
    expect(answer).not.toHaveProperty('next_cursor');
  });

  test('is walked in full pages by who reviews them all (REQ-5)', async () => {
    const { all, pages } = await walked(here.as('bo'), 'list_access_requests', { box: 'incoming', limit: 40 });
    expect(new Set(all.map(({ id }) => id)).size).toBe(600);
    expect([all.length, pages]).toEqual([600, 15]);
  });
});

describe('list_workflows, of more than can be gathered, with 2,500 of someone else’s among them', async () => {
  const here = await office({
    people: { bo: 'member', cy: 'member' },
    workspaces: { growth: { bo: 'creator', cy: 'creator' } },
  });
  const fill = (from: number, to: number, name: string, visibility: string) =>
    here.sql(
      `insert into resource (organization_id, id, workspace_id, kind, name, owner_id, visibility, everyone_role, created_by)
       select $1, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $2, 'workflow', $3 || n, $4, $5, 'viewer', $4
       from generate_series($6::int, $7::int) n`,
      [here.organization, here.uuid('growth'), name, here.uuid('bo'), visibility, from, to],
    );
  await fill(1, 65, 'plan ', 'everyone');
  await fill(66, 5100, 'memo ', 'everyone');
  await fill(5101, 7600, 'secret plan ', 'private');
  await here.analyzed();
  const cy = here.as('cy');

  test('each page is full but the last, and what is not there ends at once (EXT-1)', async () => {
    const first = await cy('list_workflows', { query: 'plan', limit: 30 });
    expect(first.items).toHaveLength(30);
    const second = await cy('list_workflows', { query: 'plan', limit: 30, cursor: first.next_cursor });
    expect(second.items).toHaveLength(30);
    const last = await cy('list_workflows', { query: 'plan', limit: 30, cursor: second.next_cursor });
    expect(last.items).toHaveLength(5);
    expect(last).not.toHaveProperty('next_cursor');
    const names = [first, second, last].flatMap(({ items }) => items.map(({ name }: { name: string }) => name));
    expect(new Set(names)).toEqual(new Set(Array.from({ length: 65 }, (_, i) => `plan ${i + 1}`)));
  });

  const inNoName = cy('list_workflows', { query: 'in no name' });
  test.each([
    ['a name', { query: 'secret' }],
    ['a visibility', { visibility: 'private' }],
    ['both', { query: 'secret', visibility: 'private' }],
  ])(
    'by %s that only those bear which they can’t open, it answers like for words in no name (EXT-1)',
    async (_by, filter) => {
      const answer = await cy('list_workflows', filter);
      expect(answer).toEqual(await inNoName);
      expect(answer).toEqual({ items: [], total: 0 });
    },
  );
});
