import * as z from 'zod';
import { placeIn } from '../storage/circles.ts';
import type { Decided } from '../storage/decided.ts';
import { membersOfProject, type ProjectMember } from '../storage/project-members.ts';
import { outside } from '../terms/ids.ts';
import type { Desk } from './operation.ts';
import { unnamed } from './vias.ts';
import { lightest } from './weight.ts';

export const ProjectMembersListed = {
  members: z.array(z.object({ id: z.string().optional(), with: z.string(), role: z.string() })).optional(),
  total: z.int().optional(),
  next_cursor: z.string().optional(),
};

/** One page of who is in a project; people whom the caller does not find are left out, teams have no name for them (DIR-1, TEAM-3). */
export async function projectMembersListed(
  desk: Desk,
  target: Decided<'project.see'>,
  { limit, cursor, room }: { limit: number; cursor?: string | undefined; room: number },
) {
  const asked = { of: target.subject.id };
  const after = cursor === undefined ? undefined : (JSON.parse(desk.placeOf(asked, cursor)) as [string, string]);
  const { items, next } = await membersOfProject(desk.tx, target, { limit, after });
  const shown = lightest(items.map(shownOf), room);
  const last = shown.length < items.length ? placeIn(items[shown.length - 1] as ProjectMember) : next;
  return {
    members: shown,
    ...(!after && !last && { total: shown.length }),
    ...(last && { next_cursor: desk.cursor(asked, last) }),
  };
}

const shownOf = ({ type, id, label, role, found }: ProjectMember) =>
  found ? { id: outside(type, id), with: `${type}:${label}`, role } : { with: unnamed('team'), role };
