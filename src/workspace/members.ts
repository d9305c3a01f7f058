import * as z from 'zod';
import { principalsNamed } from '../storage/directory.ts';
import { type Member, type Placing, pageOfMembers, placeBehind, placingsOf, teamsOf } from '../storage/members.ts';
import type { Standing } from '../storage/standing.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { enabledIn } from './enabling.ts';
import { type Desk, reading } from './operation.ts';
import { personCalled, seesWhole, viaTeams, Who } from './people.ts';
import { Paging, Words } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { standingsOf, workspacesNamed } from './workspaces.ts';

export const MemberShown = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.string(),
  badge: z.string().optional(),
  status: z.string().optional(),
  can_invite: z.boolean().optional(),
  last_login_at: z.string().optional(),
  teams: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })),
  workspaces: z.array(z.object({ id: z.string(), name: z.string(), role: z.string() })),
  more_places: z.int().optional(),
});

export const listMembers = reading({
  name: 'list_members',
  action: 'member.list',
  input: z.strictObject({
    query: Words(200).default('').describe('Part of a name or email.'),
    role: z.enum(['admin', 'member', 'guest']).optional(),
    status: z.enum(['active', 'suspended']).default('active').describe('suspended is shown to admins.'),
    workspace: Words(200).optional().describe('A name or id.'),
    team: Words(200).optional().describe('A name or id.'),
    ...Paging,
  }),
  output: z.object({ items: z.array(MemberShown), next_cursor: z.string().optional() }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { limit, cursor, ...asked }) {
    const { tx, me } = desk;
    const after = cursor === undefined ? undefined : (JSON.parse(desk.placeOf(asked, cursor)) as [string, string]);
    const known = await standingsOf(desk);
    const whole = await seesWhole(desk);
    const { items, next } = await pageOfMembers(tx, me, whole, {
      text: asked.query,
      role: asked.role,
      status: whole ? asked.status : 'active',
      workspaces: asked.workspace === undefined ? undefined : idsOf(workspacesNamed(known, asked.workspace)),
      teams: asked.team === undefined ? undefined : await teamsNamed(desk, asked.team),
      limit: !whole && asked.status === 'suspended' ? 0 : limit,
      after,
    });
    const shown = lightest(await membersShown(desk, items, { known, whole, most: 5 }), roomOfAnswer);
    const last = shown.length < items.length ? placeBehind(items[shown.length - 1] as Member) : next;
    return { items: shown, ...(last && { next_cursor: desk.cursor(asked, last) }) };
  },
});

const idsOf = (those: readonly Standing[]) => those.map(({ workspace }) => workspace);

const teamsNamed = async ({ tx, me }: Desk, named: string): Promise<readonly string[]> =>
  (await principalsNamed(tx, me, 'team', { id: inside('team', named), text: named.trim() })).map(({ id }) => id);

interface Showing {
  /** The workspaces that the caller may know of. */
  readonly known: readonly Standing[];
  readonly whole: boolean;
  /** Places of each sort. */
  readonly most: number;
}

/** People as a list shows them: with the teams and workspaces of theirs that the caller may know of, and no others (DIR-1). */
export async function membersShown(
  { tx, me }: Desk,
  members: readonly Member[],
  { known, whole, most }: Showing,
): Promise<z.output<typeof MemberShown>[]> {
  const people = members.map(({ id }) => id);
  const teams = Map.groupBy(await teamsOf(tx, me, people), ({ person }) => person);
  const placings = Map.groupBy(await placingsOf(tx, me, people, idsOf(known)), ({ person }) => person);
  return members.map((it) => {
    const own = teams.get(it.id) ?? [];
    const placed = placesIn(known, placings.get(it.id) ?? []);
    const [some, others] = [own.slice(0, most), placed.slice(0, most)];
    const more = own.length + placed.length - some.length - others.length;
    return {
      ...personShown(it, whole),
      teams: some.map(({ id, name, role }) => ({ id: outside('team', id), name, role })),
      workspaces: others.map(({ id, name, role }) => ({ id: outside('workspace', id), name, role })),
      ...(more > 0 && { more_places: more }),
    };
  });
}

/** Those of these workspaces in which someone is placed, with their role there. */
function placesIn(known: readonly Standing[], placings: readonly Placing[]) {
  const roles = new Map(placings.map(({ workspace, role }) => [workspace, role]));
  return known.flatMap(({ workspace, name }) => {
    const role = roles.get(workspace);
    return role ? [{ id: workspace, name, role }] : [];
  });
}

const personShown = ({ id, email, name, role, status, can_invite, last_login_at }: Member, whole: boolean) => ({
  id: outside('person', id),
  email,
  name,
  role,
  ...badges[role],
  ...(status !== 'active' && { status }),
  ...(whole && can_invite && { can_invite }),
  ...(whole && last_login_at && { last_login_at: new Date(last_login_at).toISOString() }),
});

/** What a person bears beside their name; plain members bear nothing (ORG-5). */
const badges = { admin: { badge: 'Admin' }, member: {}, guest: { badge: 'Guest' } } as const;

export const getMember = reading({
  name: 'get_member',
  action: 'member.see',
  input: z.strictObject({ id: Who }),
  output: MemberShown.extend({
    workspaces: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        role: z.string(),
        by: z.array(z.string()),
        capabilities: z.array(z.string()).optional(),
        switched: z.record(z.string(), z.boolean()).optional(),
      }),
    ),
  }),
  find: (desk, { id }) => personCalled(desk, id),
  async run(desk, { subject }) {
    const known = await standingsOf(desk);
    const whole = await seesWhole(desk);
    const { id, email, name, role, can_invite, last_login_at, status } = subject;
    const member = { id, email, name, role, can_invite, last_login_at, status: status as Member['status'], key: '' };
    const [shown] = await membersShown(desk, [member], { known, whole, most: 40 });
    const workspaces = await placesOf(desk, id, known);
    const { more_places: beyond = 0, teams, workspaces: all, ...rest } = shown as z.output<typeof MemberShown>;
    const some = { teams: lightest(teams, roomOfPlaces), workspaces: lightest(workspaces, roomOfPlaces) };
    const more = beyond + teams.length + all.length - some.teams.length - some.workspaces.length;
    return { ...rest, ...some, ...(more > 0 && { more_places: more }) };
  },
});

/** Estimated tokens, of each sort of place. */
const roomOfPlaces = 3_000;

/** How someone is in the workspaces that the caller knows of; what is switched for them is for those who switch it (WS-3). */
async function placesOf(desk: Desk, person: string, known: readonly Standing[]) {
  const placings = await placingsOf(desk.tx, desk.me, [person], idsOf(known));
  const shown = [];
  for (const { workspace, name } of known) {
    const it = placings.find((placing) => placing.workspace === workspace);
    if (!it || shown.length >= 40) continue;
    const enabling = await desk.may('workspace.enable', { noun: 'workspace', id: workspace });
    shown.push({
      id: outside('workspace', workspace),
      name,
      role: it.role,
      by: [...(it.own ? ['member'] : []), ...(await viaTeams(desk, it))],
      ...(!(enabling instanceof Problem) && (await enabledIn(desk, workspace, person, it))),
    });
  }
  return shown;
}
