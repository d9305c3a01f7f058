import * as z from 'zod';
import { placeIn } from '../storage/circles.ts';
import type { Decided } from '../storage/decided.ts';
import {
  changeProject,
  insertProject,
  type ListedProject,
  projectSeen,
  projectsNamed,
  projectsSeen,
} from '../storage/projects.ts';
import type { ProjectRow } from '../storage/rows.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { shownOrRefused } from './circles.ts';
import { Description, difference } from './described.ts';
import { changing, type Desk, reading } from './operation.ts';
import { ProjectMembersListed, projectMembersListed } from './project-members-list.ts';
import { settleFor } from './settling.ts';
import { Name, Paging, Words } from './shapes.ts';
import { lightest, roomOfAnswer, weightOf } from './weight.ts';
import { whereToLook, workspaceToRun } from './workspaces.ts';

export const ProjectShown = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  workspace: z.string(),
  mode: z.string(),
  role: z.string().optional(),
});

const shownOf = (
  it: Pick<ListedProject, 'id' | 'name' | 'description' | 'workspace_id' | 'mode' | 'role'>,
): z.output<typeof ProjectShown> => ({
  id: outside('project', it.id),
  name: it.name,
  ...(it.description && { description: it.description }),
  workspace: outside('workspace', it.workspace_id),
  mode: it.mode,
  ...(it.role && { role: it.role }),
});

const Called = Words(400).describe('Name or id.');
const workspace = z.string().max(200).optional();
const mode = z.enum(['open', 'restricted']).describe('restricted: for the people and teams in it.');

/** The project that a name or id means, of those that the caller may know of; one that is not there has no id. */
export async function projectRef(desk: Desk, named: string) {
  const id = inside('project', named);
  const found = id ? [{ id, name: '' }] : await projectsNamed(desk.tx, desk.me, overrides(desk), named.trim());
  if (found.length < 2) return { noun: 'project', id: found[0]?.id } as const;
  throw new Problem('ambiguous_principal', 'More than one project has that name.', {
    candidates: found.slice(0, 5).map(({ id, name }) => ({ id: outside('project', id), name })),
  });
}

const overrides = ({ me }: Desk) => me.scopes.includes('override');

export const listProjects = reading({
  name: 'list_projects',
  action: 'project.list',
  input: z.strictObject({
    query: Words(200).optional().describe('Part of a name.'),
    workspace: workspace.describe('Name or id.'),
    project: Called.optional().describe('Name or id: this one, and who is in it.'),
    ...Paging,
  }),
  output: z.object({ items: z.array(ProjectShown), ...ProjectMembersListed }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { project, limit, cursor, ...query }) {
    if (project !== undefined) return oneProject(desk, project, { limit, cursor });
    const workspaces = await whereToLook(desk, query.workspace);
    const after = cursor === undefined ? undefined : (JSON.parse(desk.placeOf(query, cursor)) as [string, string]);
    const wish = { text: query.query ?? '', workspaces, limit, after };
    const { items, next } = await projectsSeen(desk.tx, desk.me, overrides(desk), wish);
    const shown = lightest(items.map(shownOf), roomOfAnswer);
    const last = shown.length < items.length ? placeIn(items[shown.length - 1] as ListedProject) : next;
    return { items: shown, ...(last && { next_cursor: desk.cursor(query, last) }) };
  },
});

async function oneProject(desk: Desk, named: string, page: { limit: number; cursor?: string | undefined }) {
  const target = await desk.may('project.see', await projectRef(desk, named));
  if (target instanceof Problem) throw target;
  const shown = await shownNow(desk, target);
  return {
    items: [shown],
    ...(await projectMembersListed(desk, target, { ...page, room: roomOfAnswer - weightOf(shown) })),
  };
}

async function shownNow(desk: Desk, { subject }: Decided<'project.see'>) {
  const seen = await projectSeen(desk.tx, desk.me, overrides(desk), subject.id);
  return shownOf({ ...subject, role: seen?.role ?? null });
}

/** The project as whoever changed it sees it now. */
export async function projectNow(desk: Desk, id: string): Promise<z.output<typeof ProjectShown> | Problem> {
  const target = await desk.may('project.see', { noun: 'project', id });
  return target instanceof Problem ? target : shownNow(desk, target);
}

export const createProject = changing({
  name: 'create_project',
  action: 'project.create',
  input: z.strictObject({
    name: Name,
    description: Description.optional(),
    mode: mode.default('open'),
    workspace: workspace.describe('Name or id; needed only where you run several.'),
  }),
  output: ProjectShown,
  find: (desk, { workspace }) => workspaceToRun(desk, workspace, 'admin'),
  async run({ tx }, target, { name, mode, description = null }) {
    const made = { name, description, mode };
    const id = await insertProject(tx, target, made);
    return {
      outcome: { id },
      made: { noun: 'project', id },
      before: null,
      after: { id: outside('project', id), ...made },
    };
  },
  answer: async (desk, { id }) => shownOrRefused(await projectNow(desk, id)),
});

export const updateProject = changing({
  name: 'update_project',
  action: 'project.edit',
  input: z.strictObject({
    id: Called,
    name: Name.optional(),
    description: Description.nullable().optional(),
    mode: mode.optional(),
  }),
  output: ProjectShown,
  find: (desk, { id }) => projectRef(desk, id),
  async run(desk, target, { name, description, mode }) {
    const was = stateOf(target.subject);
    const to = {
      name: name ?? was.name,
      description: description === undefined ? was.description : description,
      mode: mode ?? was.mode,
    };
    await changeProject(desk.tx, target, to);
    const isOpened = to.mode === 'open' && was.mode !== 'open';
    const also = isOpened ? await settleFor(desk, { workspaces: [target.subject.workspace_id] }) : [];
    return { outcome: { id: target.subject.id }, ...difference(was, to), also };
  },
  answer: async (desk, { id }) => shownOrRefused(await projectNow(desk, id)),
});

const stateOf = ({ name, description, mode }: ProjectRow) => ({ name, description, mode });
