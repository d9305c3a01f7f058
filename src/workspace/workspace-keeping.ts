import * as z from 'zod';
import type { Place } from '../access/capabilities.ts';
import type { WorkspaceRow } from '../storage/rows.ts';
import type { Standing } from '../storage/standing.ts';
import {
  changeWorkspace,
  closedWorkspaces,
  insertWorkspace,
  setClosed,
  workspacesShown,
} from '../storage/workspaces.ts';
import { inside, outside } from '../terms/ids.ts';
import { highest } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { shownOrRefused } from './circles.ts';
import { Described, DescribedShown, describedShown, difference, Redescribed, redescribed } from './described.ts';
import { changing, type Desk, reading } from './operation.ts';
import { Paging, Words } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { standingsOf, workspaceToRun } from './workspaces.ts';

const takeBack = z.enum(['sharer', 'any_editor']);

const WorkspaceShown = z.object({
  id: z.string(),
  ...DescribedShown,
  take_back: z.string(),
  role: z.string().optional(),
  via: z.string().optional(),
  restorable_until: z.string().optional(),
});

const shownOf = (it: WorkspaceRow, places: readonly Place[]): z.output<typeof WorkspaceShown> => {
  const role = highest(
    'workspace',
    places.map((place) => place.role),
  );
  const best = places.find((place) => place.role === role && !place.override) ?? places[0];
  return {
    id: outside('workspace', it.id),
    ...describedShown(it),
    take_back: it.take_back,
    ...(role && best && { role, via: best.via }),
    ...(it.deleted_at && { restorable_until: restorableUntil(it.deleted_at) }),
  };
};

/** How long what was deleted can be brought back (ORG-9). */
const days = 30;
const restorableUntil = (deleted: string) => new Date(Date.parse(deleted) + days * 86_400_000).toISOString();

export const listWorkspaces = reading({
  name: 'list_workspaces',
  action: 'workspace.list',
  input: z.strictObject({
    query: Words(200).optional().describe('Part of a name.'),
    deleted: z.boolean().optional().describe('Those that you may bring back instead.'),
    ...Paging,
  }),
  output: z.object({ items: z.array(WorkspaceShown), total: z.int(), next_cursor: z.string().optional() }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { query = '', deleted = false, limit, cursor }) {
    const asked = { query, deleted };
    const all = deleted ? await closedShown(desk, query) : await openShown(desk, query);
    const after = cursor === undefined ? undefined : desk.placeOf(asked, cursor);
    const rest = after === undefined ? all : all.filter(({ place }) => place > after);
    const shown = lightest(
      (await rowsOf(desk, rest.slice(0, limit))).map(({ row, places }) => shownOf(row, places)),
      roomOfAnswer,
    );
    const last = shown.length < rest.length ? rest[shown.length - 1]?.place : undefined;
    return { items: shown, total: all.length, ...(last && { next_cursor: desk.cursor(asked, last) }) };
  },
});

/** One of a list, and its place in it. */
interface Listed {
  readonly id: string;
  readonly places: readonly Place[];
  readonly place: string;
}

const listed = (those: readonly { id: string; name: string; places: readonly Place[] }[], query: string): Listed[] =>
  those
    .filter(({ name }) => name.toLowerCase().includes(query.trim().toLowerCase()))
    .map(({ id, name, places }) => ({ id, places, place: `${name.toLowerCase()}\n${id}` }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));

const openShown = async (desk: Desk, query: string) =>
  listed(
    (await standingsOf(desk)).map((it: Standing) => ({ ...it, id: it.workspace })),
    query,
  );

const closedShown = async (desk: Desk, query: string) =>
  listed(
    (await closedOf(desk)).map((it) => ({ ...it, places: [] })),
    query,
  );

const closedOf = ({ tx, me }: Desk) => closedWorkspaces(tx, me, me.scopes.includes('override'));

async function rowsOf({ tx, me }: Desk, page: readonly Listed[]) {
  const rows = await workspacesShown(
    tx,
    me,
    page.map(({ id }) => id),
  );
  return page.flatMap(({ id, places }) => rows.filter((row) => row.id === id).map((row) => ({ row, places })));
}

