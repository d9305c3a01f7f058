import * as z from 'zod';
import type { PairPlace } from '../storage/touched.ts';
import { Problem } from '../terms/problem.ts';
import { updateGroupMembers } from './group-members.ts';
import { deleteGroup } from './groups.ts';
import { type Operation, reading } from './operation.ts';
import { setVisibility, transferOwnership } from './ownership.ts';
import { type Difference, differenceShown, isGain } from './preview.ts';
import { updateProjectMembers } from './project-members.ts';
import { removeMember } from './removing.ts';
import { setMemberRole } from './roles.ts';
import { Paging } from './shapes.ts';
import { shareResource, unshareResource } from './sharing.ts';
import { setMemberStatus } from './suspending.ts';
import { updateTeamMembers } from './team-members.ts';
import { deleteTeam } from './teams.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { deleteWorkspace } from './workspace-keeping.ts';

/** The changes that can be simulated: of role, group, team, visibility and grant (EXP-3). */
const changes = {
  share_resource: shareResource,
  unshare_resource: unshareResource,
  set_visibility: setVisibility,
  transfer_ownership: transferOwnership,
  update_group_members: updateGroupMembers,
  delete_group: deleteGroup,
  update_team_members: updateTeamMembers,
  delete_team: deleteTeam,
  update_project_members: updateProjectMembers,
  delete_workspace: deleteWorkspace,
  set_member_role: setMemberRole,
  remove_member: removeMember,
  set_member_status: setMemberStatus,
} as const satisfies Record<string, Operation>;

const DifferenceShape = z.object({
  person: z.string(),
  resource: z.object({ id: z.string(), name: z.string() }).optional(),
  before: z.string(),
  after: z.string(),
});

export const simulateAccess = reading({
  name: 'simulate_access',
  costly: true,
  action: 'access.simulate',
  rehearses: true,
  input: z.strictObject({
    change: z.enum(Object.keys(changes) as (keyof typeof changes)[]).describe('The tool that would make it.'),
    arguments: z.record(z.string(), z.unknown()).describe('As that tool takes them.'),
    ...Paging,
  }),
  output: z.object({
    gains: z.array(DifferenceShape),
    loses: z.array(DifferenceShape),
    note: z.string().optional(),
    next_cursor: z.string().optional(),
  }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { change, arguments: args, limit, cursor }) {
    const asked = { change, arguments: args };
    const from = cursor === undefined ? undefined : (JSON.parse(desk.placeOf(asked, cursor)) as PairPlace);
    const found = await desk.trial(changes[change], args, { most: 2 * limit, from });
    if (found instanceof Problem) throw found;
    const { differences, next, isNamed } = found;
    const shown = lightest(
      differences.slice(0, limit).map((it) => differenceShown(it, isNamed)),
      roomOfAnswer,
    );
    const those = differences.slice(0, shown.length);
    const place = shown.length < differences.length ? placeOf(those.at(-1)) : next;
    return {
      gains: shown.filter((_, i) => isGain(those[i] as Difference)),
      loses: shown.filter((_, i) => !isGain(those[i] as Difference)),
      ...(isNamed && { note: 'Only what you can open is named; there may be more.' }),
      ...(place && { next_cursor: desk.cursor(asked, JSON.stringify(place)) }),
    };
  },
});

const placeOf = (last: Difference | undefined): PairPlace | undefined =>
  last && { resource: last.resource.id, person: last.person.id };
