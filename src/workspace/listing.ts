import * as z from 'zod';
import { pageOfBin } from '../storage/bin.ts';
import { countedTo, countOfResources, pageOfResources, type Wanted } from '../storage/lists.ts';
import { type Project, projectSeen } from '../storage/projects.ts';
import { inside } from '../terms/ids.ts';
import { type Kind, kindNames } from '../terms/kinds.ts';
import { type Level, type Visibility, visibilities } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { personNamed } from './directory.ts';
import { type Desk, reading } from './operation.ts';
import { Id, organizationOwned, Paging, Row, restorableUntil, rowFrom, Words } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { whereToLook } from './workspaces.ts';

const filters = {
  query: Words(200).optional().describe('Part of the name.'),
  visibility: z.enum(visibilities).optional(),
  owner: Words(320).optional().describe('An email, "me" or "organization".'),
  access: z.enum(['viewer', 'editor', 'owner']).optional().describe('At least this.'),
  project: Id.optional(),
  workspace: z.string().max(200).optional().describe('Name or id.'),
  deleted: z.boolean().optional().describe('What you may restore from the bin instead.'),
  ...Paging,
};

interface Query {
  readonly kind?: Kind | undefined;
  readonly query?: string | undefined;
  readonly visibility?: Visibility | undefined;
  readonly owner?: string | undefined;
  readonly access?: Level | undefined;
  readonly project?: string | undefined;
  readonly workspace?: string | undefined;
  readonly deleted?: boolean | undefined;
}

/** A list of resources: of one kind, where the tool is made for it, else of the kind that is asked for, or of all. */
const listing = (name: string, input: z.ZodObject, only?: Kind) =>
  reading({
    name,
    action: 'resource.list',
    input,
    output: z.object({
      items: z.array(Row.extend({ restorable_until: z.string().optional() })),
      total: z.int().optional(),
      more_than: z.int().optional(),
      next_cursor: z.string().optional(),
    }),
    target: () => ({ noun: 'organization' }) as const,
    async run(desk, _organization, given) {
      const { cursor, limit, ...query } = given as unknown as Query & { cursor?: string | undefined; limit: number };
      const wanted = await wantedFrom(desk, { ...query, kind: only ?? query.kind });
      if (!wanted) return { items: [], total: 0 };
      const after = cursor === undefined ? undefined : desk.placeOf(query, cursor);
      if (query.deleted) return binned(desk, { ...wanted, limit, after }, (last) => desk.cursor(query, last));
      const scope = desk.scope('resource.open');
      const { items, next } = await pageOfResources(desk.tx, scope, desk.me, { ...wanted, limit, after });
      const shown = lightest(items.map(rowFrom), roomOfAnswer);
      const last = shown.length < items.length ? items[shown.length - 1]?.id : next;
      const total =
        after || next ? await countOfResources(desk.tx, scope, desk.me, { ...wanted, limit }) : items.length;
      return {
        items: shown,
        ...(total === 'many' ? { more_than: countedTo } : total !== undefined && { total }),
        ...(last && { next_cursor: desk.cursor(query, last) }),
      };
    },
  });

/** What is in the bin, in place of what is not (VER-3). */
async function binned(desk: Desk, wanted: Wanted, cursor: (last: string) => string) {
  const { items, next, total } = await pageOfBin(desk.tx, desk.scope('resource.bin'), desk.me, wanted, countedTo + 1);
  const shown = lightest(
    items.map((it) => ({ ...rowFrom(it), restorable_until: restorableUntil(it.deleted_at) })),
    roomOfAnswer,
  );
  const last = shown.length < items.length ? items[shown.length - 1]?.id : next;
  return {
    items: shown,
    ...(total > countedTo ? { more_than: countedTo } : { total }),
    ...(last && { next_cursor: cursor(last) }),
  };
}

export const listWorkflows = listing('list_workflows', z.strictObject(filters), 'workflow');

export const listResources = listing(
  'list_resources',
  z.strictObject({ kind: z.enum(kindNames).optional().describe('All kinds if left out.'), ...filters }),
);

/** The filters as the list takes them; nothing where one of them names what the caller does not find. */
async function wantedFrom(
  desk: Desk,
  { owner, project, workspace, deleted: _, ...rest }: Query,
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
  return { ...rest, workspaces, project: projectId, owner: ownerId };
}

/** A project by its id, if the caller may know of it (WS-7). */
export async function projectNamed({ tx, me }: Desk, named: string): Promise<Project | undefined> {
  const id = inside('project', named);
  return id ? projectSeen(tx, me, me.scopes.includes('override'), id) : undefined;
}

async function ownerNamed(desk: Desk, owner: string): Promise<string | null | undefined> {
  if (owner === organizationOwned) return null;
  if (owner === 'me') return desk.me.person;
  const found = await personNamed(desk, owner);
  return found instanceof Problem ? undefined : found.id;
}
