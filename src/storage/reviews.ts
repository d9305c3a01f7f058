import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { storeOf, type Tx } from './database.ts';

/** What an access review brings up (EXP-4). */
export const findings = ['open_to_everyone', 'owner_gone', 'outside_grant', 'unused_grant'] as const;
export type Finding = (typeof findings)[number];

export interface Found {
  readonly resource: string;
  readonly finding: Finding;
  readonly principal: 'person' | 'group' | 'team' | null;
  readonly principal_id: string | null;
  readonly name: string | null;
  readonly level: 'viewer' | 'editor' | null;
  readonly since: Date | null;
  readonly last_used: Date | null;
  /** Whether the caller may not know which group or team it is (GRP-7). */
  readonly hidden: boolean;
}

/** Whether `person` has a place in the workspace of `r`, by themself or a team. */
const isPlaced = (person: 'r.owner_id' | 'g.principal_id') => sql`(exists (
  select from workspace_member m where m.organization_id = r.organization_id and m.person_id = ${sql.raw(person)} and m.workspace_id = r.workspace_id)
  or exists (select from workspace_team t join belonging b on b.organization_id = t.organization_id and b.principal_id = t.team_id
    where t.organization_id = r.organization_id and t.workspace_id = r.workspace_id and b.person_id = ${sql.raw(person)}))`;

/**
 * What is to be said of some resources that the caller may review, newest first. A grant is unused where nobody whom it is for has opened or changed
 * the resource for so many days, nor was it given since.
 */
export async function findingsOn(
  tx: Tx,
  me: Actor,
  resources: readonly string[],
  { kinds, unusedDays }: { kinds: readonly Finding[]; unusedDays: number },
): Promise<readonly Found[]> {
  const { rows } = await sql<Found>`
    with r as materialized (select * from resource r where r.organization_id = ${me.organization} and r.id = any (${resources}::uuid[]) and r.deleted_at is null),
    lent as materialized (
      select r.id, g.principal, g.principal_id, g.level, g.granted_at, coalesce(p.email, t.name, gr.name) as name,
        g.principal = 'person' and not ${isPlaced('g.principal_id')} as outside,
        (select max(a.at) from activity a where a.organization_id = r.organization_id and a.entity_id = r.id and a.outcome = 'allow'
          and (a.person_id = g.principal_id or a.person_id in (
            select b.person_id from belonging b where b.organization_id = r.organization_id and b.principal_id = g.principal_id))) as last_used,
        (coalesce(gr.visibility = 'private', false) or coalesce(t.visibility = 'locked' and ${me.role} <> 'admin', false)) and not exists (
          select from membership m where m.organization_id = g.organization_id and m.principal_id = g.principal_id and m.person_id = ${me.person}) as hidden
      from r join access_grant g on g.organization_id = r.organization_id and g.resource_id = r.id
        and (g.expires_at is null or g.expires_at > statement_timestamp())
      left join person p on g.principal = 'person' and p.organization_id = g.organization_id and p.id = g.principal_id
      left join team t on g.principal = 'team' and t.organization_id = g.organization_id and t.id = g.principal_id and t.deleted_at is null
      left join "group" gr on g.principal = 'group' and gr.organization_id = g.organization_id and gr.id = g.principal_id and gr.deleted_at is null
      where coalesce(p.id, t.id, gr.id) is not null)
    select * from (
      select r.id as resource, 'open_to_everyone' as finding, null as principal, null::uuid as principal_id, null as name,
        r.everyone_role as level, null::timestamptz as since, null::timestamptz as last_used, false as hidden
      from r where r.visibility = 'everyone'
      union all
      select r.id, 'owner_gone', 'person', r.owner_id, o.email, null, null, null, false from r
        left join person o on o.organization_id = r.organization_id and o.id = r.owner_id
        where r.owner_id is null and r.given_by is null or r.owner_id is not null and (o.status <> 'active' or not ${isPlaced('r.owner_id')})
      union all
      select id, 'outside_grant', principal, principal_id, name, level, granted_at, last_used, hidden from lent where outside
      union all
      select id, 'unused_grant', principal, principal_id, name, level, granted_at, last_used, hidden from lent
        where greatest(granted_at, last_used) < statement_timestamp() - ${unusedDays}::int * interval '1 day'
    ) it where finding = any (${kinds}::text[]) order by resource desc, finding, principal_id`.execute(storeOf(tx));
  return rows;
}
