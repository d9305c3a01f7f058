import fc from 'fast-check';
import { expect, test } from 'vitest';
import { levelOf } from '../../src/access/decide.ts';
import { decideOn } from '../../src/storage/decided.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { newId, outside } from '../../src/terms/ids.ts';
import { credentialScopes } from '../../src/terms/scopes.ts';
import { newSecret, readSecret } from '../../src/terms/secret.ts';
import { operations } from '../../src/workspace/operations.ts';
import type { Session } from '../../src/workspace/session.ts';
import { insertRows } from '../support/rows.ts';
import { postern, storage, superuser } from '../support/world.ts';
import { anyLand, type Land } from './land.ts';
import { rowsOf } from './land-rows.ts';

type Change = readonly [name: keyof typeof operations, args: Record<string, unknown>];

/** Small numbers that choose who changes what, and how. */
const told = fc.record({
  who: fc.nat(4),
  own: fc.nat(5),
  override: fc.boolean(),
  thing: fc.nat(11),
  whom: fc.nat(8),
  high: fc.boolean(),
});
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

/** Each change that can be simulated, of things that the land has. */
function changeOf(land: Land, { thing, whom, high }: Told, turn: number): Change {
  const at = land.resources[thing % land.resources.length]!;
  const id = outside(at.kind, at.id);
  const principals = [
    ...land.people.map((it) => ['person', it.id] as const),
    ...land.principals.map((it) => [it.sort, it.id] as const),
  ];
  const [sort, principal] = principals[whom % principals.length]!;
  const to = `${sort}:${outside(sort, principal)}`;
  const person = outside('person', land.people[whom % land.people.length]!.id);
  const circle = land.principals[whom % land.principals.length]!;
  const named = { id: outside(circle.sort, circle.id) };
  const role = { group: high ? 'editor' : 'viewer', team: high ? 'manager' : 'member' }[circle.sort];
  const members = circle.sort === 'group' ? 'update_group_members' : 'update_team_members';
  const project = { id: outside('project', land.projects[thing % land.projects.length]!.id) };
  const workspace = outside('workspace', land.workspaces[thing % land.workspaces.length]!.id);
  const changes: readonly Change[] = [
    ['set_member_role', { id: person, workspace, role: high ? 'admin' : 'viewer' }],
    ['set_member_role', { id: person, workspace, role: 'creator' }],
    ['remove_member', { id: person, workspace }],
    ['remove_member', { id: person }],
    [members, { ...named, set: [{ person, role }] }],
    [members, { ...named, remove: [person] }],
    [circle.sort === 'group' ? 'delete_group' : 'delete_team', named],
    ['update_project_members', { ...project, set: [{ with: `person:${person}`, role: high ? 'editor' : 'viewer' }] }],
    ['update_project_members', { ...project, remove: [`person:${person}`] }],
    ['share_resource', { id, with: to, role: high ? 'editor' : 'viewer' }],
    ['unshare_resource', { id, with: to }],
    ['set_visibility', { id, visibility: 'private' }],
    ['set_visibility', { id, visibility: 'everyone', everyone_role: high ? 'editor' : 'viewer' }],
    ['set_visibility', { id, visibility: 'shared' }],
    ['transfer_ownership', { id, to: person, ...(high && { keep: 'editor' }) }],
  ];
  return changes[turn % changes.length]!;
}

test('in any world, what a simulation says is what the change then does, within what the caller can open (EXP-3)', async () => {
  let differences = 0;
  let refused = 0;
  const made = new Set<string>();
  await fc.assert(
    fc.asyncProperty(anyLand, fc.array(told, { minLength: 24, maxLength: 24 }), async (drawn, changes) => {
      const { land, root } = await ruled(drawn);
      const eyes = await eyesOf(land);
      let before: Map<string, string> | undefined;
      for (const [turn, it] of changes.entries()) {
        const [name, args] = changeOf(land, it, turn);
        const owner = it.own === 1 ? land.resources[it.thing % land.resources.length]!.owner : null;
        const who = it.own > 1 ? root : (owner ?? land.people[it.who % land.people.length]!.id);
        const { session, key } = await keyFor(land, who, it.override);
        if (!session) continue;
        const simulated = await simulation(session, name, args);
        if ('code' in simulated) {
          expect(simulated).toEqual(await carriedOut(session, name, args));
          refused++;
          continue;
        }
        const opened = await openedBy(land, key);
        before ??= await seenBy(land, eyes);
        expect(await carriedOut(session, name, args)).not.toHaveProperty('code');
        const after = await seenBy(land, eyes);
        const really = differing(before, after).filter((line) => opened.has(line.split(' ')[0]!));
        expect({ name, args, differences: simulated }).toEqual({ name, args, differences: really });
        differences += really.length;
        if (really.length) made.add(name);
        before = after;
      }
    }),
    { numRuns: 8, interruptAfterTimeLimit: 60_000, endOnFailure: true },
  );
  expect(differences).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(5);
  expect(made.size, [...made].join()).toBeGreaterThanOrEqual(3);
}, 90_000);

