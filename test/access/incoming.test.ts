import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/access/decide.ts';
import { scope } from '../../src/access/scope.ts';
import type { Tx } from '../../src/storage/database.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { incomingRequests } from '../../src/storage/request-lists.ts';
import { newId } from '../../src/terms/ids.ts';
import { filled } from '../storage/bared.ts';
import { tap } from '../storage/tap.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser, world } from '../support/world.ts';
import { anyLand, type Key, type Land } from './land.ts';
import { rowsOf } from './land-rows.ts';

const statuses = ['pending', 'pending', 'pending', 'denied', 'cancelled'] as const;

/** The same land where the organization owns more of it, and more of that is everyone's. */
const givenAway = (land: Land): Land => ({
  ...land,
  resources: land.resources.map((it, i) =>
    i % 2 ? { ...it, owner: null, visibility: i % 4 === 1 ? 'everyone' : it.visibility } : it,
  ),
});

/** Someone asks for each resource of a land, whoever that is; every seventh request was not delivered. */
const requestsIn = ({ organization, people, resources }: Land) =>
  resources.flatMap((it, i) =>
    people
      .filter((_, at) => (i + at) % 2 === 0)
      .map(({ id }, at) => ({
        organization_id: organization,
        id: newId(),
        requester_id: id,
        resource_id: it.id,
        kind: it.kind,
        workspace_id: (i + 3 * at) % 7 === 0 ? null : it.workspace,
        level: 'editor',
        status: statuses[(i + at) % statuses.length],
      })),
  );

test('in any world, Incoming holds exactly the requests that decide lets one decide one by one, in pages of any size (REQ-2, EXT-1, EXT-3)', async () => {
  let held = 0;
  await fc.assert(
    fc.asyncProperty(anyLand.map(givenAway), async (land) => {
      const requests = requestsIn(land);
      await insertRows(superuser, { ...rowsOf(land), access_request: requests });
      const ids = requests.map(({ id }) => id).sort((a, b) => (a < b ? 1 : -1));
      for (const key of land.credentials) {
        const entrance = { organization: land.organization, credential: key.id };
        await asKey(land, key, async (tx) => {
          const me = (await factsFor(tx, entrance, { noun: 'organization' }))?.me;
          if (!me) return;
          const reviewed: string[] = [];
          for (const id of ids) {
            const found = await factsFor(tx, entrance, { noun: 'request', id });
            if (found?.subject && decide('request.decide', found.facts).outcome === 'allow') reviewed.push(id);
          }
          held += reviewed.length;
          const scoped = scope('resource.open', { override: me.scopes.includes('override') });
          for (const limit of [1, reviewed.length - 1, reviewed.length, 50].filter((it) => it > 0)) {
            const walked: string[] = [];
            for (let after: string | undefined; ; ) {
              const { items, next } = await incomingRequests(tx, scoped, me, { limit, after });
              walked.push(...items.map(({ id }) => id));
              if (!next) break;
              after = next;
            }
            expect({ limit, walked }).toEqual({ limit, walked: reviewed });
          }
        });
      }
    }),
    { numRuns: 15, interruptAfterTimeLimit: 120_000 },
  );
  expect(held).toBeGreaterThan(100);
}, 150_000);

/** Both ways in which a transaction knows who asks, in turns. */
async function asKey(land: Land, key: Key, work: (tx: Tx) => Promise<void>): Promise<void> {
  const storehouse = await storage();
  const enter = land.credentials.indexOf(key) % 4 < 2 ? storehouse.reading : storehouse.writing;
  await enter({ organization: land.organization, credential: key.id }, work);
}

test('what others ask of others is not read for it, however much there is (EXT-1)', async () => {
  const here = await world({
    people: { bo: 'member', cy: 'member', ada: 'member', dee: 'member' },
    workspaces: { growth: { bo: 'creator', cy: 'creator', ada: 'admin', dee: 'creator' } },
    workflows: {
      plan: { in: 'growth', owner: 'bo' },
      memo: { in: 'growth', owner: 'dee' },
      ours: { in: 'growth', owner: null, visibility: 'everyone', everyone: 'viewer' },
    },
    requests: { wish: { by: 'cy', for: 'memo' }, hope: { by: 'cy', for: 'ours' } },
  });
  const readBy = async (who: string) => {
    const entrance = await here.entrance(who);
    return (await storage()).reading(entrance, async (tx) => {
      const { me } = (await factsFor(tx, entrance, { noun: 'organization' }))!;
      let rows = 0;
      const untap = tap(async (text, values, query) => {
        if (text.includes('access_request')) rows += await requestsRead(text, values, query);
        return undefined;
      });
      const page = await incomingRequests(tx, scope('resource.open', { override: false }), me, { limit: 20 }).finally(
        untap,
      );
      return { rows, held: page.items.length };
    });
  };
  const before = [await readBy('dee'), await readBy('ada'), await readBy('cy')];
  expect(before.map(({ held }) => held)).toEqual([1, 1, 0]);
  await here.sql(
    `insert into access_request (organization_id, id, requester_id, resource_id, workspace_id, kind, level, status)
     select $1, gen_random_uuid(), $2, $3, $4, 'workflow', 'editor', 'denied' from generate_series(1, 2000)`,
    [here.organization, ...['cy', 'plan', 'growth'].map(here.uuid)],
  );
  await here.sql('analyze access_request');
  const after = [await readBy('dee'), await readBy('ada'), await readBy('cy')];
  expect(after.map(({ held }) => held)).toEqual([1, 1, 0]);
  for (const { rows } of after) expect(rows, 'of 2,002').toBeLessThan(20);
});

type Explained = (text: string) => Promise<{ rows: { 'QUERY PLAN': [{ Plan: Node }] }[] }>;
interface Node {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

/** How many requests a statement reads, those included that it leaves out. */
async function requestsRead(text: string, values: readonly unknown[], query: unknown): Promise<number> {
  const { rows } = await (query as Explained)(`explain (analyze, format json) ${filled(text, values)}`);
  const count = (it: Node): number =>
    (it['Relation Name'] === 'access_request'
      ? (it['Actual Rows'] + (it['Rows Removed by Filter'] ?? 0)) * it['Actual Loops']
      : 0) + (it.Plans ?? []).reduce((sum, plan) => sum + count(plan), 0);
  return count(rows[0]!['QUERY PLAN'][0].Plan);
}
