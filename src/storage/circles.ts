import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { newId } from '../terms/ids.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { asked, visible } from './directory.ts';

/** A group or a team: people who go by one name. */
export type CircleNoun = 'group' | 'team';
export type CircleRole = 'owner' | 'editor' | 'viewer' | 'manager' | 'member';

export interface Circle {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly avatar: string | null;
  readonly visibility: 'public' | 'private' | 'locked';
  /** The caller's own. */
  readonly role: CircleRole | null;
  /** How many are in it, for those who may see who is. */
  readonly members: number | null;
  /** The name as the list is ordered by it. */
  readonly key: string;
}

export interface CirclesWanted {
  readonly text: string;
  readonly limit: number;
  readonly after?: readonly [string, string] | undefined;
}

/** One page of the groups or teams that the caller finds, by name (DIR-1). */
export async function circlesSeen(
  tx: Tx,
  me: Actor,
  noun: CircleNoun,
  { text, limit, after }: CirclesWanted,
): Promise<Page<Circle>> {
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<Circle>`${asked(me)},
    page as materialized (select it.id, lower(it.name) as key from (${visible}) it where it.type = ${noun} and it.name ilike ${like}
      and (${after?.[0] ?? null}::text is null or (lower(it.name), it.id) > (${after?.[0] ?? null}::text, ${after?.[1] ?? null}::uuid))
      order by lower(it.name), it.id limit ${limit + 1})
    select c.id, c.name, c.description, c.avatar, c.visibility, m.role, page.key,
      case when m.role is not null or ${noun} = 'team' and ${me.role} = 'admin' then (select count(*)::int from membership n
        where n.organization_id = c.organization_id and n.principal_id = c.id) end as members
    from page join ${sql.table(noun)} c on c.organization_id = ${me.organization} and c.id = page.id
    left join membership m on m.organization_id = c.organization_id and m.principal_id = c.id and m.person_id = ${me.person}
    order by page.key, c.id`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? placeIn(last) : undefined };
}

/** The place in a list by name behind this one. */
export const placeIn = ({ key, id }: { readonly key: string; readonly id: string }) => JSON.stringify([key, id]);

export interface CircleMade {
  readonly name: string;
  readonly description: string | null;
  readonly avatar: string | null;
  readonly visibility: Circle['visibility'];
}

/** Makes a group, whose owner the maker is, or a team, in which nobody is yet. */
export async function insertCircle(
  tx: Tx,
  { action, me }: Decided<'group.create' | 'team.create'>,
  { name, description, avatar, visibility }: CircleMade,
): Promise<string> {
  const noun = action === 'group.create' ? 'group' : 'team';
  const id = newId();
  await sql`insert into ${sql.table(noun)} (organization_id, id, name, description, avatar, visibility)
    values (${me.organization}, ${id}, ${name}, ${description}, ${avatar}, ${visibility})`.execute(storeOf(tx));
  if (noun === 'group') {
    await sql`insert into membership (organization_id, person_id, principal_id, principal, role)
      values (${me.organization}, ${me.person}, ${id}, 'group', 'owner')`.execute(storeOf(tx));
  }
  return id;
}

export async function updateCircle(
  tx: Tx,
  { action, me, subject }: Decided<'group.edit' | 'team.edit'>,
  { name, description, avatar, visibility }: CircleMade,
): Promise<void> {
  await sql`update ${sql.table(action === 'group.edit' ? 'group' : 'team')}
    set name = ${name}, description = ${description}, avatar = ${avatar}, visibility = ${visibility}
    where organization_id = ${me.organization} and id = ${subject.id}`.execute(storeOf(tx));
}

/**
 * From here on nobody is in it, so that it leads nowhere: what was granted to it, its places and who was in it stay on record and
 * count for nothing (`belonging`), however much that is.
 */
export async function deleteCircle(
  tx: Tx,
  { action, me, subject }: Decided<'group.delete' | 'team.delete'>,
): Promise<void> {
  await sql`update ${sql.table(action === 'group.delete' ? 'group' : 'team')} set deleted_at = statement_timestamp()
    where organization_id = ${me.organization} and id = ${subject.id}`.execute(storeOf(tx));
}
