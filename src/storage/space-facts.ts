import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Facts, Path } from '../access/decide.ts';
import { type Ground, placesOf } from '../access/paths.ts';
import {
  type CircleGround,
  closedPaths,
  groupPaths,
  invitationPaths,
  type PersonGround,
  type ProjectGround,
  personPaths,
  projectPaths,
  teamPaths,
} from '../access/space-paths.ts';
import { company, visible } from './directory.ts';
import { standing } from './reach.ts';

/** What can be named beside resources and the places they lie in. */
export type SpaceNoun = 'closed' | 'project' | 'group' | 'team' | 'person' | 'invitation';

/** Subject, ground and tables of one such thing, or of each of several, as a statement that begins with the caller goes on. */
export function spaceSource(noun: SpaceNoun, ids: RawBuilder<unknown> | readonly string[]): RawBuilder<never> {
  const id = Array.isArray(ids) ? sql`any (${ids}::uuid[])` : sql`${ids}::uuid`;
  switch (noun) {
    case 'project':
      return sql`, row_to_json(it) as subject, json_build_object(${standing}, 'mode', it.mode, 'member', (select max(m.role) from gate m
          where m.organization_id = who.organization_id and m.project_id = it.id and (m.principal_id = who.id or exists (
            select from belonging b where b.organization_id = who.organization_id and b.person_id = who.id and b.principal_id = m.principal_id)))) as ground
        from who left join (project it join workspace w on w.organization_id = it.organization_id and w.id = it.workspace_id and w.deleted_at is null)
          on it.organization_id = who.organization_id and it.id = ${id} and it.deleted_at is null and (who.cut is null or w.id = any (who.cut))`;
    case 'closed':
      return sql`, row_to_json(w) as subject, json_build_object(${standing}) as ground
        from who left join workspace w on w.organization_id = who.organization_id and w.id = ${id}::uuid and (who.cut is null or w.id = any (who.cut))
          and w.deleted_at > statement_timestamp() - interval '30 days'`;
    case 'group':
    case 'team':
      return sql`, row_to_json(it) as subject, json_build_object('role', (select m.role from membership m
          where m.organization_id = who.organization_id and m.person_id = who.id and m.principal_id = it.id),
          'found', exists (${isFound(noun)})) as ground
        from who left join ${sql.table(noun)} it on it.organization_id = who.organization_id and it.id = ${id} and it.deleted_at is null`;
    case 'person':
      return sql`, row_to_json(it) as subject, json_build_object('self', it.id = who.id, 'found', exists (${isFound(noun)})
          or who.role = 'admin' and it.status <> 'removed', 'lastAdmin', ${isLastAdmin(sql`it.id`)}) as ground
        from who left join person it on it.organization_id = who.organization_id and it.id = ${id} and it.status <> 'removed'`;
    case 'invitation':
      return sql`, to_jsonb(it) - 'secret_hash' as subject, json_build_object('sent', it.invited_by = who.id) as ground
        from who left join invitation it on it.organization_id = who.organization_id and it.id = ${id}`;
  }
}

const isFound = (noun: 'group' | 'team' | 'person') =>
  sql`with ${company} select from (${visible}) seen where seen.type = ${sql.lit(noun)} and seen.id = it.id`;

/** Whether nobody but this person is an active admin (ORG-2). */
export const isLastAdmin = (person: RawBuilder<unknown>) => sql`(
  exists (select from person a where a.organization_id = who.organization_id and a.id = ${person} and a.role = 'admin' and a.status = 'active')
  and not exists (select from person a where a.organization_id = who.organization_id and a.id <> ${person} and a.role = 'admin' and a.status = 'active'))`;

/** Whether someone else made the organization and is an active admin of it still (ORG-9). */
export const isAnothers = sql`exists (select from organization o join person a on a.organization_id = o.id and a.id = o.created_by
  where o.id = who.organization_id and a.id <> who.id and a.role = 'admin' and a.status = 'active')`;

type SpaceGround = Pick<Ground, 'admin' | 'role' | 'teams' | 'switches'> &
  ProjectGround &
  CircleGround<'group'> &
  CircleGround<'team'> &
  PersonGround & { readonly lastAdmin: boolean; readonly sent: boolean };

export function spaceFacts(noun: SpaceNoun, given: unknown, { role, scopes }: Actor): Facts {
  const ground = given as SpaceGround;
  const placed = {
    places: noun === 'project' || noun === 'closed' ? placesOf(ground) : [],
    switches: ground.switches ?? {},
  };
  const paths: Record<SpaceNoun, () => Path[]> = {
    closed: () => closedPaths(placed.places),
    project: () => projectPaths(ground, placed.places),
    group: () => groupPaths(ground),
    team: () => teamPaths(ground, role),
    person: () => personPaths(ground, role),
    invitation: () => invitationPaths(ground.sent, role),
  };
  return {
    ...placed,
    paths: paths[noun](),
    holds: ground.lastAdmin ? ['last_admin'] : [],
    override: scopes.includes('override'),
  };
}
