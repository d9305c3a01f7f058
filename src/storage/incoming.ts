import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { reaches } from '../terms/ladders.ts';
import type { Tx } from './database.ts';
import { gatesOf, standings } from './standing.ts';

/** Where requests are reviewed from, by which right (REQ-2). */
export interface Area {
  readonly organization: string;
  readonly person: string;
  /** Workspaces where what they own is theirs. */
  readonly placed: readonly string[];
  /** Workspaces where everything opens by override (EXT-3). */
  readonly wide: readonly string[];
  /** Workspaces where they answer for what the organization owns: an admin's place of their own. */
  readonly staffed: readonly string[];
  /** Restricted projects that they are in. */
  readonly gates: readonly string[];
}

/** What `reviewing` in facts.ts reads of one request, as what a list reads of many. */
export async function areaOf(tx: Tx, me: Actor, override: boolean): Promise<Area> {
  const all = await standings(tx, me, override);
  const where = (fits: (it: (typeof all)[number]) => boolean) => all.filter(fits).map(({ workspace }) => workspace);
  return {
    organization: me.organization,
    person: me.person,
    placed: where(({ placed }) => placed),
    wide: where(({ wide }) => wide),
    staffed: where(({ places }) => places.some((it) => !it.override && reaches('workspace', it.role, 'admin'))),
    gates: Object.keys(await gatesOf(tx, me)),
  };
}

/**
 * The ids of the newest requests that they review: by each right, those of each resource, from an index of its own, so that what
 * others ask of others takes no time (EXT-1). `fits` is a further condition on `q`.
 */
export function reviewed(area: Area, fits: RawBuilder<unknown>, limit: number): RawBuilder<unknown> {
  const { organization, person, placed, wide, staffed, gates } = area;
  const newest = (condition: RawBuilder<unknown>) => sql`cross join lateral (
    select q.id from access_request q where q.organization_id = ${organization} and ${condition} and q.workspace_id is not null
      and q.requester_id <> ${person} and ${fits} order by q.id desc limit ${limit}) x`;
  const ofResource = newest(sql`q.resource_id = r.id`);
  const there = sql`r.organization_id = ${organization} and r.deleted_at is null`;
  const given = sql`${there} and r.owner_id is null and r.workspace_id = any (${staffed}::uuid[])`;
  const branches = [
    sql`select x.id from resource r ${ofResource} where ${there} and r.owner_id = ${person} and r.workspace_id = any (${placed}::uuid[])`,
    ...(wide.length
      ? [
          sql`select x.id from unnest(${wide}::uuid[]) ws ${newest(sql`q.workspace_id = ws and exists (
            select from resource r where ${there} and r.id = q.resource_id)`)}`,
        ]
      : []),
    ...(staffed.length
      ? [
          sql`select x.id from resource r ${ofResource} where ${given} and r.visibility = 'everyone' and r.restricted_to is null`,
          sql`select x.id from resource r ${ofResource} where ${given} and r.visibility = 'everyone' and r.restricted_to = any (${gates}::uuid[])`,
          sql`select x.id from access_grant g join resource r on r.organization_id = g.organization_id and r.id = g.resource_id ${ofResource}
            where g.organization_id = ${organization} and g.principal_id = any (${principals}) and g.workspace_id = any (${staffed}::uuid[]) and g.live
              and (g.expires_at is null or g.expires_at > statement_timestamp()) and ${given} and r.visibility <> 'private'`,
        ]
      : []),
  ];
  return sql`select distinct id from (${sql.join(branches, sql` union all `)}) each order by id desc limit ${limit}`;
}

const principals = sql.raw(`(select nullif(current_setting('postern.principals', true), '')::uuid[])::uuid[]`);