async function workspaceNow(desk: Desk, id: string): Promise<z.output<typeof WorkspaceShown> | Problem> {
  const target = await desk.may('workspace.see', { noun: 'workspace', id });
  if (target instanceof Problem) return target;
  const { places, override } = target.facts;
  return shownOf(
    target.subject,
    places.filter((place) => override || !place.override),
  );
}

export const createWorkspace = changing({
  name: 'create_workspace',
  action: 'workspace.create',
  input: z.strictObject(Described),
  output: WorkspaceShown,
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx, me }, organization, { name, description = null, avatar = null }) {
    if (me.workspaces !== null)
      throw new Problem('permission_denied', 'This key is cut to some workspaces, and makes no other (EXT-4).', {
        advice: 'Use a key or a connection that is not cut to a workspace.',
      });
    const made = { name, description, avatar };
    const id = await insertWorkspace(tx, organization, made);
    return {
      outcome: { id },
      made: { noun: 'workspace', id },
      before: null,
      after: { id: outside('workspace', id), ...made },
    };
  },
  answer: async (desk, { id }) => shownOrRefused(await workspaceNow(desk, id)),
});

const Called = z.string().max(200).describe('Name or id.');

export const updateWorkspace = changing({
  name: 'update_workspace',
  action: ({ restore, take_back }) =>
    restore ? 'workspace.restore' : take_back === undefined ? 'workspace.edit' : 'workspace.policy',
  actions: ['workspace.edit', 'workspace.policy', 'workspace.restore'],
  input: z
    .strictObject({
      id: Called,
      ...Redescribed,
      take_back: takeBack.optional().describe('Who takes back what was given to the organization; its owners say.'),
      restore: z.literal(true).optional().describe('Brings it back within 30 days of its deletion; goes alone.'),
    })
    .refine(({ restore, id: _, ...wish }) => !restore || Object.values(wish).every((it) => it === undefined), {
      path: ['restore'],
      message: 'It goes alone.',
    }),
  output: WorkspaceShown,
  find: async (desk, { id, restore }) => (restore ? closedNamed(desk, id) : workspaceToRun(desk, id, 'admin')),
  async run({ tx }, target, { id: _, restore: __, take_back, ...wish }) {
    const { subject } = target;
    if (target.action === 'workspace.restore') {
      await setClosed(tx, target as never, false);
      const made = { noun: 'workspace', id: subject.id } as const;
      return { outcome: { id: subject.id }, made, before: { deleted: true }, after: { deleted: false } };
    }
    const was = stateOf(subject);
    const to = { ...redescribed(was, wish), take_back: take_back ?? was.take_back };
    await changeWorkspace(tx, target as never, to);
    return { outcome: { id: subject.id }, ...difference(was, to) };
  },
  answer: async (desk, { id }) => shownOrRefused(await workspaceNow(desk, id)),
});

const stateOf = ({ name, description, avatar, take_back }: WorkspaceRow) => ({ name, description, avatar, take_back });

/** The deleted workspace that a name or id means, of those that the caller may bring back. */
async function closedNamed(desk: Desk, named: string) {
  const id = inside('workspace', named);
  const name = named.trim().toLowerCase();
  const found = id ? [{ id, name }] : (await closedOf(desk)).filter((it) => it.name.toLowerCase() === name);
  if (found.length < 2) return { noun: 'closed', id: found[0]?.id } as const;
  throw new Problem('invalid_argument', '/id: Which workspace?', {
    pointer: '/id',
    candidates: found.slice(0, 5).map(({ id, name }) => ({ id: outside('workspace', id), name })),
    advice: 'Call again with the id of one of the candidates.',
  });
}

export const deleteWorkspace = changing({
  name: 'delete_workspace',
  action: 'workspace.delete',
  input: z.strictObject({ id: Called }),
  output: z.object({ id: z.string(), deleted: z.boolean(), restorable_until: z.string() }),
  find: (desk, { id }) => workspaceToRun(desk, id, 'owner'),
  touched: async (_desk, { subject }) => ({ workspaces: [subject.id] }),
  async run({ tx, now }, target) {
    const { id, name } = target.subject;
    await setClosed(tx, target, true);
    return {
      outcome: { id, until: restorableUntil(now.toISOString()) },
      before: { name, deleted: false },
      after: { name, deleted: true },
    };
  },
  answer: async (_desk, { id, until }) => ({ id: outside('workspace', id), deleted: true, restorable_until: until }),
});
