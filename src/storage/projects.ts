import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { storeOf, type Tx } from './database.ts';
import { standings } from './standing.ts';

/** A project as someone sees it; their role in it, if it is a restricted one (WS-7). */
export interface Project {
  readonly id: string;
  readonly workspace_id: string;
  readonly mode: 'open' | 'restricted';
  readonly role: 'viewer' | 'editor' | null;
}

/**
 * A project that the caller may know of: an open one by a place in its workspace, a restricted one by being in it, and by override
 * any of a workspace they administer. Being able to open something in it is not enough (WS-7).
 */
export async function projectSeen(tx: Tx, me: Actor, override: boolean, id: string): Promise<Project | undefined> {
  const { rows } = await sql<Project>`
    select p.id, p.workspace_id, p.mode, (select max(m.role) from project_member m where m.organization_id = p.organization_id and m.project_id = p.id
      and (m.principal_id = ${me.person} or m.principal_id in (select t.principal_id from belonging t
        where t.organization_id = p.organization_id and t.person_id = ${me.person} and t.principal = 'team'))) as role
    from project p where p.organization_id = ${me.organization} and p.id = ${id} and p.deleted_at is null`.execute(
    storeOf(tx),
  );
  const project = rows[0];
  if (!project) return undefined;
  const standing = (await standings(tx, me, override)).find(({ workspace }) => workspace === project.workspace_id);
  if (!standing) return undefined;
  return standing.wide || (standing.placed && (project.mode === 'open' || project.role)) ? project : undefined;
}
