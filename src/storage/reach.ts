import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';

/**
 * Who reaches what, as SQL. It says only what is the case; what a path is good for is a row of the policy.
 *
 * All of it stands on two tables that come first in a `with`: `who (organization_id, id, role, cut)`, the people asked about, and
 * `r`, the resources asked about (with `take_back` of their workspace). `cut` is the set of workspaces that a credential is cut to.
 */
type Table = RawBuilder<unknown>;

/** The caller, if credential and person still hold. */
export const caller = (organization: string, credential: string): Table => sql`
  select p.organization_id, p.id, p.email, p.name, p.role, c.id as credential, c.name as credential_name, c.scopes, c.workspaces as cut, c.expires_at
  from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
  where c.organization_id = ${organization} and c.id = ${credential} and c.revoked_at is null and p.status = 'active'
    and (c.expires_at is null or c.expires_at > statement_timestamp())`;

/** One person, whatever they come with. */
export const person = ({ organization }: Pick<Actor, 'organization'>, id: string): Table => sql`
  select p.organization_id, p.id, p.role, null::uuid[] as cut from person p
  where p.organization_id = ${organization} and p.id = ${id} and p.status = 'active'`;

/** Everyone who could have a path to `r` at all. */
export const everybody = ({ organization }: Pick<Actor, 'organization'>): Table => sql`
  select p.organization_id, p.id, p.role, null::uuid[] as cut from person p
  where p.organization_id = ${organization} and p.status = 'active'`;

/** Resources in workspaces that are open, with what the paths need of their workspace. */
export const resources = (condition: Table): Table => sql`
  select r.*, w.name as workspace_name, w.take_back
  from resource r join workspace w on w.organization_id = r.organization_id and w.id = r.workspace_id and w.deleted_at is null
  where ${condition}`;

/** How people are in workspaces: `place (person, workspace, role, via, override)`, for the workspaces in `ws (workspace)`. */
export const places = sql`
  place as materialized (
    select who.id as person, ws.workspace, m.role, 'member' as via, false as override
    from ws join who on who.cut is null or ws.workspace = any (who.cut)
    join workspace_member m on m.organization_id = who.organization_id and m.person_id = who.id and m.workspace_id = ws.workspace
    union all
    select who.id, ws.workspace, t.role, 'team:' || team.name, false
    from ws join who on who.cut is null or ws.workspace = any (who.cut)
    join membership m on m.organization_id = who.organization_id and m.person_id = who.id and m.principal = 'team'
    join workspace_team t on t.organization_id = who.organization_id and t.team_id = m.principal_id and t.workspace_id = ws.workspace
    join team on team.organization_id = who.organization_id and team.id = m.principal_id
    union all
    select who.id, ws.workspace, 'admin', 'organization admin', true
    from ws join who on who.role = 'admin' and (who.cut is null or ws.workspace = any (who.cut))
  )`;

/** The paths of section 7: `path (resource, person, noun, rung, via, rule, override, through, until)`. Needs `ws` and `places` before it. */
export const paths = sql`
  gate as (
    select r.id as resource, who.id as person, max(m.role) as role
    from r join who on true
    join project_member m on m.organization_id = r.organization_id and m.project_id = r.restricted_to
    where m.principal_id = who.id or exists (
      select from membership t where t.organization_id = who.organization_id and t.person_id = who.id and t.principal_id = m.principal_id)
    group by r.id, who.id
  ),
  path as materialized (
    select r.id as resource, who.id as person, case when r.deleted_at is null then 'resource' else 'bin' end as noun,
      'owner'::text as rung, 'owner' as via, 'VIS-1' as rule, false as override, null::uuid as through, null::timestamptz as until
    from r join who on who.id = r.owner_id
    where exists (select from place where place.person = who.id and place.workspace = r.workspace_id and not place.override)
    union all
    select r.id, who.id, 'resource', g.level::text, 'grant', 'GRP-4', false, g.principal_id, g.expires_at
    from r join access_grant g on g.organization_id = r.organization_id and g.resource_id = r.id and g.live
    join who on who.id = g.principal_id and (who.cut is null or r.workspace_id = any (who.cut))
    where g.expires_at is null or g.expires_at > statement_timestamp()
    union all
    select r.id, who.id, 'resource', g.level::text, m.principal || ':' || coalesce(team.name, "group".name),
      case m.principal when 'team' then 'TEAM-5' else 'GRP-4' end, false, g.principal_id, g.expires_at
    from r join access_grant g on g.organization_id = r.organization_id and g.resource_id = r.id and g.live and g.principal <> 'person'
    join membership m on m.organization_id = r.organization_id and m.principal_id = g.principal_id
    join who on who.id = m.person_id and (who.cut is null or r.workspace_id = any (who.cut))
    left join team on team.organization_id = g.organization_id and team.id = g.principal_id
    left join "group" on "group".organization_id = g.organization_id and "group".id = g.principal_id
    where g.expires_at is null or g.expires_at > statement_timestamp()
    union all
    select distinct r.id, place.person, 'resource', least(r.everyone_role, gate.role)::text, 'everyone', 'VIS-4', false, null::uuid, null::timestamptz
    from r join place on place.workspace = r.workspace_id and not place.override
    left join gate on gate.resource = r.id and gate.person = place.person
    where r.visibility = 'everyone' and r.deleted_at is null and (r.restricted_to is null or gate.role is not null)
    union all
    select r.id, place.person, case when r.deleted_at is null then 'resource' else 'bin' end, 'owner', 'override',
      case when place.override then 'ORG-6' else 'WS-1' end, true, null, null
    from r join place on place.workspace = r.workspace_id and place.role >= 'admin'
  )`;

/** The right to take back what the organization owns (OWN-2): whoever gave it, or any editor where the workspace says so. */
export const taking = sql`
  select path.resource, path.person, 'taking' as noun, 'taker' as rung, 'shared it with the organization' as via, 'OWN-2' as rule,
    false as override, null::uuid as through, null::timestamptz as until
  from r join path on path.resource = r.id and path.noun = 'resource' and not path.override
  where r.owner_id is null and r.given_by is not null
    and (path.person = r.given_by or r.take_back = 'any_editor' and path.rung = 'editor')
    and exists (select from place where place.person = path.person and place.workspace = r.workspace_id and not place.override)`;
