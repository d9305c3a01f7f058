import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import { type Held, heldBy } from '../storage/team-places.ts';
import { outside } from '../terms/ids.ts';
import { type Rung, reaches } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { Called, CircleShown } from './circles.ts';
import { circleNamed } from './directory.ts';
import { refuseRaisingOneself } from './oneself.ts';
import { changing, type Desk } from './operation.ts';
import { settleFor } from './settling.ts';
import {
  carryOut,
  isMe,
  isStaffing,
  moved,
  newIn,
  StaffingWish,
  type Step,
  stepsOf,
  takesOutOnly,
  told,
} from './staffing.ts';
import { keepingOwners, managesAll, teamNow } from './teams.ts';

type Teamwork = Decided<'team.staff' | 'team.join' | 'team.leave'>;

export const updateTeamMembers = changing({
  name: 'update_team_members',
  action: (wish, me) => {
    if (takesOutOnly(wish, me)) return 'team.leave';
    const [first, ...rest] = wish.set;
    const joins = first?.role === 'member' && isMe(first.person, me) && rest.length + wish.remove.length === 0;
    return joins ? 'team.join' : 'team.staff';
  },
  actions: ['team.staff', 'team.join', 'team.leave'],
  input: z
    .strictObject({ id: Called, ...StaffingWish(['member', 'manager'], 'member') })
    .refine(isStaffing.check, isStaffing.message),
  output: CircleShown.partial().extend({ id: z.string(), changed: z.int() }),
  find: (desk, { id }) => circleNamed(desk, 'team', id),
  async touched(desk, target, wish) {
    const { places, projects } = await heldBy(desk.tx, target);
    return {
      people: moved(await stepsOf(desk, target, wish)),
      principals: [target.subject.id],
      workspaces: [...places.map(({ workspace }) => workspace), ...projects],
    };
  },
  async run(desk, target, wish) {
    const steps = await stepsOf(desk, target, wish);
    const held = await heldBy(desk.tx, target);
    if (target.action === 'team.join') refuseJoining(desk, target, steps, held);
    else for (const { id, was, to } of steps) refuseRaisingOneself(desk, id, was as Rung<'team'>, to as Rung<'team'>);
    const running = held.places.filter(({ role }) => reaches('workspace', role, 'admin'));
    if (newIn(steps).length > 0) await refuseAdmitting(desk, target, running);
    const guests = running.length > 0 ? null : 'member';
    await keepingOwners(desk.tx, target, () => carryOut(desk, target, steps, { guests }));
    const also = await settleFor(desk, {
      people: newIn(steps),
      principals: [target.subject.id],
      workspaces: [...held.places.map(({ workspace }) => workspace), ...held.projects],
    });
    return {
      outcome: { id: target.subject.id, changed: steps.length },
      ...told(steps, ({ email }) => email),
      also,
      idle: steps.length === 0,
    };
  },
  async answer(desk, { id, changed }) {
    const shown = await teamNow(desk, id);
    return { ...(shown instanceof Problem ? { id: outside('team', id) } : shown), changed };
  },
});

/** By oneself one joins a public team; without `override`, only one that holds nothing (TEAM-2, TEAM-3, EXT-10). */
function refuseJoining(desk: Desk, { subject }: Teamwork, steps: readonly Step[], held: Held): void {
  const holdsNothing = held.places.length + held.projects.length === 0 && !held.hasGrants;
  if (subject.visibility === 'public' && holdsNothing) return;
  for (const { id, was, to } of steps) refuseRaisingOneself(desk, id, was as Rung<'team'>, to as Rung<'team'>);
}

/** Into a team that is owner or admin of workspaces, only org admins and the owners of each let people, one that was deleted too (TEAM-6). */
async function refuseAdmitting(desk: Desk, target: Teamwork, running: Held['places']): Promise<void> {
  if (running.length === 0 || (await managesAll(desk, target))) return;
  for (const { workspace } of running) {
    const owning = await desk.may('workspace.own', { noun: 'workspace', id: workspace });
    if (!(owning instanceof Problem)) continue;
    const restoring = await desk.may('workspace.restore', { noun: 'closed', id: workspace });
    if (!(restoring instanceof Problem)) continue;
    throw new Problem('permission_denied', 'This team runs a workspace, whose owners alone let people in (TEAM-6).', {
      advice: 'Ask an owner of the workspace, or an admin of the organization.',
    });
  }
}
