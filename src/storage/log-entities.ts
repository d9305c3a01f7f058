import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { decide } from '../access/decide.ts';
import type { Ground } from '../access/paths.ts';
import type { Kind } from '../terms/kinds.ts';
import { storeOf, type Tx } from './database.ts';
import { company, visible } from './directory.ts';
import { factsFrom, reviewing } from './facts.ts';
import { ground, reached, self, uncut } from './reach.ts';
import { spaceFacts, spaceSource } from './space-facts.ts';
import { standings } from './standing.ts';

/** Something that the log speaks of. */
export interface LogEntity {
  readonly noun: string;
  readonly kind: Kind | null;
  readonly entity_id: string | null;
}

export const keyOfEntity = ({ noun, kind, entity_id }: LogEntity) => `${kind ?? noun} ${entity_id}`;

/** Decides anew on all that a page of the log speaks of, in one statement a noun (ACT-2). */
export async function openNow(
  tx: Tx,
  me: Actor,
  override: boolean,
  entities: readonly LogEntity[],
): Promise<Map<string, string | undefined>> {
  const open = new Map<string, string | undefined>();
  for (const [noun, find] of Object.entries(finders)) {
    const ids = new Set(entities.flatMap((it) => (it.noun === noun && it.entity_id ? it.entity_id : [])));
    if (ids.size === 0) continue;
    for (const { id, kind = null, name } of await find(tx, me, override, [...ids]))
      open.set(keyOfEntity({ noun, kind, entity_id: id }), name);
  }
  return open;
}

/** Whether the caller's right to something is decided on when the log speaks of it; the rest is whoever's may read the entry. */
export const isDecided = ({ noun, entity_id }: LogEntity) => entity_id !== null && noun in finders;

/** The groups and teams among these that the caller knows of; others go without their ids (GRP-7). */
export async function knownCircles(tx: Tx, me: Actor, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const found = await seen(tx, me, ['group', 'team'], ids);
  return new Set(found.map(({ id }) => id));
}

interface Found {
  readonly id: string;
  readonly kind?: Kind;
  readonly name?: string | undefined;
}
type Finder = (tx: Tx, me: Actor, override: boolean, ids: readonly string[]) => Promise<readonly Found[]>;

const finders: Readonly<Record<string, Finder>> = {
  resource: resources,
  request: requests,
  workspace: async (tx, me, override) =>
    (await standings(tx, me, override)).map(({ workspace, name }) => ({ id: workspace, name })),
  project: projects,
  person: (tx, me, _, ids) => seen(tx, me, ['person'], ids),
  group: (tx, me, _, ids) => seen(tx, me, ['group'], ids),
  team: (tx, me, _, ids) => seen(tx, me, ['team'], ids),
  invitation: invitations,
};

async function resources(tx: Tx, me: Actor, override: boolean, ids: readonly string[]): Promise<Found[]> {
  const { rows } = await sql<{ id: string; kind: Kind; name: string; binned: boolean; ground: Ground | null }>`
    with who as materialized (${self(me)})
    select r.id, r.kind, r.name, r.deleted_at is not null as binned, ${ground} from who join (${reached}) on ${uncut} and r.id = any (${ids}::uuid[])`.execute(
    storeOf(tx),
  );
  return rows.filter(({ kind, binned, ground: it }) => {
    const facts = factsFrom(it, kind, override);
    return decide(binned ? 'resource.bin' : 'resource.open', facts).outcome === 'allow';
  });
}

/** Whoever asked sees it, and whoever reviews it. */
async function requests(tx: Tx, me: Actor, override: boolean, ids: readonly string[]): Promise<Found[]> {
  const { rows } = await sql<{ id: string; requester_id: string; ground: Ground | null }>`
    with who as materialized (${self(me)})
    select q.id, q.requester_id, ${ground} from who join access_request q on q.organization_id = who.organization_id and q.id = any (${ids}::uuid[])
    left join (${reached}) on ${uncut} and r.id = q.resource_id and q.workspace_id is not null`.execute(storeOf(tx));
  return rows
    .filter(
      ({ requester_id, ground: it }) =>
        requester_id === me.person || (it && reviewing(it).some((path) => override || !path.override)),
    )
    .map(({ id }) => ({ id }));
}

/** The same facts as for one of them. */
async function projects(tx: Tx, me: Actor, override: boolean, ids: readonly string[]): Promise<Found[]> {
  const rows = await spaces(tx, me, 'project', ids);
  return rows.filter(({ ground: it }) => {
    const { paths } = spaceFacts('project', it, me);
    return paths.some((path) => path.noun === 'project' && (override || !path.override));
  });
}

async function invitations(tx: Tx, me: Actor, _override: boolean, ids: readonly string[]): Promise<Found[]> {
  const rows = await spaces(tx, me, 'invitation', ids);
  return rows.filter(({ ground: it }) =>
    spaceFacts('invitation', it, me).paths.some(({ noun }) => noun === 'invitation'),
  );
}

async function spaces(tx: Tx, me: Actor, noun: 'project' | 'invitation', ids: readonly string[]) {
  const name = noun === 'project' ? sql`subject ->> 'name'` : sql`subject ->> 'email'`;
  const { rows } = await sql<Found & { ground: unknown }>`
    with who as materialized (${self(me)})
    select subject ->> 'id' as id, ${name} as name, ground from (select 1 as one${spaceSource(noun, ids)}) it where subject is not null`.execute(
    storeOf(tx),
  );
  return rows;
}

async function seen(
  tx: Tx,
  me: Actor,
  types: readonly ('person' | 'group' | 'team')[],
  ids: readonly string[],
): Promise<Found[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    with who as materialized (${self(me)}), ${company}
    select id, coalesce(email, name) as name from (${visible}) it where type = any (${types}::text[]) and id = any (${ids}::uuid[])`.execute(
    storeOf(tx),
  );
  return rows;
}
