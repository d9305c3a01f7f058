import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { type Action, policy } from '../../src/access/policy.ts';
import { circlesSeen } from '../../src/storage/circles.ts';
import type { Tx } from '../../src/storage/database.ts';
import { decideOn } from '../../src/storage/decided.ts';
import { findPrincipals } from '../../src/storage/directory.ts';
import { factsFor, type Ref } from '../../src/storage/facts.ts';
import { pageOfMembers } from '../../src/storage/members.ts';
import { projectsSeen } from '../../src/storage/projects.ts';
import { closedWorkspaces } from '../../src/storage/workspaces.ts';
import { inside, outside } from '../../src/terms/ids.ts';
import type { Page } from '../../src/terms/paging.ts';
import { newSecret, readSecret } from '../../src/terms/secret.ts';
import { operations } from '../../src/workspace/operations.ts';
import { insertRows } from '../support/rows.ts';
import { postern, storage, superuser } from '../support/world.ts';
import { anyLand, anyScatteredLand, type Key, type Land } from './land.ts';
import { rowsOf } from './land-rows.ts';

const anyOfThem = fc.oneof(anyLand, anyScatteredLand);
const idsIn = (land: Land, sort: 'group' | 'team') =>
  land.principals.filter((it) => it.sort === sort).map(({ id }) => id);

test('in any world, the lists of groups, teams, projects and people hold exactly what decide allows one by one, in pages of any size (EXT-1, DIR-1, WS-7)', async () => {
  const held = { groups: 0, teams: 0, projects: 0, people: 0, directory: 0, closed: 0 };
  let before: Land | undefined;
  await fc.assert(
    fc.asyncProperty(anyOfThem, async (land) => {
      await insertRows(superuser, rowsOf(land));
      // What is in the database beside this land is no part of its lists.
      const lands = [land, ...(before ? [before] : [])];
      for (const key of land.credentials) {
        await asKey(land, key, async (tx, me) => {
          const seen = async (action: Action, ids: readonly string[]) => {
            const found: string[] = [];
            for (const id of ids) if (await allows(tx, me, action, id)) found.push(id);
            return found;
          };
          const groups = await seen(
            'group.see',
            lands.flatMap((it) => idsIn(it, 'group')),
          );
          const teams = await seen(
            'team.see',
            lands.flatMap((it) => idsIn(it, 'team')),
          );
          const projects = await seen(
            'project.see',
            lands.flatMap((it) => it.projects.map(({ id }) => id)),
          );
          const people = await seen(
            'member.see',
            lands.flatMap((it) => it.people.map(({ id }) => id)),
          );
          const statusOf = (id: string) => land.people.find((it) => it.id === id)?.status;
          const active = people.filter((id) => statusOf(id) === 'active');
          const suspended = people.filter((id) => statusOf(id) === 'suspended');
          const override = me.scopes.includes('override');
          const whole = await allows(tx, me, 'member.details', me.organization);

          await expectPages(groups, (window) => circlesSeen(tx, me, 'group', { text: '', ...window }));
          await expectPages(teams, (window) => circlesSeen(tx, me, 'team', { text: '', ...window }));
          await expectPages(projects, (window) => projectsSeen(tx, me, override, { text: '', ...window }));
          for (const [status, wanted] of [
            ['active', active],
            ['suspended', suspended],
          ] as const)
            await expectPages(wanted, (window) => pageOfMembers(tx, me, whole, { text: '', status, ...window }));
          const types = ['person', 'group', 'team'] as const;
          await expectPages([...active, ...groups, ...teams], (window) =>
            findPrincipals(tx, me, { text: '', types, ...window }),
          );
          const closed = await seen(
            'workspace.restore',
            lands.flatMap((it) => it.workspaces.map(({ id }) => id)),
          );
          expect((await closedWorkspaces(tx, me, override)).map(({ id }) => id).sort()).toEqual(closed.sort());
          held.groups += groups.length;
          held.teams += teams.length;
          held.projects += projects.length;
          held.people += active.length + suspended.length;
          held.directory += active.length + groups.length + teams.length;
          held.closed += closed.length;
        });
      }
      before = land;
    }),
    { numRuns: 14, interruptAfterTimeLimit: 90_000 },
  );
  for (const [what, count] of Object.entries(held)) expect(count, what).toBeGreaterThan(what === 'closed' ? 0 : 20);
}, 120_000);

