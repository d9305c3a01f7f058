import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Place } from '../access/capabilities.ts';
import { newId } from '../terms/ids.ts';
import { reaches } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { placeIn } from './circles.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import type { ProjectRow } from './rows.ts';
import { type Standing, standings } from './standing.ts';

/** A project as someone sees it; their role in it, if it is a restricted one (WS-7). */
export interface Project {
  readonly id: string;
  readonly workspace_id: string;
  readonly mode: 'open' | 'restricted';
  readonly role: 'viewer' | 'editor' | null;
}

/** Whether whoever stands so in its workspace may know of a project: those who make projects know them all. */
const isSeen = ({ places, placed }: Standing, { mode, role }: Pick<Project, 'mode' | 'role'>): boolean =>
  makes(places) || (placed && (mode === 'open' || role !== null));

const makes = (places: readonly Place[]) => places.some(({ role }) => reaches('workspace', role, 'admin'));

/**
 * A project that the caller may know of: an open one by a place in its workspace, a restricted one by being in it, any where they make
 * projects. Being able to open something in it is not enough (WS-7).
 */
export async function projectSeen(tx: Tx, me: Actor, override: boolean, id: string): Promise<Project | undefined> {
  const { rows } = await sql<Project>`
    select p.id, p.workspace_id, p.mode, ${ownRole(me)} as role
    from project p where p.organization_id = ${me.organization} and p.id = ${id} and p.deleted_at is null`.execute(
    storeOf(tx),
  );
  const project = rows[0];
  if (!project) return undefined;
  const standing = (await standings(tx, me, override)).find(({ workspace }) => workspace === project.workspace_id);
  return standing && isSeen(standing, project) ? project : undefined;
}

/** What the caller is in project `p`, by themself or by a team. */
const ownRole = (
  me: Actor,
) => sql`(select max(m.role) from project_member m where m.organization_id = p.organization_id and m.project_id = p.id
      and (m.principal_id = ${me.person} or m.principal_id in (select t.principal_id from belonging t
        where t.organization_id = p.organization_id and t.person_id = ${me.person} and t.principal = 'team')))`;

export async function ownRoleIn(tx: Tx, { me, subject }: Decided<'project.staff'>): Promise<Project['role']> {
  const { rows } = await sql<{ role: Project['role'] }>`select ${ownRole(me)} as role from project p
    where p.organization_id = ${me.organization} and p.id = ${subject.id}`.execute(storeOf(tx));
  return rows[0]?.role ?? null;
}

export interface ListedProject extends Project {
  readonly name: string;
  readonly description: string | null;
  readonly workspace: string;
  /** The name as the list is ordered by it. */
  readonly key: string;
}

interface Window {
  /** A part of the name, or all of it. */
  readonly text: string;
  readonly whole?: true;
  /** Those of these workspaces; of all where it is left out. */
  readonly workspaces?: readonly string[] | undefined;
  readonly limit: number;
  readonly after?: readonly [string, string] | undefined;
}

/** One page of the projects that the caller may know of, by name; the same as `projectSeen` says one by one. */
export async function projectsSeen(
  tx: Tx,
  me: Actor,
  override: boolean,
  { text, whole, workspaces, limit, after }: Window,
): Promise<Page<ListedProject>> {
  const all = await standings(tx, me, override);
  const idsOf = (those: readonly Standing[]) => those.map(({ workspace }) => workspace);
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const isCalled = whole ? sql`lower(p.name) = lower(${text}::text)` : sql`p.name ilike ${like}`;
  const { rows } = await sql<ListedProject>`
    select * from (select p.id, p.workspace_id, p.mode, p.name, p.description, w.name as workspace, lower(p.name) as key, ${ownRole(me)} as role
      from project p join workspace w on w.organization_id = p.organization_id and w.id = p.workspace_id
      where p.organization_id = ${me.organization} and p.deleted_at is null and ${isCalled}
        and (${workspaces ?? null}::uuid[] is null or p.workspace_id = any (${workspaces ?? null}::uuid[]))) p
    where (p.workspace_id = any (${idsOf(all.filter(({ places }) => makes(places)))}::uuid[])
        or p.workspace_id = any (${idsOf(all.filter(({ placed }) => placed))}::uuid[]) and (p.mode = 'open' or p.role is not null))
      and (${after?.[0] ?? null}::text is null or (p.key, p.id) > (${after?.[0] ?? null}::text, ${after?.[1] ?? null}::uuid))
    order by p.key, p.id limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? placeIn(last) : undefined };
}

/** Those that bear exactly this name, in any case; six at most, to tell one from several. */
export async function projectsNamed(tx: Tx, me: Actor, override: boolean, name: string): Promise<ListedProject[]> {
  return [...(await projectsSeen(tx, me, override, { text: name, whole: true, limit: 6 })).items];
}

/** Makes a project; whoever makes it is in it, so that a restricted one is of use to them. */
export async function insertProject(
  tx: Tx,
  { me, subject: workspace }: Decided<'project.create'>,
  { name, description, mode }: Pick<ProjectRow, 'name' | 'description' | 'mode'>,
): Promise<string> {
  const id = newId();
  await sql`insert into project (organization_id, id, workspace_id, name, description, mode)
    values (${me.organization}, ${id}, ${workspace.id}, ${name}, ${description}, ${mode})`.execute(storeOf(tx));
  await sql`insert into project_member (organization_id, project_id, principal_id, principal, workspace_id, role)
    values (${me.organization}, ${id}, ${me.person}, 'person', ${workspace.id}, 'editor')`.execute(storeOf(tx));
  return id;
}

/**
 * What a resource lies in when its project is restricted is kept on the resource: it changes with the mode. Whoever makes something in
 * the project meanwhile, on the share of the workspace's lock, is through before or starts after.
 */
export async function changeProject(
  tx: Tx,
  { me, subject }: Decided<'project.edit'>,
  { name, description, mode }: Pick<ProjectRow, 'name' | 'description' | 'mode'>,
): Promise<void> {
  const store = storeOf(tx);
  const isTurned = mode !== subject.mode;
  if (isTurned)
    await sql`select from workspace where organization_id = ${me.organization} and id = ${subject.workspace_id} for no key update`.execute(
      store,
    );
  await sql`update project set name = ${name}, description = ${description}, mode = ${mode}
    where organization_id = ${me.organization} and id = ${subject.id}`.execute(store);
  if (isTurned)
    await sql`update resource set restricted_to = case ${mode}::text when 'restricted' then project_id end
      where organization_id = ${me.organization} and project_id = ${subject.id}`.execute(store);
}
