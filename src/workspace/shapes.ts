import * as z from 'zod';
import type { ListedRow } from '../storage/list-rows.ts';
import { daysInBin } from '../storage/reach.ts';
import { inside, outside } from '../terms/ids.ts';
import { type Kind, kindNames } from '../terms/kinds.ts';
import { cleanLine, cleanText } from '../terms/text.ts';

/** A name: clean, on one line. */
export const Name = z
  .string()
  .max(400)
  .transform(cleanLine)
  .pipe(z.string().min(1, 'It is empty.').max(120, 'It has 120 characters at most.'));

/** A longer text: clean. */
export const text = (most: number) =>
  z
    .string()
    .max(most * 2)
    .transform(cleanText)
    .pipe(z.string().max(most, `It has ${most} characters at most.`));

/** Words to look for: what is invisible is in no name, so it is left out here too. */
export const Words = (most: number) => z.string().max(most).transform(cleanText);

/** An id as callers write it; what it names, if anything, is found out later, so that a wrong one reads like a missing one. */
export const Id = z.string().min(1).max(300);

export const Paging = {
  limit: z.int().min(1).max(50).default(20).describe('At most 50.'),
  cursor: z.string().max(600).optional().describe('next_cursor of the page before.'),
};

/** Which kind an id, URI or link names, told by its form alone; to a tool made for one kind, the others name nothing. */
export function namedBy(id: string, only?: Kind): { kind: Kind; id: string | undefined } {
  if (only) return { kind: only, id: inside(only, id) };
  for (const kind of kindNames) {
    const found = inside(kind, id);
    if (found) return { kind, id: found };
  }
  return { kind: 'workflow', id: undefined };
}

export const Row = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  visibility: z.string(),
  owner: z.string(),
  access: z.string(),
  via: z.string(),
  updated_at: z.string(),
});

/** Until when what was deleted then can be brought back (VER-2). */
export const restorableUntil = (deleted: string | Date): string =>
  new Date(new Date(deleted).getTime() + daysInBin * 86_400_000).toISOString();

/** What the organization owns has this for an owner. */
export const organizationOwned = 'organization';

/** A row as every list shows it. */
export const rowFrom = ({
  id,
  kind,
  name,
  visibility,
  owner_email,
  level,
  via,
  updated_at,
}: ListedRow): z.output<typeof Row> => ({
  id: outside(kind, id),
  kind,
  name,
  visibility,
  owner: owner_email ?? organizationOwned,
  access: level,
  via,
  updated_at: new Date(updated_at).toISOString(),
});
