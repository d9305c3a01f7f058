import * as z from 'zod';
import { type Candidate, candidatesFor, heldRoles, type Staffing, setMembers } from '../storage/circle-members.ts';
import type { CircleRole } from '../storage/circles.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import type { Asking, Change, Desk } from './operation.ts';
import { Words } from './shapes.ts';
import { weightOf } from './weight.ts';

const Person = Words(400).describe('An email or id.');

/** How many people one call puts in, changes or takes out. */
export const most = 100;

/** Whom to put in or give another role, and whom to take out; 100 in all. */
export const StaffingWish = <R extends CircleRole>(roles: readonly [R, ...R[]], usual: R) => ({
  set: z
    .array(z.strictObject({ person: Person, role: z.enum(roles).default(usual as never) }))
    .max(most)
    .default([])
    .describe('Put in, or given this role.'),
  remove: z.array(Person).max(most).default([]),
});

/** What the call itself may be refused for. */
export const isStaffing = {
  check: ({ set, remove }: Pick<Wish, 'set' | 'remove'>) =>
    set.length + remove.length > 0 && set.length + remove.length <= most,
  message: { message: `It names 1 to ${most} people in set and remove.`, path: ['set'] },
};

interface Wish {
  readonly set: readonly { readonly person: string; readonly role: CircleRole }[];
  readonly remove: readonly string[];
}

/** What becomes of one person; without a role they are taken out. */
export interface Step extends Candidate {
  readonly to: CircleRole | null;
}

/** Whether `named` is whoever asks, told by the call alone. */
export const isMe = (named: string, { id, email }: Asking) =>
  [email.toLowerCase(), outside('person', id)].includes(named.trim().toLowerCase());

export const takesOutOnly = ({ set, remove }: Wish, me: Asking) =>
  set.length === 0 && remove.length === 1 && isMe(remove[0] as string, me);

/** What the call comes to: only those for whom something changes. Whoever is not found, or not in it to be taken out, is refused. */
export async function stepsOf(desk: Desk, target: Staffing, { set, remove }: Wish): Promise<readonly Step[]> {
  const wishes = [
    ...set.map(({ person, role }, i) => ({ text: person.trim(), to: role, pointer: `/set/${i}/person` })),
    ...remove.map((person, i) => ({ text: person.trim(), to: null, pointer: `/remove/${i}` })),
  ].map((it) => ({ ...it, id: inside('person', it.text), email: it.text.toLowerCase() }));
  const candidates = await candidatesFor(desk.tx, target, {
    ids: wishes.flatMap(({ id }) => id ?? []),
    emails: wishes.map(({ email }) => email),
  });
  const steps = wishes.map(({ id, email, to, pointer }) => {
    const found = candidates.find((it) => (id ? it.id === id : it.key === email));
    if (!found) throw unfound(pointer);
    if (to === null && found.was === null) throw notIn(pointer);
    return { ...found, to, pointer };
  });
  const twice = steps.find(({ id }, i) => steps.findIndex((it) => it.id === id) < i);
  if (twice)
    throw new Problem('invalid_argument', `${twice.pointer}: They stand in this call twice.`, {
      pointer: twice.pointer,
    });
  return steps.filter(({ was, to }) => was !== to).map(({ pointer: _, ...step }) => step);
}

const unfound = (pointer: string) =>
  new Problem('not_found', 'You find no person of that email or id.', {
    pointer,
    advice: 'search_directory shows whom you find.',
  });

/** Said of those who are found but not in it; whoever is not found is told the same as ever. */
const notIn = (pointer: string) =>
  new Problem('invalid_argument', `${pointer}: They are not in it.`, { pointer, advice: 'Leave them out.' });

/** Carries the steps out, on people who stay as they are until it is through; guests come in as `guests` alone, or not at all (ORG-10). */
export async function carryOut(
  { tx }: Desk,
  target: Staffing,
  steps: readonly Step[],
  { guests }: { readonly guests: CircleRole | null },
): Promise<void> {
  const coming = steps.filter(({ to }) => to !== null);
  const held = await heldRoles(
    tx,
    target,
    coming.map(({ id }) => id),
  );
  for (const { id, email, to } of coming) {
    if (!held.has(id)) throw inactive(email);
    if (held.get(id) === 'guest' && to !== guests) throw onlyAs(email, guests);
  }
  await setMembers(
    tx,
    target,
    steps.map(({ id, to }) => ({ id, role: to })),
  );
}

const inactive = (email: string) =>
  new Problem('conflict', `${email} is not active in the organization.`, { advice: 'Leave them out.' });

const onlyAs = (email: string, role: CircleRole | null) =>
  new Problem('invalid_argument', `/set: ${email} is a guest, and a guest is here ${role ?? 'not at all'} (ORG-10).`, {
    pointer: '/set',
    advice: role ? `Set the role ${role}.` : 'Leave guests out.',
  });

/** Who is newly in it. */
export const newIn = (steps: readonly Step[]) => steps.filter(({ was }) => was === null).map(({ id }) => id);

/** Whose reach may change. */
export const moved = (steps: readonly Step[]) =>
  steps.filter(({ was, to }) => was === null || to === null).map(({ id }) => id);

/** Someone or something that was in it as one thing and is in it as another. */
interface Moved {
  readonly id: string;
  readonly type?: 'person' | 'team';
  readonly was: string | null;
  readonly to: string | null;
}

/** Each by name, or by id where so many names would weigh too much: what they were, and what they are. */
export function told<S extends Moved>(
  steps: readonly S[],
  nameOf: (step: S) => string,
): Pick<Change<unknown>, 'before' | 'after'> {
  const isHeavy = weightOf(steps.map(nameOf)) > roomOfNames;
  const named = steps.map((it) => [isHeavy ? outside(it.type ?? 'person', it.id) : nameOf(it), it] as const);
  return {
    before: Object.fromEntries(named.flatMap(([name, { was }]) => (was ? [[name, was]] : []))),
    after: Object.fromEntries(named.flatMap(([name, { to }]) => (to ? [[name, to]] : []))),
  };
}

/** Estimated tokens: what is shown holds each name twice at most. */
const roomOfNames = 1_500;
