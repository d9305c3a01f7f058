import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import type { Departure } from '../storage/departing.ts';
import { placesHeld } from '../storage/leavers.ts';
import { type Placing, placingsOf } from '../storage/members.ts';
import { dropTeam, isOwned, ownPlace, peopleOfTeam, type Staffed } from '../storage/places.ts';
import type { Orphan } from '../storage/succession.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { part } from './departing.ts';
import { type Change, changing, type Desk } from './operation.ts';
import { Heir, heirsOf, isOneself, personCalled, type Successor, successorNamed, viaTeams } from './people.ts';
import { lastOwner, placedOne, unmakingOwner } from './roles.ts';
import { organizationOwned, Words } from './shapes.ts';
import { workspaceCalled } from './workspaces.ts';

/** What came of it, kept to be rendered. */
interface Gone {
  readonly type: 'person' | 'team';
  readonly id: string;
  readonly name: string;
  readonly workspace?: string | undefined;
  readonly successor?: string | undefined;
  readonly still?: readonly string[];
  readonly adopted?: readonly Orphan[];
}

const GoneShown = z.object({
  removed: z.string(),
  name: z.string(),
  workspace: z.string().optional(),
  successor: z.string().optional(),
  still: z.array(z.string()).optional(),
  you_now_own: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

const goneShown = ({ type, id, name, workspace, successor, still = [], adopted = [] }: Gone) => ({
  removed: outside(type, id),
  name,
  ...(workspace && { workspace: outside('workspace', workspace) }),
  ...(successor && { successor }),
  ...(still.length > 0 && { still: [...still] }),
  ...(adopted.length > 0 && {
    you_now_own: adopted.slice(0, 20).map((it) => ({ id: outside(it.noun, it.id), name: it.name })),
  }),
});

export const removeMember = changing({
  name: 'remove_member',
  action: ({ id, workspace }, me) =>
    workspace === undefined ? 'member.remove' : isOneself(id, me) ? 'workspace.leave' : 'workspace.staff',
  actions: ['member.remove', 'workspace.staff', 'workspace.leave'],
  input: z
    .strictObject({
      id: Words(400).describe('An email or id; with workspace team:NAME, too.'),
      workspace: Words(200).optional().describe('Only from this one: a name or id.'),
      successor: Heir,
    })
    .refine(({ workspace, id }) => workspace !== undefined || !id.startsWith('team:'), {
      path: ['id'],
      message: 'A team is taken out of workspaces only; delete_team ends it.',
    }),
  output: GoneShown,
  find: async (desk, { id, workspace }) =>
    workspace === undefined ? await personCalled(desk, id) : await workspaceCalled(desk, workspace),
  async touched(desk, target, { id: named, workspace, successor }) {
    const heirs = await heirsOf(desk, successor);
    if (workspace === undefined)
      return { people: [target.subject.id, ...heirs], ...(await placesHeld(desk.tx, desk.me, target.subject.id)) };
    const { type, id } = await placedOne(desk, named);
    return {
      people: type === 'person' ? [id, ...heirs] : await peopleOfTeam(desk.tx, desk.me, id),
      workspaces: [target.subject.id],
    };
  },
  async run(desk, target, wish): Promise<Change<Gone>> {
    if (wish.workspace === undefined)
      return outOfOrganization(desk, target as Decided<'member.remove'>, wish.successor);
    return wish.id.startsWith('team:')
      ? teamOutOfWorkspace(desk, target as Staffed, wish.id)
      : outOfWorkspace(desk, target as Staffed, wish);
  },
  answer: async (_desk, gone) => goneShown(gone),
});

export const leaveOrganization = changing({
  name: 'leave_organization',
  action: 'organization.leave',
  input: z.strictObject({ successor: Heir }),
  output: GoneShown,
  target: () => ({ noun: 'organization' }) as const,
  touched: async (desk, _organization, { successor }) => ({
    people: await heirsOf(desk, successor),
    ...(await placesHeld(desk.tx, desk.me, desk.me.person)),
  }),
  async run(desk, target, { successor }): Promise<Change<Gone>> {
    const { person, email, role } = desk.me;
    const gone = await going(desk, target, { id: person, email, role }, successor);
    return { ...gone, made: { noun: 'person', id: person } };
  },
  answer: async (_desk, gone) => goneShown(gone),
});

const outOfOrganization = (desk: Desk, target: Decided<'member.remove'>, successor: string | undefined) =>
  going(desk, target, target.subject, successor);

async function going(
  desk: Desk,
  target: Departure,
  { id, email, role }: { readonly id: string; readonly email: string; readonly role: string },
  successor: string | undefined,
): Promise<Change<Gone>> {
  const heir = await successorNamed(desk, successor, id);
  const { also, adopted } = await part(desk, target, { person: id, heir });
  return {
    outcome: { type: 'person', id, name: email, successor: inheriting(heir), adopted },
    before: { email, role },
    after: { status: 'removed', successor: inheriting(heir) },
    also,
  };
}

const inheriting = (heir: Successor | undefined) => heir?.email ?? organizationOwned;

async function outOfWorkspace(
  desk: Desk,
  target: Staffed,
  { id: named, successor }: { readonly id: string; readonly successor?: string | undefined },
): Promise<Change<Gone>> {
  const { tx, me } = desk;
  const { id, name } = await placedOne(desk, named);
  const workspace = target.subject.id;
  const [placing] = await placingsOf(tx, me, [id], [workspace]);
  if (!placing?.own) throw notIn(placing);
  if (placing.own === 'owner' && id !== me.person) await unmakingOwner(desk, workspace);
  const heir = await successorNamed(desk, successor, id);
  const { also, adopted } = await part(desk, target, { person: id, workspace, heir });
  const still = await viaTeams(desk, placing);
  const whose = { person: outside('person', id) };
  return {
    outcome: { type: 'person', id, name, workspace, successor: inheriting(heir), still, adopted },
    before: { ...whose, role: placing.own },
    after: { ...whose, role: null, successor: inheriting(heir) },
    also,
  };
}

const notIn = (placing: Placing | undefined) =>
  placing
    ? new Problem('conflict', 'They are in this workspace by a team only.', {
        advice: 'Take them out of the team with update_team_members, or the team out of the workspace.',
      })
    : new Problem('invalid_argument', '/id: They are not in this workspace.', { pointer: '/id' });

async function teamOutOfWorkspace(desk: Desk, target: Staffed, named: string): Promise<Change<Gone>> {
  const { tx } = desk;
  const { id, name } = await placedOne(desk, named);
  const workspace = target.subject.id;
  const was = await ownPlace(tx, target, 'team', id);
  if (!was) throw new Problem('invalid_argument', '/id: This team is not in this workspace.', { pointer: '/id' });
  if (was === 'owner') await unmakingOwner(desk, workspace);
  await dropTeam(tx, target, id);
  if (was === 'owner' && !(await isOwned(tx, target))) throw lastOwner();
  const whose = { team: outside('team', id) };
  return {
    outcome: { type: 'team', id, name, workspace },
    before: { ...whose, role: was },
    after: { ...whose, role: null },
  };
}
