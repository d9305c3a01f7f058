import { memberNamed, type Placing, teamsSeen } from '../storage/members.ts';
import { heldPerson } from '../storage/places.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { personNamed } from './directory.ts';
import type { Asking, Desk } from './operation.ts';
import { Words } from './shapes.ts';
import { unnamed } from './vias.ts';

/** A person as callers name them. */
export const Who = Words(400).describe('An email or id.');

/** Whether the caller sees the whole organization: suspended people, and when each was last here (ORG-5). */
export const seesWhole = async (desk: Desk): Promise<boolean> =>
  !((await desk.may('member.details', { noun: 'organization' })) instanceof Problem);

const bare = (named: string) => named.replace(/^person:/, '').trim();

/** The person that an email or id names, as a target; one whom the caller doesn't find is missing (DIR-1). */
export async function personCalled(desk: Desk, named: string) {
  const text = bare(named);
  const wanted = { id: inside('person', text), text };
  return { noun: 'person', id: await memberNamed(desk.tx, desk.me, await seesWhole(desk), wanted) } as const;
}

/** Whether a name is that of whoever asks, told by the call alone. */
export const isOneself = (named: string, { id, email }: Asking): boolean =>
  [email.toLowerCase(), outside('person', id)].includes(bare(named).toLowerCase());

/** The teams that bring someone in, as the caller may know them (TEAM-3). */
export async function viaTeams({ tx, me }: Desk, { teams }: Pick<Placing, 'teams'>): Promise<string[]> {
  const seen = await teamsSeen(
    tx,
    me,
    teams.map(({ id }) => id),
  );
  return [...new Set(teams.map(({ id }) => (seen.has(id) ? `team:${seen.get(id)}` : unnamed('team'))))];
}

/** Whoever is given something is there until the change is through: nobody removes them meanwhile (ORG-8). */
export async function holdActive({ tx, me }: Desk, person: string): Promise<void> {
  const held = await heldPerson(tx, me, person);
  if (held?.status === 'active') return;
  throw new Problem('not_found', 'You find no person of that name.', {
    advice: 'search_directory shows whom you find.',
  });
}

/** Who takes over what someone leaves behind. */
export interface Successor {
  readonly id: string;
  readonly email: string;
}

export const Heir = Words(400)
  .optional()
  .describe('Who gets what they own, where fit to: an email or id. Else the organization.');

/** The successor that the call names. Without override nobody takes over another's for themself (EXT-10). */
export async function successorNamed(
  desk: Desk,
  named: string | undefined,
  leaver: string,
): Promise<Successor | undefined> {
  if (named === undefined) return undefined;
  const found = await personNamed(desk, named);
  if (found instanceof Problem) throw found;
  if (found.id === leaver)
    throw new Problem('invalid_argument', '/successor: Nobody succeeds themself.', { pointer: '/successor' });
  if (found.id === desk.me.person && !desk.me.scopes.includes('override'))
    throw new Problem('permission_denied', 'Nobody takes over another’s things for themself here (EXT-10).', {
      advice: 'Name someone else, leave it to the organization, or use a key that bears the scope override.',
    });
  return { id: found.id, email: found.email ?? found.name };
}

/** Who may come to own what someone leaves: whom the call names, and whoever makes it (GRP-5). */
export async function heirsOf(desk: Desk, named: string | undefined): Promise<string[]> {
  const found = named === undefined ? undefined : await personNamed(desk, named);
  return [desk.me.person, ...(found && !(found instanceof Problem) ? [found.id] : [])];
}
