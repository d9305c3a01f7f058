import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { decide, levelOf } from '../../src/access/decide.ts';
import { scope } from '../../src/access/scope.ts';
import type { Tx } from '../../src/storage/database.ts';
import { factsFor } from '../../src/storage/facts.ts';
import type { ListedRow } from '../../src/storage/list-rows.ts';
import { countOfResources, pageOfResources, type Wanted } from '../../src/storage/lists.ts';
import type { Kind } from '../../src/terms/kinds.ts';
import { type Level, ladders, visibilities } from '../../src/terms/ladders.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser, world } from '../support/world.ts';
import { atOnce } from './at-once.ts';
import { anyLand, anyLargeLand, type Key, type Land, type Thing } from './land.ts';
import { rowsOf } from './land-rows.ts';
import { judge } from './reference.ts';

type Asked = Omit<Wanted, 'limit' | 'after'>;
interface Opened {
  readonly thing: Thing;
  readonly level: Level;
  /** The paths that give this level, where they were looked up. */
  readonly vias?: readonly string[];
}

test('in any world, a list holds exactly what decide allows one by one, in pages of any size, with any filter (EXT-1, EXP-9)', async () => {
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(anyLand, async (land) => {
      await insertRows(superuser, rowsOf(land));
      for (const key of land.credentials) {
        await asKey(land, key, async (tx, me) => {
          const opened = await openedOneByOne(tx, land, key);
          await Promise.all([
            ...[...new Set(land.resources.map((it) => it.kind))].map((kind) => {
              const ofKind = opened.filter((it) => it.thing.kind === kind);
              rows += ofKind.length;
              return expectList(tx, me, { kind }, ofKind, [1, ofKind.length - 1, ofKind.length, ofKind.length + 1]);
            }),
            expectList(tx, me, {}, opened, [1, 4, opened.length - 1, opened.length, opened.length + 1]),
            ...filtersOf(land).map(([asked, fits]) =>
              expectList(
                tx,
                me,
                asked,
                opened.filter((it) => (!asked.kind || it.thing.kind === asked.kind) && fits(it)),
                [2],
              ),
            ),
          ]);
        });
      }
    }),
    { numRuns: 12, interruptAfterTimeLimit: 120_000 },
  );
  expect(rows).toBeGreaterThan(100);
}, 150_000);

test('in any world larger than a page, too: many groups, pages of 49 and 50 (QUERIES.md)', async () => {
  let pages = 0;
  await fc.assert(
    fc.asyncProperty(anyLargeLand, async (land) => {
      await insertRows(superuser, rowsOf(land));
      for (const key of land.credentials) {
        await asKey(land, key, async (tx, me) => {
          const opened = land.resources
            .filter(({ kind }) => kind === 'workflow')
            .flatMap((thing) => {
              const level = judge(land, key, 'resource.open', thing)?.level;
              return level ? { thing, level } : [];
            });
          pages += Math.floor(opened.length / 51);
          await expectList(tx, me, { kind: 'workflow' }, opened.sort(newestFirst), [7, 49, 50]);
          const every = land.resources.flatMap((thing) => {
            const level = judge(land, key, 'resource.open', thing)?.level;
            return level ? { thing, level } : [];
          });
          await expectList(tx, me, {}, every.sort(newestFirst), [49, 50]);
        });
      }
    }),
    { numRuns: 3, endOnFailure: true },
  );
  expect(pages).toBeGreaterThan(0);
}, 150_000);

test('someone who sees more than is gathered at once walks to the same rows (QUERIES.md)', async () => {
  const here = await world({
    people: { ada: 'member' },
    workspaces: { growth: { ada: 'owner' }, finance: { ada: 'viewer' } },
  });
  const insert = (workspace: string, visibility: string, count: number) =>
    here.sql(
      `
    insert into resource (organization_id, id, workspace_id, kind, name, owner_id, visibility, everyone_role)
    select $1, gen_random_uuid(), $2, 'workflow', case when n % 100 = 0 then 'Rare bird' else 'Sparrow' end || n, null, $3, 'editor'
    from generate_series(1, $4::int) n`,
      [here.organization, here.uuid(workspace), visibility, count],
    );
  await insert('growth', 'private', 5_200);
  await insert('finance', 'everyone', 300);
  await insert('finance', 'private', 300);

  const entrance = await here.entrance('ada', { scopes: ['read', 'override'] });
  const found = await (await storage()).reading(entrance, async (tx) => {
    const { me } = (await factsFor(tx, entrance, { noun: 'organization' }))!;
    const all = await walked(tx, me, { kind: 'workflow', query: 'rare BIRD' }, 50);
    const viewable = await walked(tx, me, { kind: 'workflow', query: 'rare', access: 'owner' }, 50);
    return {
      all,
      viewable,
      counted: await countOfResources(tx, scope('resource.open', { override: true }), me, {
        kind: 'workflow',
        limit: 50,
      }),
    };
  });

  const rare = await here.sql<{ id: string; workspace_id: string }>(
    `select id, workspace_id from resource where organization_id = $1 and name like 'Rare%' and (workspace_id = $2 or visibility = 'everyone') order by id desc`,
    [here.organization, here.uuid('growth')],
  );
  expect(found.all.map(({ id }) => id)).toEqual(rare.map(({ id }) => id));
  expect(found.viewable.map(({ id }) => id)).toEqual(
    rare.filter((it) => it.workspace_id === here.uuid('growth')).map(({ id }) => id),
  );
  expect(
    new Set(
      found.all.filter((it) => it.workspace_id === here.uuid('finance')).map(({ level, via }) => `${level} ${via}`),
    ),
  ).toEqual(new Set(['viewer everyone']));
  expect(found.counted).toBe('many');
});

