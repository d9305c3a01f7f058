import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { type Facts, rungOf } from '../access/decide.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import { groundsOf } from './grounds.ts';

/** Someone who can open a resource, and all that a decision about them rests on. */
export interface Reached {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly facts: Facts;
}

/** How many people more than are wanted are looked at in one statement, since some of them may have no path. */
const spare = 50;

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
    const { reached, next } = await peopleOn(tx, me, { id, kind }, { after: place, stride: limit + spare });
    items.push(...reached.filter(({ facts }) => rungOf(facts)));
    if (items.length > limit) return { items: items.slice(0, limit), next: items[limit - 1]?.id };
    if (!next) return { items };
    place = next;
  }
}

/** The next of those who may have a path: whoever owns it, is granted it, is everyone, or has an override; what comes of it is decided. */
async function peopleOn(
  tx: Tx,
  me: Actor,
  { id, kind }: { id: string; kind: Kind },
  { after = bottom, stride }: { after?: string | undefined; stride: number },
): Promise<{ readonly reached: readonly Reached[]; readonly next: string | undefined }> {
  const { organization } = me;
  const next = sql.raw(`limit ${stride}`);
  const members = (principal: RawBuilder<unknown>) => sql`(select m.person_id as id from membership m
    where m.organization_id = ${organization} and m.principal_id = ${principal} and m.person_id > ${after}::uuid order by m.person_id ${next})`;
  const placed = (which: RawBuilder<unknown>) => sql`(select m.person_id as id from workspace_member m
    where m.organization_id = ${organization} and m.workspace_id = it.workspace_id and m.person_id > ${after}::uuid and ${which} order by m.person_id ${next})`;
  const { rows } = await sql<{ id: string }>`
    with it as materialized (select r.* from resource r where r.organization_id = ${organization} and r.id = ${id} and r.kind = ${kind}),
    lent as materialized (select g.principal_id as id, g.principal from access_grant g where g.organization_id = ${organization} and g.resource_id = ${id})
    select distinct id from (
      select it.owner_id as id from it
      union all select id from lent where principal = 'person'
      union all select m.id from lent cross join lateral ${members(sql`lent.id`)} m where lent.principal <> 'person'
      union all select m.id from it cross join lateral ${placed(sql`true`)} m where it.visibility = 'everyone'
      union all select m.id from it cross join lateral ${placed(sql`m.role >= 'admin'`)} m
      union all select m.id from it join workspace_team t on t.organization_id = it.organization_id and t.workspace_id = it.workspace_id
        cross join lateral ${members(sql`t.team_id`)} m where it.visibility = 'everyone' or t.role >= 'admin'
      union all (select p.id from person p where p.organization_id = ${organization} and p.role = 'admin' and p.status = 'active'
        and p.id > ${after}::uuid order by p.id ${next})
    ) every where id > ${after}::uuid order by id ${next}`.execute(storeOf(tx));
  const found = await groundsOf(
    tx,
    me,
    rows.map((it) => it.id),
    [id],
  );
  const reached = found.resources.flatMap((r) => found.people.map((who) => ({ ...who, facts: found.facts(who, r) })));
  return { reached, next: rows.length < stride ? undefined : rows.at(-1)?.id };
}

const bottom = '00000000-0000-0000-0000-000000000000';
