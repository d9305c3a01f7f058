import { decide } from '../access/decide.ts';
import { placesOf } from '../access/paths.ts';
import type { Action } from '../access/policy.ts';
import { organizationPaths, teamPaths, workspacePaths } from '../access/space-paths.ts';
import type { InvitedTo } from '../storage/invitations.ts';
import type { SenderGround, TeamGround } from '../storage/senders.ts';
import { type OrganizationRole, reaches, type WorkspaceRole } from '../terms/ladders.ts';

/** Which right inviting as this role takes, and somewhere as an owner (ORG-3). */
export const invitingAs = (
  role: OrganizationRole,
  workspaces: readonly { readonly role: WorkspaceRole }[],
): 'member.invite' | 'member.invite_admin' | 'member.invite_owner' => {
  if (role === 'admin') return 'member.invite_admin';
  return workspaces.some((it) => it.role === 'owner') ? 'member.invite_owner' : 'member.invite';
};

type Paths = Parameters<typeof decide>[1]['paths'];

const allows = (action: Action, paths: Paths, override: boolean): boolean =>
  decide(action, { places: [], switches: {}, paths, override }).outcome === 'allow';

/** Whether whoever sent it could still invite someone as this role. */
export const stillInvites = ({ role, canInvite }: SenderGround, as: OrganizationRole, to: InvitedTo): boolean =>
  allows(invitingAs(as, to.workspaces), organizationPaths(role, canInvite), true);

/** Of the places that an invitation names, those that its sender could give directly (ORG-3) and that suit who is invited (ORG-10). */
export function givable(
  sender: SenderGround,
  { role: as, places, override }: { role: OrganizationRole; places: InvitedTo; override: boolean },
): InvitedTo {
  return {
    workspaces: places.workspaces.filter(({ id, role }) => {
      const there = sender.workspaces.find((it) => it.id === id);
      if (!there || (as === 'guest' && reaches('workspace', role, 'admin'))) return false;
      const action = role === 'owner' ? 'workspace.own' : 'workspace.staff';
      return allows(action, workspacePaths(placesOf(there.ground), sender.role), override);
    }),
    teams: places.teams.filter(({ id, role }) => {
      const team = sender.teams.find((it) => it.id === id);
      if (!team || (as === 'guest' && (role === 'manager' || team.runs.length > 0))) return false;
      return staffs(sender, team, role, override) && letsInto(sender, team, override);
    }),
  };
}

/** Whoever manages it puts people in; into a public one, everyone who could join it by themself does (TEAM-2, TEAM-4). */
function staffs({ role }: SenderGround, team: TeamGround, as: 'manager' | 'member', override: boolean): boolean {
  const paths = teamPaths({ role: team.role, found: true }, role);
  if (allows('team.staff', paths, override)) return true;
  return as === 'member' && team.visibility === 'public' && allows('team.join', paths, override);
}

/** Into a team that runs a workspace, only its owners and admins of the organization let people (TEAM-6). */
const letsInto = ({ role }: SenderGround, { runs, role: own }: TeamGround, override: boolean): boolean =>
  runs.length === 0 ||
  allows('team.edit', teamPaths({ role: own, found: true }, role), override) ||
  runs.every((ground) => allows('workspace.own', workspacePaths(placesOf(ground), role), override));