/** Runs `work` as the credential; not for one that has ended. */
async function asKey(land: Land, key: Key, work: (tx: Tx, me: Actor) => Promise<void>): Promise<void> {
  const entrance = { organization: land.organization, credential: key.id };
  const storehouse = await storage();
  // Both ways in which a transaction knows who asks, in turns.
  const enter = land.credentials.indexOf(key) % 4 < 2 ? storehouse.reading : storehouse.writing;
  await enter(entrance, async (entered) => {
    const tx = await atOnce(entered);
    const me = (await factsFor(tx, entrance, { noun: 'organization' }))?.me;
    if (me) await work(tx, me);
  });
}

async function openedOneByOne(tx: Tx, { organization, resources }: Land, { id: credential }: Key): Promise<Opened[]> {
  const entrance = { organization, credential };
  const each = await Promise.all(
    resources.map(async (thing): Promise<Opened[]> => {
      const { facts } = (await factsFor(tx, entrance, { noun: 'resource', id: thing.id, kind: thing.kind }))!;
      const { outcome, by } = decide('resource.open', facts);
      if (outcome !== 'allow') return [];
      const top = ladders.resource.findLast((rung) => by.some((path) => path.rung === rung));
      return [{ thing, level: levelOf(facts)!, vias: by.filter(({ rung }) => rung === top).map(({ via }) => via) }];
    }),
  );
  return each.flat().sort(newestFirst);
}

const newestFirst = (a: Opened, b: Opened) => (a.thing.id < b.thing.id ? 1 : -1);

async function expectList(
  tx: Tx,
  me: Actor,
  asked: Asked,
  opened: readonly Opened[],
  limits: readonly number[],
): Promise<void> {
  const wanted = opened.map(({ thing, level }) => ({ id: thing.id, level }));
  const inPagesOf = async (limit: number) => {
    const rows = await walked(tx, me, asked, limit);
    expect({ asked, limit, list: rows.map(({ id, level }) => ({ id, level })) }).toEqual({
      asked,
      limit,
      list: wanted,
    });
    expect(rows.filter(({ via }, at) => !(opened[at]?.vias ?? [via]).includes(via))).toEqual([]);
  };
  const counted = async () => {
    const scoped = scope('resource.open', { override: me.scopes.includes('override') });
    expect(await countOfResources(tx, scoped, me, { ...asked, limit: 50 })).toBe(wanted.length);
  };
  await Promise.all([...[...new Set(limits.filter((it) => it > 0 && it <= 50))].map(inPagesOf), counted()]);
}

async function walked(tx: Tx, me: Actor, asked: Asked, limit: number): Promise<ListedRow[]> {
  const rows: ListedRow[] = [];
  let after: string | undefined;
  do {
    const page = await pageOfResources(tx, scope('resource.open', { override: me.scopes.includes('override') }), me, {
      ...asked,
      limit,
      after,
    });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    rows.push(...page.items);
    expect(page.next ?? '', 'the next page starts further on').not.toBe(after);
    after = page.next;
  } while (after);
  return rows;
}

function filtersOf(land: Land): [Asked, (it: Opened) => boolean][] {
  const kind: Kind = 'workflow';
  const [somebody] = land.people;
  const [here] = land.workspaces;
  const project = land.projects.find(({ id }) => land.resources.some((it) => it.project === id)) ?? land.projects[0]!;
  const lowered = (text: string) => text.toLowerCase();
  return [
    ...['PAY', '100%', 'n_b', 'ångst'].map((query): [Asked, (it: Opened) => boolean] => [
      { kind, query },
      ({ thing }) => lowered(thing.name).includes(lowered(query)),
    ]),
    [{ kind: 'brand_kit', query: 'pa' }, ({ thing }) => lowered(thing.name).includes('pa')],
    ...visibilities.map((visibility): [Asked, (it: Opened) => boolean] => [
      { kind, visibility },
      ({ thing }) => thing.visibility === visibility,
    ]),
    ...ladders.resource.map((access, least): [Asked, (it: Opened) => boolean] => [
      { kind, access },
      ({ level }) => ladders.resource.indexOf(level) >= least,
    ]),
    [{ kind, owner: null }, ({ thing }) => thing.owner === null],
    [{ kind, owner: somebody!.id }, ({ thing }) => thing.owner === somebody!.id],
    [{ kind, project: project.id }, ({ thing }) => thing.project === project.id],
    [{ kind, workspaces: [here!.id] }, ({ thing }) => thing.workspace === here!.id],
    [{ kind, workspaces: [] }, () => false],
    [{ query: 'pa' }, ({ thing }) => lowered(thing.name).includes('pa')],
    [{ access: 'editor' }, ({ level }) => level !== 'viewer'],
    [{ owner: null }, ({ thing }) => thing.owner === null],
    [{ workspaces: [here!.id] }, ({ thing }) => thing.workspace === here!.id],
  ];
}
