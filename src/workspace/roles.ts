import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import { endOffices, storeMember } from '../storage/guests.ts';
import { placesHeld } from '../storage/leavers.ts';
import { placingsOf } from '../storage/members.ts';
import { heldPerson, heldTeam, isOwned, ownPlace, peopleOfTeam, type Staffed, setPlace } from '../storage/places.ts';
import { outside } from '../terms/ids.ts';
import { type OrganizationRole, reaches, type WorkspaceRole } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { inLog, leaveBehind } from './departing.ts';
import { principalNamed } from './directory.ts';
import { refuseRaisingOneself } from './oneself.ts';
import { type Change, changing, type Desk } from './operation.ts';
import { Heir, heirsOf, personCalled, successorNamed } from './people.ts';
import { settleFor } from './settling.ts';
import { Words } from './shapes.ts';
import { workspaceCalled } from './workspaces.ts';

const inOrganization = ['guest', 'member', 'admin'] as const;
const inWorkspace = ['viewer', 'creator', 'admin', 'owner'] as const;

interface Wish {
  readonly id: string;
  readonly role?: OrganizationRole | WorkspaceRole | undefined;
  readonly workspace?: string | undefined;
  readonly can_invite?: boolean | undefined;
  readonly successor?: string | undefined;
}

/** What came of it, kept to be rendered: who has which role where. */
interface Role {
  readonly type: 'person' | 'team';
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly workspace?: string;
  readonly can_invite?: boolean;
}

const fits = (roles: readonly string[], role: string | undefined) => role === undefined || roles.includes(role);

export const setMemberRole = changing({
  name: 'set_member_role',
  action: ({ workspace, role }) =>
    workspace === undefined ? 'member.role' : role === 'owner' ? 'workspace.own' : 'workspace.staff',
  actions: ['member.role', 'workspace.staff', 'workspace.own'],
  input: z
    .strictObject({
      id: Words(400).describe('An email or id; with workspace team:NAME, too.'),
      role: z
        .enum([...new Set([...inOrganization, ...inWorkspace])])
        .optional()
        .describe('In the organization guest, member, admin; in a workspace viewer, creator, admin, owner.'),
      workspace: Words(200).optional().describe('A name or id. Whoever is not in it is added.'),
      can_invite: z.boolean().optional().describe('Whether a member may invite; without workspace.'),
      successor: Heir.describe('With guest: who becomes owner of what they alone own. Else you.'),
    })
    .refine(({ role, can_invite }) => role !== undefined || can_invite !== undefined, {
      path: ['role'],
      message: 'It is missing.',
    })
    .refine(({ workspace, role }) => fits(workspace === undefined ? inOrganization : inWorkspace, role), {
      path: ['role'],
      message: 'There is no such role there.',
    })
    .refine(
      ({ workspace, role, can_invite }) => workspace === undefined || (role !== undefined && can_invite === undefined),
      {
        path: ['can_invite'],
        message: 'In a workspace there are roles only.',
      },
    )
    .refine(({ role, successor }) => successor === undefined || role === 'guest', {
      path: ['successor'],
      message: 'It goes with guest only.',
    })
    .refine(({ workspace, id }) => workspace !== undefined || !id.startsWith('team:'), {
      path: ['id'],
      message: 'A team has a role in workspaces only.',
    }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    role: z.string(),
    workspace: z.string().optional(),
    can_invite: z.boolean().optional(),
  }),
  find: async (desk, { id, workspace }) =>
    workspace === undefined ? await personCalled(desk, id) : await workspaceCalled(desk, workspace),
  async touched(desk, target, { id: named, workspace, role, successor }) {
    if (workspace === undefined) {
      const held = await placesHeld(desk.tx, desk.me, target.subject.id, { anywhere: role === 'admin' });
      return { people: [target.subject.id, ...(await heirsOf(desk, successor))], ...held };
    }
    const { type, id } = await placedOne(desk, named);
    const people = type === 'person' ? [id] : await peopleOfTeam(desk.tx, desk.me, id);
    return { people, workspaces: [target.subject.id] };
  },
  run: (desk, target, wish): Promise<Change<Role>> =>
    wish.workspace === undefined
      ? inOrganizationNow(desk, target as Decided<'member.role'>, wish)
      : inWorkspaceNow(desk, target as Staffed, wish),
  answer: async (_desk, { type, id, name, role, workspace, can_invite }) => ({
    id: outside(type, id),
    name,
    role,
    ...(workspace && { workspace: outside('workspace', workspace) }),
    ...(can_invite && { can_invite }),
  }),
});

