import * as z from 'zod';
import { hasOwner, type Staffing } from '../storage/circle-members.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { Called, CircleShown } from './circles.ts';
import { circleNamed } from './directory.ts';
import { groupNow } from './groups.ts';
import { changing, type Desk } from './operation.ts';
import { settleFor } from './settling.ts';
import {
  carryOut,
  isStaffing,
  moved,
  newIn,
  StaffingWish,
  type Step,
  stepsOf,
  takesOutOnly,
  told,
} from './staffing.ts';

export const updateGroupMembers = changing({
  name: 'update_group_members',
  action: (wish, me) => {
    if (takesOutOnly(wish, me)) return 'group.leave';
    return wish.set.some(({ role }) => role !== 'viewer') ? 'group.rank' : 'group.staff';
  },
  actions: ['group.staff', 'group.rank', 'group.leave'],
  input: z
    .strictObject({ id: Called, ...StaffingWish(['viewer', 'editor', 'owner'], 'viewer') })
    .refine(isStaffing.check, isStaffing.message),
  output: CircleShown.partial().extend({ id: z.string(), changed: z.int() }),
  find: (desk, { id }) => circleNamed(desk, 'group', id),
  async touched(desk, target, wish) {
    return { people: moved(await stepsOf(desk, target, wish)), principals: [target.subject.id] };
  },
  async run(desk, target, wish) {
    const steps = await stepsOf(desk, target, wish);
    await refuseRanking(desk, target, steps);
    await carryOut(desk, target, steps, { guests: 'viewer' });
    if (steps.some(({ was }) => was === 'owner') && !(await hasOwner(desk.tx, target))) throw ownerless();
    const also = await settleFor(desk, { people: newIn(steps), principals: [target.subject.id] });
    return {
      outcome: { id: target.subject.id, changed: steps.length },
      ...told(steps, ({ email }) => email),
      also,
      idle: steps.length === 0,
    };
  },
  async answer(desk, { id, changed }) {
    const shown = await groupNow(desk, id);
    return { ...(shown instanceof Problem ? { id: outside('group', id) } : shown), changed };
  },
});

/** An editor puts in and takes out viewers; whatever touches an editor or owner is its owners', but leaving (GRP-1). */
async function refuseRanking(desk: Desk, { action, subject }: Staffing, steps: readonly Step[]): Promise<void> {
  const ranks = steps.some(({ was, to }) => [was, to].some((role) => role === 'editor' || role === 'owner'));
  if (action !== 'group.staff' || !ranks) return;
  const ruling = await desk.may('group.rank', { noun: 'group', id: subject.id });
  if (ruling instanceof Problem) throw ruling;
}

const ownerless = () =>
  new Problem('conflict', 'A group keeps at least one owner (GRP-5).', {
    advice: 'Make someone else its owner first, or delete the group.',
  });
