import * as z from 'zod';
import { countMembers } from '../storage/circle-members.ts';
import { deleteCircle, insertCircle, updateCircle } from '../storage/circles.ts';
import type { Decided } from '../storage/decided.ts';
import type { TeamRow } from '../storage/rows.ts';
import { heldBy, holdWorkspaces, ownedAmong } from '../storage/team-places.ts';
import { outside } from '../terms/ids.ts';
import { reaches } from '../terms/ladders.ts';
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
import { roomOfAnswer, weightOf } from './weight.ts';

const visibility = z
  .enum(['public', 'locked'])
  .describe('public: any member of the organization sees it and may join.');

export const listTeams = reading({
  name: 'list_teams',
  action: 'team.list',
  input: z.strictObject({
    ...CirclesWanted,
    team: Called.optional().describe('Name or id: this one, and who is in it.'),
  }),
  output: z.object({ ...CirclesListed, ...MembersListed }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { team, ...wish }) {
    if (team === undefined) return circlesListed(desk, 'team', wish);
    const target = await desk.may('team.see', await circleNamed(desk, 'team', team));
    if (target instanceof Problem) throw target;
    const role = roleIn(target);
    const whole = role !== null || (await managesAll(desk, target));
    const shown = circleShown('team', {
      ...target.subject,
      role,
      members: whole ? await countMembers(desk.tx, target) : null,
    });
    const room = roomOfAnswer - weightOf(shown);
    const { total, ...page } = await membersListed(desk, target, { ...wish, whole, room });
    return { items: [shown], ...(whole && { total }), ...page };
  },
});

/** Whether the caller manages every team and who is in it (TEAM-1). */
export const managesAll = async (desk: Desk, { subject }: { readonly subject: TeamRow }) =>
  !((await desk.may('team.edit', { noun: 'team', id: subject.id })) instanceof Problem);

/** The team as whoever changed it sees it now. */
export async function teamNow(desk: Desk, id: string): Promise<z.output<typeof CircleShown> | Problem> {
  const target = await desk.may('team.see', { noun: 'team', id });
  if (target instanceof Problem) return target;
  const role = roleIn(target);
  const isWhole = role !== null || (await managesAll(desk, target));
  const members = isWhole ? await countMembers(desk.tx, target) : null;
  return circleShown('team', { ...target.subject, role, members });
}

export const createTeam = changing({
  name: 'create_team',
  action: 'team.create',
  input: z.strictObject({ ...Described, visibility: visibility.default('locked') }),
  output: CircleShown,
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx }, organization, { description = null, avatar = null, ...rest }) {
    const made = { ...rest, description, avatar };
    const id = await insertCircle(tx, organization, made);
    return { outcome: { id }, made: { noun: 'team', id }, before: null, after: { id: outside('team', id), ...made } };
  },
  answer: async (desk, { id }) => shownOrRefused(await teamNow(desk, id)),
});

export const updateTeam = changing({
  name: 'update_team',
  action: 'team.edit',
  input: z.strictObject({ id: Called, ...Redescribed, visibility: visibility.optional() }),
  output: CircleShown,
  find: (desk, { id }) => circleNamed(desk, 'team', id),
  async run({ tx }, target, { id: _, visibility = target.subject.visibility, ...wish }) {
    const was = stateOf(target.subject);
    const to = { ...redescribed(was, wish), visibility };
    if (visibility === 'public' && was.visibility !== 'public') {
      const { places } = await heldBy(tx, target);
      if (places.some(({ role }) => reaches('workspace', role, 'admin'))) throw wouldBePublic();
    }
    await updateCircle(tx, target, to);
    return { outcome: { id: target.subject.id }, ...difference(was, to) };
  },
  answer: async (desk, { id }) => shownOrRefused(await teamNow(desk, id)),
});

const stateOf = ({ name, description, avatar, visibility }: TeamRow) => ({ name, description, avatar, visibility });

const wouldBePublic = () =>
  new Problem('conflict', 'A team that is owner or admin of a workspace stays locked (TEAM-6).', {
    advice: 'Give it a lower role in each workspace first.',
  });

export const deleteTeam = changing({
  name: 'delete_team',
  action: 'team.delete',
  input: z.strictObject({ id: Called }),
  output: z.object({ id: z.string(), deleted: z.boolean() }),
  find: (desk, { id }) => circleNamed(desk, 'team', id),
  async touched({ tx }, target) {
    const { places, projects } = await heldBy(tx, target);
    return {
      principals: [target.subject.id],
      workspaces: [...places.map(({ workspace }) => workspace), ...projects],
    };
  },
  async run({ tx }, target) {
    const { name } = target.subject;
    const members = await countMembers(tx, target);
    await keepingOwners(tx, target, () => deleteCircle(tx, target));
    return { outcome: { id: target.subject.id }, before: { name, members }, after: { name, deleted: true } };
  },
  answer: async (_desk, { id }) => ({ id: outside('team', id), deleted: true }),
});

/** Makes a change to a team, unless a workspace that it owns is left without any owner by it (GRP-5). */
export async function keepingOwners(
  tx: Desk['tx'],
  target: Decided<'team.staff' | 'team.leave' | 'team.join' | 'team.delete'>,
  change: () => Promise<void>,
): Promise<void> {
  const { places } = await heldBy(tx, target);
  const owned = places.filter(({ role }) => role === 'owner').map(({ workspace }) => workspace);
  await holdWorkspaces(tx, target, owned);
  const before = await ownedAmong(tx, target, owned);
  await change();
  const after = await ownedAmong(tx, target, owned);
  if ([...before].every((it) => after.has(it))) return;
  throw new Problem('conflict', 'A workspace that this team owns would be left without an owner (GRP-5).', {
    advice: 'Give the workspace another owner first.',
  });
}
