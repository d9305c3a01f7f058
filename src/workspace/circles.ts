import * as z from 'zod';
import { type CircleMember, membersIn } from '../storage/circle-members.ts';
import { type Circle, type CircleNoun, type CircleRole, circlesSeen, placeIn } from '../storage/circles.ts';
import type { Decided } from '../storage/decided.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { DescribedShown, describedShown } from './described.ts';
import type { Desk } from './operation.ts';
import { Paging, Words } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';

/** A group or team by what it is called. */
export const Called = Words(400).describe('Name or id.');

export const CircleShown = z.object({
  id: z.string(),
  ...DescribedShown,
  visibility: z.string(),
  role: z.string().optional(),
  members: z.int().optional(),
});

/** A group or team as the caller sees it; `role` is their own in it. */
export const circleShown = (
  noun: CircleNoun,
  it: Pick<Circle, 'id' | 'name' | 'description' | 'avatar' | 'visibility' | 'role' | 'members'>,
): z.output<typeof CircleShown> => ({
  id: outside(noun, it.id),
  ...describedShown(it),
  visibility: it.visibility,
  ...(it.role && { role: it.role }),
  ...(it.members !== null && { members: it.members }),
});

const query = Words(200).optional().describe('Part of a name.');

export const CirclesWanted = { query, ...Paging };
export const CirclesListed = { items: z.array(CircleShown), next_cursor: z.string().optional() };

/** One page of the groups or teams that the caller finds. */
export async function circlesListed(
  desk: Desk,
  noun: CircleNoun,
  { query, limit, cursor }: { query?: string | undefined; limit: number; cursor?: string | undefined },
) {
  const asked = { query };
  const { items, next } = await circlesSeen(desk.tx, desk.me, noun, {
    text: query ?? '',
    limit,
    after: afterIn(desk, asked, cursor),
  });
  const shown = lightest(
    items.map((it) => circleShown(noun, it)),
    roomOfAnswer,
  );
  const last = shown.length < items.length ? placeIn(items[shown.length - 1] as Circle) : next;
  return { items: shown, ...(last && { next_cursor: desk.cursor(asked, last) }) };
}

const afterIn = (desk: Desk, asked: unknown, cursor: string | undefined) =>
  cursor === undefined ? undefined : (JSON.parse(desk.placeOf(asked, cursor)) as [string, string]);

export const MembersListed = {
  members: z
    .array(
      z.object({
        id: z.string(),
        person: z.string(),
        name: z.string(),
        role: z.string(),
        status: z.string().optional(),
      }),
    )
    .optional(),
  total: z.int().optional(),
  next_cursor: z.string().optional(),
};

/** One page of who is in it, in what room is left. */
export async function membersListed(
  desk: Desk,
  target: Decided<'group.people' | 'team.see'>,
  { limit, cursor, whole, room }: { limit: number; cursor?: string | undefined; whole: boolean; room: number },
) {
  const asked = { of: target.subject.id };
  const { items, next } = await membersIn(desk.tx, target, { limit, after: afterIn(desk, asked, cursor), whole });
  const shown = lightest(items.map(memberShown), room);
  const last = shown.length < items.length ? placeIn(items[shown.length - 1] as CircleMember) : next;
  const total = items[0]?.of;
  return {
    members: shown,
    ...(total !== undefined && { total }),
    ...(last && { next_cursor: desk.cursor(asked, last) }),
  };
}

const memberShown = ({ id, email, name, role, status }: CircleMember) => ({
  id: outside('person', id),
  person: email,
  name,
  role,
  ...(status !== 'active' && { status }),
});

/** The caller's own role in it. */
export const roleIn = ({ facts }: Decided<'group.see' | 'team.see'>): CircleRole | null =>
  (facts.paths.find(({ noun, rung }) => (noun === 'group' || noun === 'team') && rung !== 'aware')
    ?.rung as CircleRole) ?? null;

/** A change whose maker sees no more what they changed has no answer but that. */
export function shownOrRefused<T extends object>(shown: T | Problem): T {
  if (shown instanceof Problem) throw shown;
  return shown;
}
