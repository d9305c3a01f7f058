import * as z from 'zod';
import { countMembers } from '../storage/circle-members.ts';
import { deleteCircle, insertCircle, updateCircle } from '../storage/circles.ts';
import type { GroupRow } from '../storage/rows.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import {
  Called,
  CircleShown,
  CirclesListed,
  CirclesWanted,
  circleShown,
  circlesListed,
  MembersListed,
  membersListed,
  roleIn,
  shownOrRefused,
} from './circles.ts';
import { Described, difference, Redescribed, redescribed } from './described.ts';
import { circleNamed } from './directory.ts';
import { changing, type Desk, reading } from './operation.ts';
import { Paging } from './shapes.ts';
import { roomOfAnswer, weightOf } from './weight.ts';

const visibility = z.enum(['public', 'private']).describe('public: everyone in the organization sees that it exists.');

export const listGroups = reading({
  name: 'list_groups',
  action: 'group.list',
  input: z.strictObject(CirclesWanted),
  output: z.object(CirclesListed),
  target: () => ({ noun: 'organization' }) as const,
  run: (desk, _organization, wish) => circlesListed(desk, 'group', wish),
});

export const getGroup = reading({
  name: 'get_group',
  action: 'group.see',
  input: z.strictObject({ id: Called, ...Paging }),
  output: CircleShown.omit({ members: true }).extend(MembersListed),
  find: (desk, { id }) => circleNamed(desk, 'group', id),
  async run(desk, target, { limit, cursor }) {
    const { members: _, ...group } = circleShown('group', { ...target.subject, role: roleIn(target), members: null });
    const inside = await desk.may('group.people', { noun: 'group', id: target.subject.id });
    if (inside instanceof Problem) return group;
    const room = roomOfAnswer - weightOf(group);
    return { ...group, ...(await membersListed(desk, inside, { limit, cursor, whole: true, room })) };
  },
});

/** The group as whoever changed it sees it now. */
export async function groupNow(desk: Desk, id: string): Promise<z.output<typeof CircleShown> | Problem> {
  const target = await desk.may('group.see', { noun: 'group', id });
  if (target instanceof Problem) return target;
  const role = roleIn(target);
  return circleShown('group', { ...target.subject, role, members: role && (await countMembers(desk.tx, target)) });
}

export const createGroup = changing({
  name: 'create_group',
  action: 'group.create',
  input: z.strictObject({ ...Described, visibility: visibility.default('private') }),
  output: CircleShown,
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx }, organization, { description = null, avatar = null, ...rest }) {
    const made = { ...rest, description, avatar };
    const id = await insertCircle(tx, organization, made);
    return { outcome: { id }, made: { noun: 'group', id }, before: null, after: { id: outside('group', id), ...made } };
  },
  answer: async (desk, { id }) => shownOrRefused(await groupNow(desk, id)),
});

export const updateGroup = changing({
  name: 'update_group',
  action: 'group.edit',
  input: z.strictObject({ id: Called, ...Redescribed, visibility: visibility.optional() }),
  output: CircleShown,
  find: (desk, { id }) => circleNamed(desk, 'group', id),
  async run({ tx }, target, { id: _, visibility = target.subject.visibility, ...wish }) {
    const was = stateOf(target.subject);
    const to = { ...redescribed(was, wish), visibility };
    await updateCircle(tx, target, to);
    return { outcome: { id: target.subject.id }, ...difference(was, to) };
  },
  answer: async (desk, { id }) => shownOrRefused(await groupNow(desk, id)),
});

const stateOf = ({ name, description, avatar, visibility }: GroupRow) => ({ name, description, avatar, visibility });

export const deleteGroup = changing({
  name: 'delete_group',
  action: 'group.delete',
  input: z.strictObject({ id: Called }),
  output: z.object({ id: z.string(), deleted: z.boolean() }),
  find: (desk, { id }) => circleNamed(desk, 'group', id),
  touched: async (_desk, { subject }) => ({ principals: [subject.id] }),
  async run({ tx }, target) {
    const { name } = target.subject;
    const members = await countMembers(tx, target);
    await deleteCircle(tx, target);
    return { outcome: { id: target.subject.id }, before: { name, members }, after: { name, deleted: true } };
  },
  answer: async (_desk, { id }) => ({ id: outside('group', id), deleted: true }),
});
