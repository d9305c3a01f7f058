import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { type Facts, levelOf, rungOf } from '../access/decide.ts';
import type { Ground } from '../access/paths.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Level } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import { factsFrom } from './facts.ts';
import { ground, people, reached, uncut } from './reach.ts';

/** Someone who can open a resource, and all that a decision about them rests on. */
export interface Reached {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly facts: Facts;
}

/** How many people are looked at in one statement. */
const stride = 500;

/** One page of the people who can open a resource, by any path and override, in the order of their ids (EXP-2). */
export async function audienceOf(
  tx: Tx,
  me: Actor,
  { id, kind }: { id: string; kind: Kind },
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<Page<Reached>> {
  const items: Reached[] = [];
  let place = after;
  for (;;) {
    const stretch = await peopleOn(tx, me, { id, kind }, place);
    items.push(...stretch.filter(({ facts }) => rungOf(facts)));
    if (items.length > limit) return { items: items.slice(0, limit), next: items[limit - 1]?.id };
    if (stretch.length < stride) return { items };
    place = stretch.at(-1)?.id;
  }
}

/** Who can open resources at which level, after the cap; the whole of it, for comparing before and after (EXT-8). */
export async function levelsOn(
  tx: Tx,
  me: Actor,
  those: readonly { readonly id: string; readonly kind: Kind }[],
): Promise<Map<string, { email: string; level: Level }>> {
  const levels = new Map<string, { email: string; level: Level }>();
  for (const it of those) {
    let place: string | undefined;
    for (;;) {
      const stretch = await peopleOn(tx, me, it, place);
      for (const { id, email, facts } of stretch) {
        const level = levelOf(facts);
        if (level) levels.set(`${it.id}/${id}`, { email, level });
      }
      if (stretch.length < stride) break;
      place = stretch.at(-1)?.id;
    }
  }
  return levels;
}

/** The next of those who may have a path: whoever owns it, is granted it, is everyone, or has an override; what comes of it is decided. */
async function peopleOn(
  tx: Tx,
  me: Actor,
  { id, kind }: { id: string; kind: Kind },
  after: string | undefined,
): Promise<Reached[]> {
  const { rows } = await sql<Omit<Reached, 'facts'> & { ground: Ground | null }>`
    with it as materialized (select r.* from resource r where r.organization_id = ${me.organization} and r.id = ${id} and r.kind = ${kind}),
    candidate as materialized (select distinct id from (
      select it.owner_id as id from it
      union all
      select g.principal_id from access_grant g where g.organization_id = ${me.organization} and g.resource_id = ${id} and g.principal = 'person'
      union all
      select m.person_id from access_grant g join membership m on m.organization_id = g.organization_id and m.principal_id = g.principal_id
        where g.organization_id = ${me.organization} and g.resource_id = ${id} and g.principal <> 'person'
      union all
      select m.person_id from it join workspace_member m on m.organization_id = it.organization_id and m.workspace_id = it.workspace_id
        where it.visibility = 'everyone' or m.role >= 'admin'
      union all
      select m.person_id from it join workspace_team t on t.organization_id = it.organization_id and t.workspace_id = it.workspace_id
        join membership m on m.organization_id = t.organization_id and m.principal_id = t.team_id
        where it.visibility = 'everyone' or t.role >= 'admin'
      union all
      select p.id from person p where p.organization_id = ${me.organization} and p.role = 'admin'
    ) every where id > coalesce(${after ?? null}::uuid, '00000000-0000-0000-0000-000000000000')),
    who as materialized (${people(me, sql`select id from candidate`)} order by p.id limit ${sql.raw(String(stride))})
    select p.id, p.email, p.name, ${ground}
    from who join person p on p.organization_id = who.organization_id and p.id = who.id
    left join (${reached}) on ${uncut} and r.id = ${id}::uuid order by p.id`.execute(storeOf(tx));
  return rows.map(({ ground: it, ...who }) => ({ ...who, facts: factsFrom(it, kind, true) }));
}
