import { countOfEntries, entriesOf, type LogRow, overrides } from '../storage/activity-list.ts';
import { countedTo } from '../storage/lists.ts';
import { isDecided, keyOfEntity, knownCircles, openNow } from '../storage/log-entities.ts';
import { inside, outside, prefixes } from '../terms/ids.ts';
import type { LogSearch } from './log-query.ts';
import type { Desk } from './operation.ts';
import { unnamed } from './vias.ts';

/** An entry, and what was decided about showing it just now. */
export interface Seen {
  readonly row: LogRow;
  /** Whether the caller can open what it speaks of; else it shows by id and action alone (ACT-2). */
  readonly isOpen: boolean;
  readonly isOwn: boolean;
  readonly name: string | undefined;
}

/** How many entries one look takes where some of them may not fit, and how many looks a page takes at most. */
const stride = 500;
const looks = 20;

/** One page of what fits, newest first, and the place after which the next one begins. */
export async function pageOfLog(
  desk: Desk,
  search: LogSearch,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<{ items: Seen[]; next?: string | undefined }> {
  const items: Seen[] = [];
  const size = search.telling ? stride : limit + 1;
  for (let place = after, i = 1; ; i++) {
    const rows = await entriesOf(desk.tx, search.reach, { ...search.wanted, after: place }, size);
    items.push(...(await fitting(desk, search, rows)));
    place = rows.length ? placeOf(rows.at(-1) as LogRow) : place;
    if (items.length > limit) return { items: items.slice(0, limit), next: placeOf((items[limit - 1] as Seen).row) };
    if (rows.length < size) return { items };
    if (i === looks) return { items, next: place };
  }
}

/** How many fit: exact up to 1,000; nothing where only long looking would tell. */
export async function countOfLog(desk: Desk, search: LogSearch): Promise<number | 'many' | undefined> {
  if (!search.telling) {
    const n = await countOfEntries(desk.tx, search.reach, search.wanted, countedTo + 1);
    return n > countedTo ? 'many' : n;
  }
  let n = 0;
  let place: string | undefined;
  for (let i = 0; i < 4; i++) {
    const rows = await entriesOf(desk.tx, search.reach, { ...search.wanted, after: place }, stride);
    n += (await fitting(desk, search, rows)).length;
    if (n > countedTo) return 'many';
    if (rows.length < stride) return n;
    place = placeOf(rows.at(-1) as LogRow);
  }
  return undefined;
}

export const placeOf = ({ at, id }: LogRow) => `${at}|${id}`;

async function fitting({ tx, me }: Desk, { reach, fits }: LogSearch, rows: readonly LogRow[]): Promise<Seen[]> {
  const open = await openNow(tx, me, reach.override, rows);
  return rows
    .map((row) => {
      const key = keyOfEntity(row);
      const isOpen = overrides(reach, row) || !isDecided(row) || open.has(key);
      return { row, isOpen, isOwn: row.person_id === me.person, name: open.get(key) };
    })
    .filter(({ row, isOpen, isOwn }) => fits(row, isOpen || isOwn));
}

/** The id of what an entry speaks of, as callers see it. */
export function entityId({ me }: Desk, { noun, kind, entity_id }: LogRow): string | undefined {
  const named = kind ?? (noun === 'resource' ? 'workflow' : noun);
  if (noun === 'organization') return outside('organization', me.organization);
  return entity_id && named in prefixes ? outside(named as keyof typeof prefixes, entity_id) : undefined;
}

/** Says before and after without the ids of groups and teams that the caller does not know of, unless all of the log is theirs (GRP-7). */
export async function withoutHidden(
  { tx, me }: Desk,
  { reach }: LogSearch,
  seen: readonly Seen[],
): Promise<(text: unknown) => unknown> {
  if (reach.all && reach.override) return (value) => value;
  const named = new Map(
    seen.flatMap(({ row: { before, after } }) =>
      [...JSON.stringify([before, after]).matchAll(circles)].map(
        ([id]) => [id, inside('group', id) ?? inside('team', id)] as const,
      ),
    ),
  );
  const known = await knownCircles(
    tx,
    me,
    [...named.values()].filter((it) => it !== undefined),
  );
  const hidden = new Map(
    [...named].flatMap(([id, uuid]) =>
      uuid && !known.has(uuid) ? [[id, unnamed(id.startsWith('team') ? 'team' : 'group')] as const] : [],
    ),
  );
  return hidden.size === 0 ? (value) => value : (value) => without(value, hidden);
}

/** The name that stands beside an id goes with it. */
function without(value: unknown, hidden: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.replace(circles, (id) => hidden.get(id) ?? id);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((it) => without(it, hidden));
  const named = Object.values(value).find((it) => typeof it === 'string' && hidden.has(it)) as string | undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [
      without(key, hidden),
      key === 'name' && named !== undefined ? hidden.get(named) : without(it, hidden),
    ]),
  );
}

const circles = /\b(?:grp|team)_[0-9a-z]{26}\b/g;
