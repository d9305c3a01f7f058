import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import { countedTo, countOfResources, pageOfResources, type Wanted } from '../storage/lists.ts';
import { type Project, projectSeen } from '../storage/projects.ts';
import { insertResource, setBinned } from '../storage/resources.ts';
import { insertRevision } from '../storage/revisions.ts';
import { inside, newId, outside } from '../terms/ids.ts';
import { reaches, visibilities } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { personNamed } from './directory.ts';
import { DocumentIn, Format, read, revisionFrom } from './documents.ts';
import { longestPointer, Opened, opened } from './opened.ts';
import { changing, type Desk, reading } from './operation.ts';
import { Id, Name, organizationOwned, Paging, Row, rowFrom, text, Words } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { whereToCreate, whereToLook } from './workspaces.ts';

/** A workflow by its id; of another kind, it names nothing here. */
export const workflow = (id: string) => ({ noun: 'resource', kind: 'workflow', id: inside('workflow', id) }) as const;
const binned = (id: string) => ({ noun: 'bin', kind: 'workflow', id: inside('workflow', id) }) as const;

export const listWorkflows = reading({
  name: 'list_workflows',
  action: 'resource.list',
  input: z.strictObject({
    query: Words(200).optional().describe('Part of the name.'),
    visibility: z.enum(visibilities).optional(),
    owner: Words(320).optional().describe('An email, "me" or "organization".'),
    access: z.enum(['viewer', 'editor', 'owner']).optional().describe('At least this.'),
    project: Id.optional(),
    workspace: z.string().max(200).optional().describe('Name or id.'),
    ...Paging,
  }),
  output: z.object({
    items: z.array(Row),
    total: z.int().optional(),
    more_than: z.int().optional(),
    next_cursor: z.string().optional(),
  }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { cursor, limit, ...query }) {
    const wanted = await wantedFrom(desk, query);
    if (!wanted) return { items: [], total: 0 };
    const after = cursor === undefined ? undefined : desk.placeOf(query, cursor);
    const scope = desk.scope('resource.open');
    const { items, next } = await pageOfResources(desk.tx, scope, desk.me, { ...wanted, limit, after });
    const shown = lightest(items.map(rowFrom), roomOfAnswer);
    const last = shown.length < items.length ? items[shown.length - 1]?.id : next;
    const total = after || next ? await countOfResources(desk.tx, scope, desk.me, { ...wanted, limit }) : items.length;
    return {
      items: shown,
      ...(total === 'many' ? { more_than: countedTo } : total !== undefined && { total }),
      ...(last && { next_cursor: desk.cursor(query, last) }),
    };
  },
});

type Query = {
  query?: string | undefined;
  visibility?: Wanted['visibility'];
  owner?: string | undefined;
  access?: Wanted['access'];
  project?: string | undefined;
  workspace?: string | undefined;
};

/** The filters as the list takes them; nothing where one of them names what the caller does not find. */
async function wantedFrom(
  desk: Desk,
  { owner, project, workspace, ...rest }: Query,
): Promise<Omit<Wanted, 'limit'> | undefined> {
  const workspaces = await whereToLook(desk, workspace);
  const projectId = project === undefined ? undefined : (await projectNamed(desk, project))?.id;
  const ownerId = owner === undefined ? undefined : await ownerNamed(desk, owner);
  if (
    workspaces?.length === 0 ||
    (project !== undefined && !projectId) ||
    (owner !== undefined && ownerId === undefined)
  )
    return undefined;
  return { kind: 'workflow', ...rest, workspaces, project: projectId, owner: ownerId };
}

/** A project by its id, if the caller may know of it (WS-7). */
async function projectNamed({ tx, me }: Desk, named: string): Promise<Project | undefined> {
  const id = inside('project', named);
  return id ? projectSeen(tx, me, me.scopes.includes('override'), id) : undefined;
}

async function ownerNamed(desk: Desk, owner: string): Promise<string | null | undefined> {
  if (owner === organizationOwned) return null;
  if (owner === 'me') return desk.me.person;
  const found = await personNamed(desk, owner);
  return found instanceof Problem ? undefined : found.id;
}

