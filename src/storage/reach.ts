import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Entrance } from './database.ts';
import type { Places } from './statement.ts';

/**
 * What is the case between people and resources, as SQL: what a path is, and what it is good for, is said in src/access.
 *
 * It stands on `who (organization_id, id, role, cut)`, the people asked about, where `cut` is the set of workspaces that a credential or
 * its connection is cut to, and on `r` and `w`, the resources asked about and their workspaces.
 */
type Table = RawBuilder<unknown>;

/** The caller, if credential, person and organization still hold. */
export const caller = ({
  organization,
  credential,
  workspace,
}: Places<Pick<Entrance, 'organization' | 'credential' | 'workspace'>>): Table => sql`
  select p.organization_id, p.id, p.email, p.name, p.role, p.can_invite, c.id as credential, c.name as credential_name, c.scopes,
    cut_to(c.workspaces, ${workspace}::uuid) as cut, c.expires_at
  from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
  join organization o on o.id = p.organization_id and o.deleted_at is null
  where c.organization_id = ${organization} and c.id = ${credential} and c.revoked_at is null and p.status = 'active'
    and (c.expires_at is null or c.expires_at > statement_timestamp())`;

/** The caller as they were read at the beginning of the call. */
export const self = ({
  organization,
  person,
  role,
  workspaces,
}: Actor | Places<Pick<Actor, 'organization' | 'person' | 'role' | 'workspaces'>>): Table => sql`
  select ${organization}::uuid as organization_id, ${person}::uuid as id, ${role}::text as role, ${workspaces}::uuid[] as cut`;

/** People, whatever they come with. */
export const people = ({ organization }: Pick<Actor, 'organization'>, ids: Table): Table => sql`
  select p.organization_id, p.id, p.role, null::uuid[] as cut from person p
  where p.organization_id = ${organization} and p.status = 'active' and p.id in (${ids})`;

/** How long what was deleted can be brought back (VER-2). */
export const daysInBin = 30;

/** Whether a resource is there, or still in the bin. */
export const isKept = sql`(r.deleted_at is null or r.deleted_at > statement_timestamp() - ${sql.raw(`interval '${daysInBin} days'`)})`;

/** Resources in workspaces that are open, those in the bin with them; to be joined to `who`. */
export const reached = sql`
  resource r join workspace w on w.organization_id = r.organization_id and w.id = r.workspace_id and w.deleted_at is null and ${isKept}`;
export const uncut = sql`r.organization_id = who.organization_id and (who.cut is null or r.workspace_id = any (who.cut))`;

/** The groups and teams of people, with their names. */
const belonging = sql.table('belonging');

const isTheirs = (principal: Table, circles: Table) => sql`(${principal} = who.id or exists (
  select from ${circles} mine where mine.organization_id = who.organization_id and mine.person_id = who.id and mine.principal_id = ${principal}))`;

/** The role that someone has in workspace `w` by themselves and by teams, and what was switched for them, as `Ground` has it. */
export const standingBy = (circles: Table) => sql`
  'admin', who.role = 'admin',
  'role', (select m.role from workspace_member m where m.organization_id = who.organization_id and m.person_id = who.id and m.workspace_id = w.id),
  'teams', (select json_agg(json_build_object('role', t.role, 'name', m.name) order by m.name) from workspace_team t
    join ${circles} m on m.organization_id = t.organization_id and m.person_id = who.id and m.principal_id = t.team_id
    where t.organization_id = who.organization_id and t.workspace_id = w.id),
  'switches', (select json_object_agg(s.capability, s.enabled) from capability_switch s
    where s.organization_id = who.organization_id and s.person_id = who.id and s.workspace_id = w.id)`;
export const standing = standingBy(belonging);

/** The whole `Ground` between `who` and `r`; null where there is no `r`. */
export const groundBy = (
  circles: Table,
) => sql`case when r.id is not null then json_build_object(${standingBy(circles)},
  'owns', r.owner_id is not distinct from who.id,
  'organizationOwned', r.owner_id is null,
  'givenBy', case when r.given_by = who.id then 'them' when r.given_by is not null then 'other' end,
  'takeBack', w.take_back,
  'visibility', r.visibility,
  'everyoneRole', r.everyone_role,
  'restricted', r.restricted_to is not null,
  'gate', case when r.restricted_to is not null then (select max(m.role) from gate m
    where m.organization_id = r.organization_id and m.project_id = r.restricted_to and ${isTheirs(sql`m.principal_id`, circles)}) end,
  'deleted', r.deleted_at is not null,
  'installed', r.installed,
  'grants', (select json_agg(json_build_object('level', g.level, 'principal', g.principal, 'through', g.principal_id, 'until', g.expires_at,
      'name', (select m.name from ${circles} m where m.organization_id = who.organization_id and m.person_id = who.id and m.principal_id = g.principal_id)))
    from access_grant g where g.organization_id = r.organization_id and g.resource_id = r.id and g.live
      and (g.expires_at is null or g.expires_at > statement_timestamp()) and ${isTheirs(sql`g.principal_id`, circles)})) end as ground`;
export const ground = groundBy(belonging);

/** Their groups and teams, read once for a statement that looks at them several times, to be named in it. */
export const circles = sql`select m.organization_id, m.person_id, m.principal_id, m.name from who
  join belonging m on m.organization_id = who.organization_id and m.person_id = who.id`;