async function inOrganizationNow(desk: Desk, target: Decided<'member.role'>, wish: Wish): Promise<Change<Role>> {
  const { tx } = desk;
  const { subject } = target;
  const role = (wish.role ?? subject.role) as OrganizationRole;
  if (wish.can_invite && role !== 'member')
    throw new Problem('invalid_argument', '/can_invite: Admins invite anyway, and guests never (ORG-3).', {
      pointer: '/can_invite',
    });
  const canInvite = role === 'member' && (wish.can_invite ?? subject.can_invite);
  const heir = await successorNamed(desk, wish.successor, subject.id);
  const becomesGuest = role === 'guest' && subject.role !== 'guest';
  const left = becomesGuest ? await leaveBehind(desk, { person: subject.id, heir }) : { also: [] };
  const ended = becomesGuest ? await endOffices(tx, target) : [];
  await storeMember(tx, target, { role, canInvite });
  return {
    outcome: { type: 'person', id: subject.id, name: subject.email, role, can_invite: canInvite },
    before: { role: subject.role, can_invite: subject.can_invite },
    after: { role, can_invite: canInvite, ...(heir && { successor: heir.email }) },
    also: [...left.also, ...ended.map(inLog)],
    idle: role === subject.role && canInvite === subject.can_invite,
  };
}

/** The person or team that `who` names, of those that the caller finds; unknown and unseen answer alike (DIR-1). */
export async function placedOne(
  desk: Desk,
  who: string,
): Promise<{ readonly type: 'person' | 'team'; readonly id: string; readonly name: string }> {
  if (who.startsWith('team:')) return { ...(await principalNamed(desk, who)), type: 'team' };
  const { id } = await personCalled(desk, who);
  const held = id && (await heldPerson(desk.tx, desk.me, id));
  if (!id || !held)
    throw new Problem('not_found', 'You find no person of that name.', {
      advice: 'search_directory shows whom you find.',
    });
  return { type: 'person', id, name: held.email };
}

async function inWorkspaceNow(desk: Desk, target: Staffed, wish: Wish): Promise<Change<Role>> {
  const { tx, me } = desk;
  const workspace = target.subject.id;
  const role = wish.role as WorkspaceRole;
  const { type, id, name } = await placedOne(desk, wish.id);
  await refuseUnfit(desk, type, id, role);
  const people = type === 'person' ? [id] : await peopleOfTeam(tx, me, id);
  if (people.includes(me.person)) {
    const [placing] = await placingsOf(tx, me, [me.person], [workspace]);
    refuseRaisingOneself(desk, me.person, placing?.role, role);
  }
  const was = await ownPlace(tx, target, type, id);
  if (was === 'owner' && role !== 'owner') await unmakingOwner(desk, workspace);
  await setPlace(tx, target, type, id, role);
  if (was === 'owner' && !(await isOwned(tx, target))) throw lastOwner();
  return {
    outcome: { type, id, name, role, workspace },
    before: { [type]: outside(type, id), role: was ?? null },
    after: { [type]: outside(type, id), role },
    also: await settleFor(desk, { people, workspaces: [workspace] }),
    idle: was === role,
  };
}

/** Only owners and admins of the organization make or unmake owners (WS-1). */
export async function unmakingOwner(desk: Desk, workspace: string): Promise<void> {
  const owning = await desk.may('workspace.own', { noun: 'workspace', id: workspace });
  if (owning instanceof Problem) throw owning;
}

export const lastOwner = () =>
  new Problem('conflict', 'A workspace keeps at least one owner (GRP-5).', {
    advice: 'Make someone else its owner first.',
  });

/** A guest runs no workspace (ORG-10), and a public team, which everyone may join, none either (TEAM-6). */
async function refuseUnfit({ tx, me }: Desk, type: 'person' | 'team', id: string, role: WorkspaceRole): Promise<void> {
  const runs = reaches('workspace', role, 'admin');
  const refused = (message: string) => new Problem('invalid_argument', `/role: ${message}`, { pointer: '/role' });
  if (type === 'person') {
    const held = await heldPerson(tx, me, id);
    if (runs && held?.role === 'guest') throw refused('A guest is never owner or admin of a workspace (ORG-10).');
    return;
  }
  const team = await heldTeam(tx, me, id);
  if (runs && team?.visibility === 'public')
    throw refused('A public team is never owner or admin of a workspace (TEAM-6).');
  if (runs && team?.guests)
    throw refused('A guest is in this team, and is never owner or admin of a workspace (ORG-10).');
}