test('in any world, list_workspaces and list_projects hold, page by page, exactly what decide allows, and count it (EXT-1, ORG-6, EXT-3)', async () => {
  const product = await postern();
  let held = 0;
  await fc.assert(
    fc.asyncProperty(anyOfThem, async (land) => {
      const secrets = new Map(land.credentials.map(({ id }) => [id, newSecret(land.organization, id)]));
      const rows = rowsOf(land);
      const credential = rows.credential?.map((it) => ({
        ...it,
        secret_hash: `\\x${Buffer.from(readSecret(secrets.get(String(it.id)) as string)?.hash ?? '').toString('hex')}`,
      }));
      await insertRows(superuser, { ...rows, credential: credential ?? [] });
      for (const key of land.credentials) {
        const wanted = { workspace: [] as string[], project: [] as string[] };
        await asKey(land, key, async (tx, me) => {
          for (const { id } of land.workspaces)
            if (await allows(tx, me, 'workspace.see', id)) wanted.workspace.push(id);
          for (const { id } of land.projects) if (await allows(tx, me, 'project.see', id)) wanted.project.push(id);
        });
        const session = await product.admit(secrets.get(key.id) as string).catch(() => undefined);
        if (!session) {
          expect(wanted).toEqual({ workspace: [], project: [] });
          continue;
        }
        for (const [noun, operation] of [
          ['workspace', operations.list_workspaces],
          ['project', operations.list_projects],
        ] as const) {
          const ids = wanted[noun].map((id) => outside(noun, id));
          held += ids.length;
          await expectPages(ids, async ({ limit, after }) => {
            const page = await session.perform(operation, { limit, ...(after && { cursor: after[0] }) });
            const items = page.items as { id: string }[];
            for (const { id } of items) expect(inside(noun, id)).toBeDefined();
            if (noun === 'workspace') expect(page.total).toBe(ids.length);
            return { items, next: page.next_cursor && JSON.stringify([page.next_cursor]) } as Page<{ id: string }>;
          });
        }
      }
    }),
    { numRuns: 15, interruptAfterTimeLimit: 80_000 },
  );
  expect(held).toBeGreaterThan(30);
}, 90_000);

interface Window {
  readonly limit: number;
  readonly after?: readonly [string, string] | undefined;
}

/** Each list from end to end, in pages of every size that could be wrong by one. */
async function expectPages(
  wanted: readonly string[],
  read: (window: Window) => Promise<Page<{ readonly id: string }>>,
): Promise<void> {
  const length = wanted.length;
  for (const limit of new Set([1, length - 1, length, length + 1, 50].filter((it) => it > 0))) {
    const rows: string[] = [];
    let after: Window['after'];
    let pages = 0;
    do {
      const page = await read({ limit, after });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      rows.push(...page.items.map(({ id }) => id));
      after = page.next === undefined ? undefined : JSON.parse(page.next);
      pages++;
    } while (after && pages <= length + 1);
    expect({ limit, rows: rows.toSorted(), pages }).toEqual({
      limit,
      rows: wanted.toSorted(),
      pages: Math.max(1, Math.ceil(length / limit)),
    });
  }
}

const allows = async (tx: Tx, me: Actor, action: Action, id: string): Promise<boolean> => {
  const ref = { noun: policy[action].on, id } as unknown as Ref<'workspace'>;
  const entrance = { organization: me.organization, credential: me.credential };
  return (await decideOn(tx, entrance, action as 'workspace.see', ref))?.decision.outcome === 'allow';
};

/** Runs `work` as the credential, in both ways in which a transaction knows who asks, in turns; not for one that has ended. */
async function asKey(land: Land, key: Key, work: (tx: Tx, me: Actor) => Promise<void>): Promise<void> {
  const entrance = { organization: land.organization, credential: key.id };
  const storehouse = await storage();
  const enter = land.credentials.indexOf(key) % 4 < 2 ? storehouse.reading : storehouse.writing;
  await enter(entrance, async (tx) => {
    const me = (await factsFor(tx, entrance, { noun: 'organization' }))?.me;
    if (me) await work(tx, me);
  });
}