export const openWorkflow = reading({
  name: 'open_workflow',
  action: 'resource.open',
  input: z
    .strictObject({
      id: Id.describe('An id, postern:// URI or link.'),
      include: z
        .array(z.enum(['document', 'source']))
        .max(2)
        .optional()
        .describe('The whole document, where it fits; source: its text in the form it came in.'),
      at: z.array(z.string().max(longestPointer)).max(20).optional().describe('JSON Pointers of parts to show.'),
      from: z.int().min(0).optional().describe('To go on in one long text: next of its pointer in omitted.'),
    })
    .refine(
      ({ include = [], at = [], from }) =>
        from === undefined || (include.length + at.length === 1 && include[0] !== 'document'),
      {
        path: ['from'],
        message: 'It goes with exactly one pointer in at, or with source alone.',
      },
    ),
  output: Opened,
  target: ({ id }) => workflow(id),
  run: (desk, target, wish) => opened(desk, target, wish),
});

export const createWorkflow = changing({
  name: 'create_workflow',
  action: 'resource.create',
  input: z.strictObject({
    name: Name,
    document: DocumentIn.describe('An object, or JSON or YAML text.'),
    format: Format.optional().describe('Found out if left out.'),
    description: text(2000).optional(),
    workspace: z.string().max(200).optional().describe('Name or id; needed only where you may create in several.'),
    project: Id.optional(),
  }),
  output: Opened,
  find: (desk, { workspace }) => whereToCreate(desk, 'workflow', workspace),
  async run(desk, workspace, { name, document, format, description = null, project }) {
    const { tx } = desk;
    const inProject = project === undefined ? null : await projectToFill(desk, workspace, project);
    const it = read(document, format, '/document');
    const id = newId();
    await insertResource(tx, workspace, { id, kind: 'workflow', name, description, project: inProject });
    await insertRevision(
      tx,
      workspace,
      revisionFrom(it, { resource: id, workspace: workspace.subject.id, number: 1, name }),
    );
    return {
      outcome: { id },
      made: { noun: 'resource', id },
      before: null,
      after: { id: outside('workflow', id), name, digest: it.digest },
    };
  },
  answer: async (desk, { id }) => reopened(desk, id),
});

/** The project to create in: one of that workspace, and of a restricted one only its editors fill it (WS-7). */
async function projectToFill(
  desk: Desk,
  { subject, facts }: Decided<'resource.create'>,
  named: string,
): Promise<string> {
  const project = await projectNamed(desk, named);
  if (project?.workspace_id !== subject.id)
    throw new Problem('not_found', 'No project with this id is there for you.', { advice: 'Check the id.' });
  const isWide = facts.override && facts.places.some(({ role }) => reaches('workspace', role, 'admin'));
  if (project.mode === 'restricted' && project.role !== 'editor' && !isWide) {
    throw new Problem('permission_denied', 'In this restricted project you only read (WS-7).', {
      advice: 'Create it outside of the project, or ask an admin of the workspace for editor there.',
    });
  }
  return project.id;
}

/** A resource after a change to it, as whoever changed it can open it now. */
export async function reopened(desk: Desk, id: string): Promise<z.input<typeof Opened>> {
  const target = await desk.may('resource.open', { noun: 'resource', kind: 'workflow', id });
  if (target instanceof Problem) throw target;
  return opened(desk, target);
}

export const deleteWorkflow = changing({
  name: 'delete_workflow',
  action: 'resource.delete',
  input: z.strictObject({ id: Id }),
  output: z.object({ id: z.string(), deleted: z.boolean(), restorable_until: z.string().optional() }),
  target: ({ id }) => workflow(id),
  async run({ tx }, target) {
    await setBinned(tx, target, true);
    return {
      outcome: { id: target.subject.id },
      before: { name: target.subject.name, revision: target.subject.revision, deleted: false },
      after: { name: target.subject.name, deleted: true },
    };
  },
  async answer(desk, { id }) {
    const bin = await desk.may('resource.bin', { noun: 'bin', kind: 'workflow', id });
    const until =
      bin instanceof Problem ? undefined : new Date(Date.parse(bin.subject.deleted_at ?? '') + daysInBin * 86_400_000);
    return { id: outside('workflow', id), deleted: true, ...(until && { restorable_until: until.toISOString() }) };
  },
});

/** How long what was deleted can be brought back (VER-2). */
const daysInBin = 30;

export const restoreWorkflow = changing({
  name: 'restore_workflow',
  action: 'resource.restore',
  input: z.strictObject({ id: Id.describe('Of what was deleted in the last 30 days.') }),
  output: Opened,
  target: ({ id }) => binned(id),
  async run({ tx }, target) {
    await setBinned(tx, target, false);
    return { outcome: { id: target.subject.id }, before: { deleted: true }, after: { deleted: false } };
  },
  answer: (desk, { id }) => reopened(desk, id),
});
