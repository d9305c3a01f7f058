import type { OrganizationRole, Rung, WorkspaceRole } from '../terms/ladders.ts';
import type { Place } from './capabilities.ts';
import type { Path } from './decide.ts';

/** What someone's role in the organization gives there, and a permission to invite (ORG-2, ORG-3). */
export const organizationPaths = (role: OrganizationRole, canInvite: boolean): Path[] => [
  { noun: 'organization', rung: role, via: 'member', rule: 'ORG-1' },
  ...(canInvite && role === 'member'
    ? [{ noun: 'inviting' as const, rung: 'inviter' as const, via: 'can_invite', rule: 'ORG-3' }]
    : []),
];

/** What an admin of the organization may do in workspaces whatever their place in them: it counts as an override (EXT-3, ORG-6). */
const office = (role: OrganizationRole): Path => ({
  noun: 'organization',
  rung: role,
  via: 'organization admin',
  rule: 'ORG-6',
  override: true,
});

export const workspacePaths = (places: readonly Place[], role: OrganizationRole): Path[] => [
  ...inWorkspace(places),
  office(role),
];

const inWorkspace = (places: readonly Place[]): Path[] =>
  places.map(({ role, via, override }) => ({
    noun: 'workspace',
    rung: role,
    via,
    rule: override ? 'ORG-6' : 'WS-2',
    override,
  }));

/** Whoever may delete a workspace may bring it back (ORG-9). */
export const closedPaths = (places: readonly Place[]): Path[] =>
  places
    .filter(({ role, override }) => override || role === 'owner')
    .map(({ via, override }) => ({ noun: 'closed', rung: 'owner', via, rule: override ? 'ORG-6' : 'WS-1', override }));

/** What is the case between one person and one project of a workspace. */
export interface ProjectGround {
  readonly mode: 'open' | 'restricted';
  /** Their own role in it, or a team's, the higher. */
  readonly member: Rung<'project'> | null;
}

/** An open project is seen by the workspace, a restricted one by its members; those who make projects see both (WS-7). */
export function projectPaths({ mode, member }: ProjectGround, places: readonly Place[]): Path[] {
  const placed = places.some(({ override }) => !override);
  const makers = places.filter(({ role }) => isMaker(role));
  return [
    ...(placed && mode === 'open'
      ? [{ noun: 'project' as const, rung: 'viewer' as const, via: 'open', rule: 'WS-7' }]
      : []),
    ...(placed && member ? [{ noun: 'project' as const, rung: member, via: 'member', rule: 'WS-7' }] : []),
    ...makers.map(
      ({ role, override }): Path => ({
        noun: 'project',
        rung: 'viewer',
        via: `workspace ${role}`,
        rule: 'WS-7',
        override,
      }),
    ),
    ...inWorkspace(places),
  ];
}

const isMaker = (role: WorkspaceRole) => role === 'owner' || role === 'admin';

/** What is the case between one person and a group or team. */
export interface CircleGround<N extends 'group' | 'team'> {
  readonly role: Exclude<Rung<N>, 'aware'> | null;
  /** Whether they know that it exists (DIR-1). */
  readonly found: boolean;
}

export const groupPaths = ({ role, found }: CircleGround<'group'>): Path[] => [
  ...(role ? [{ noun: 'group' as const, rung: role, via: 'member', rule: 'GRP-1' }] : []),
  ...(found ? [{ noun: 'group' as const, rung: 'aware' as const, via: 'directory', rule: 'GRP-3' }] : []),
];

/** An admin of the organization sees every team (TEAM-3); the caller's role in it is a path as well (TEAM-1). */
export const teamPaths = ({ role, found }: CircleGround<'team'>, organizationRole: OrganizationRole): Path[] => [
  ...(role ? [{ noun: 'team' as const, rung: role, via: 'member', rule: 'TEAM-4' }] : []),
  ...(found ? [{ noun: 'team' as const, rung: 'aware' as const, via: 'directory', rule: 'TEAM-2' }] : []),
  ...organizationPaths(organizationRole, false),
];

/** What is the case between one person and another. */
export interface PersonGround {
  readonly self: boolean;
  readonly found: boolean;
}

export const personPaths = ({ self, found }: PersonGround, role: OrganizationRole): Path[] => [
  ...(self ? [{ noun: 'person' as const, rung: 'self' as const, via: 'self', rule: 'DIR-1' }] : []),
  ...(found ? [{ noun: 'person' as const, rung: 'seen' as const, via: 'directory', rule: 'DIR-1' }] : []),
  ...organizationPaths(role, false),
];

/** Whoever sent it, and admins, may send it anew or take it back (ORG-3). */
export const invitationPaths = (sent: boolean, role: OrganizationRole): Path[] => [
  ...(sent ? [{ noun: 'invitation' as const, rung: 'sender' as const, via: 'sender', rule: 'ORG-3' }] : []),
  ...(role === 'admin'
    ? [{ noun: 'invitation' as const, rung: 'seen' as const, via: 'organization admin', rule: 'ORG-3' }]
    : []),
  ...organizationPaths(role, false),
];