/** The land, with someone in it who rules every place, so that most changes are theirs to make. */
async function ruled(drawn: Land): Promise<{ land: Land; root: string }> {
  const root = newId();
  const land: Land = {
    ...drawn,
    people: [...drawn.people, { id: root, role: 'admin', status: 'active', canInvite: false }],
    principals: drawn.principals.map((it) => ({
      ...it,
      people: [...it.people, root],
      roles: { ...it.roles, [root]: it.sort === 'group' ? 'owner' : 'manager' },
    })),
    workspaces: drawn.workspaces.map((it) => ({ ...it, members: [...it.members, { principal: root, role: 'owner' }] })),
  };
  await insertRows(superuser, rowsOf(land));
  return { land, root };
}

const differing = (before: Map<string, string>, after: Map<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .map((pair) => `${pair} ${before.get(pair) ?? 'none'} ${after.get(pair) ?? 'none'}`)
    .filter((line) => line.split(' ')[2] !== line.split(' ')[3])
    .sort();

/** Every pair that a simulation names, page by page, as `resource person before after`. */
async function simulation(session: Session, change: string, args: object): Promise<string[] | { code: string }> {
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await outcomeOf(() =>
      session.perform(operations.simulate_access, { change, arguments: args, limit: 3, ...(cursor && { cursor }) }),
    );
    if ('code' in page) return page as { code: string };
    const { gains, loses, next_cursor } = page as { gains: Row[]; loses: Row[]; next_cursor?: string };
    for (const { person, resource, before, after } of [...gains, ...loses])
      lines.push(`${resource?.id ?? (args as { id: string }).id} ${person} ${before} ${after}`);
    cursor = next_cursor;
  } while (cursor);
  return lines.sort();
}

interface Row {
  readonly person: string;
  readonly resource?: { readonly id: string };
  readonly before: string;
  readonly after: string;
}

async function carriedOut(session: Session, name: keyof typeof operations, args: object) {
  return outcomeOf(async () => {
    const first = await session.perform(operations[name], args);
    return 'confirm' in first && 'preview' in first
      ? session.perform(operations[name], args, { confirm: first.confirm as string })
      : first;
  });
}

const outcomeOf = (work: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> =>
  work().catch(({ code }: { code: string }) => ({ code }));

/** A key with every scope, and someone let in with it, if they are let in at all. */
async function keyFor(land: Land, person: string, override: boolean) {
  const id = newId();
  const secret = newSecret(land.organization, id);
  await superuser.query(
    'insert into credential (organization_id, id, person_id, name, secret_hash, scopes) values ($1, $2, $3, $4, $5, $6)',
    [
      land.organization,
      id,
      person,
      'a key',
      readSecret(secret)?.hash,
      credentialScopes.filter((it) => override || it !== 'override'),
    ],
  );
  const session = await (await postern()).admit(secret).catch(() => undefined);
  return { session, key: id };
}

/** A key of each person with which every override counts. */
async function eyesOf(land: Land) {
  const eyes: { person: string; key: string }[] = [];
  for (const { id } of land.people) eyes.push({ person: id, key: (await keyFor(land, id, true)).key });
  return eyes;
}

async function openedBy(land: Land, credential: string): Promise<Set<string>> {
  const entrance = { organization: land.organization, credential };
  const opened = new Set<string>();
  await (await storage()).reading(entrance, async (tx) => {
    for (const { id, kind } of land.resources)
      if ((await decideOn(tx, entrance, 'resource.open', { noun: 'resource', id, kind }))?.allowed)
        opened.add(outside(kind, id));
  });
  return opened;
}

/** Who has which level on what, each read by themself. */
async function seenBy(land: Land, eyes: Awaited<ReturnType<typeof eyesOf>>): Promise<Map<string, string>> {
  const { rows } = await superuser.query<{ id: string; email: string }>(
    'select id, email from person where organization_id = $1',
    [land.organization],
  );
  const levels = new Map<string, string>();
  for (const { person, key } of eyes) {
    const entrance = { organization: land.organization, credential: key };
    await (await storage()).reading(entrance, async (tx) => {
      for (const { id, kind } of land.resources) {
        const found = await factsFor(tx, entrance, { noun: 'resource', id, kind });
        const level = found?.subject && levelOf(found.facts);
        if (level) levels.set(`${outside(kind, id)} ${rows.find((it) => it.id === person)?.email}`, level);
      }
    });
  }
  return levels;
}
