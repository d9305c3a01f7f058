import { sql } from 'kysely';
import type { Page } from '../terms/paging.ts';
import { placeIn } from './circles.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { asked, visible } from './directory.ts';

export type ProjectRole = 'viewer' | 'editor';

export interface ProjectMember {
  readonly type: 'person' | 'team';
  readonly id: string;
  /** An email, or a team's name. */
  readonly label: string;
  readonly role: ProjectRole;
  /** Whether the caller finds the team (TEAM-3). */
  readonly found: boolean;
  readonly key: string;
}

type Seen = Decided<'project.see' | 'project.staff'>;

/** One page of the people and teams in a project, teams after people, by name; people whom the caller does not find are not on it (DIR-1). */
export async function membersOfProject(
  tx: Tx,
  { me, subject }: Seen,
  { limit, after }: { limit: number; after?: readonly [string, string] | undefined },
): Promise<Page<ProjectMember>> {
  const { rows } = await sql<ProjectMember>`${asked(me)},
    seen as materialized (select id from (${visible}) it where it.type <> 'group'),
    every as materialized (select m.principal as type, m.principal_id as id, coalesce(p.email, t.name) as label, m.role,
        m.principal_id in (select id from seen) as found,
        m.principal || lower(coalesce(p.email, t.name)) as key
      from project_member m
      left join person p on m.principal = 'person' and p.organization_id = m.organization_id and p.id = m.principal_id and p.status <> 'removed'
      left join team t on m.principal = 'team' and t.organization_id = m.organization_id and t.id = m.principal_id and t.deleted_at is null
      where m.organization_id = ${me.organization} and m.project_id = ${subject.id} and (p.id is not null or t.id is not null))
    select * from every
    where (type = 'team' or found) and (${after?.[0] ?? null}::text is null or (key, id) > (${after?.[0] ?? null}::text, ${after?.[1] ?? null}::uuid))
    order by key, id limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? placeIn(last) : undefined };
}

/** Someone, or a team, that may be put into a project or taken out of it. */
export interface ProjectCandidate {
  readonly type: 'person' | 'team';
  readonly id: string;
  readonly label: string;
  readonly key: string;
  /** In it already, and as what. */
  readonly was: ProjectRole | null;
  /** In the workspace; a team brings its people whatever they are there (TEAM-5). */
  readonly placed: boolean;
}

/** Those of these ids and names who are in it or whom the caller finds; in one statement, however many. */
export async function projectCandidates(
  tx: Tx,
  { me, subject }: Decided<'project.staff'>,
  { ids, names }: { ids: readonly string[]; names: readonly string[] },
): Promise<ProjectCandidate[]> {
  const inIt = sql`left join project_member m on m.organization_id = it.organization_id and m.project_id = ${subject.id} and m.principal_id = it.id`;
  const { rows } = await sql<ProjectCandidate>`${asked(me)}
    select 'person' as type, it.id, it.email as label, it.email_key as key, m.role as was,
      exists (select from workspace_member w where w.organization_id = it.organization_id and w.person_id = it.id and w.workspace_id = ${subject.workspace_id})
      or exists (select from workspace_team w join belonging b on b.organization_id = w.organization_id and b.principal_id = w.team_id
        where w.organization_id = it.organization_id and w.workspace_id = ${subject.workspace_id} and b.person_id = it.id) as placed
    from person it ${inIt} where it.organization_id = ${me.organization} and (it.id = any (${ids}::uuid[]) or it.email_key = any (${names}::text[]))
      and it.status <> 'removed' and (m.role is not null or exists (select from (${visible}) v where v.type = 'person' and v.id = it.id))
    union all
    select 'team', it.id, it.name, lower(it.name), m.role, true
    from team it ${inIt} where it.organization_id = ${me.organization} and (it.id = any (${ids}::uuid[]) or lower(it.name) = any (${names}::text[]))
      and exists (select from (${visible}) v where v.type = 'team' and v.id = it.id)
    order by label, id`.execute(storeOf(tx));
  return rows;
}

/** Everyone whom these people and teams are. */
export async function peopleAmong(
  tx: Tx,
  { me }: Decided<'project.staff'>,
  principals: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select p.id from person p where p.organization_id = ${me.organization} and p.id = any (${principals}::uuid[])
    union select b.person_id from belonging b where b.organization_id = ${me.organization} and b.principal_id = any (${principals}::uuid[])`.execute(
    storeOf(tx),
  );
  return rows.map(({ id }) => id);
}

/** Keeps who is in the workspace as it is until the change is through. */
export async function holdPlaces(tx: Tx, { me, subject }: Decided<'project.staff'>): Promise<void> {
  await sql`select from workspace where organization_id = ${me.organization} and id = ${subject.workspace_id} for share`.execute(
    storeOf(tx),
  );
}

/** Puts people and teams in with a role, changes it, or takes them out (no role): any number in two statements. */
export async function setProjectMembers(
  tx: Tx,
  { me, subject }: Decided<'project.staff'>,
  those: readonly { readonly id: string; readonly type: 'person' | 'team'; readonly role: ProjectRole | null }[],
): Promise<void> {
  const out = those.flatMap(({ id, role }) => (role ? [] : [id]));
  const into = those.filter(({ role }) => role);
  if (out.length)
    await sql`delete from project_member where organization_id = ${me.organization} and project_id = ${subject.id}
      and principal_id = any (${out}::uuid[])`.execute(storeOf(tx));
  if (into.length)
    await sql`insert into project_member (organization_id, project_id, principal_id, principal, workspace_id, role)
      select ${me.organization}, ${subject.id}, it.id, it.type, ${subject.workspace_id}, it.role::level
      from unnest(${into.map(({ id }) => id)}::uuid[], ${into.map(({ type }) => type)}::text[], ${into.map(({ role }) => role)}::text[]) it (id, type, role)
      on conflict (organization_id, project_id, principal_id) do update set role = excluded.role`.execute(storeOf(tx));
}
