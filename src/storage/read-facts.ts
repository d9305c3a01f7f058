import { sql } from 'kysely';
import type { Ground, Lent } from '../access/paths.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Caller, CallerRow, Entrance, Tx } from './database.ts';
import { daysInBin } from './reach.ts';
import type { ResourceRow } from './rows.ts';
import { texts } from './statement.ts';

/** What one statement answers of caller, thing and what is the case between them. */
export interface Row {
  readonly me: CallerRow;
  readonly subject: unknown;
  readonly ground: Ground | null;
  readonly now: number;
}

interface Asked {
  readonly organization: string;
  readonly id: string | null;
}

const read = texts<Asked>(
  ({ organization, id }) =>
    sql`select row_to_json(r)::text from resource r where r.organization_id = ${organization}::uuid and r.id = ${id}::uuid`,
);

/** What of it the statement does not ask: each condition of one costs as much as all of this. */
const isThere = ({ deleted_at }: ResourceRow, now: number) =>
  deleted_at === null || Date.parse(deleted_at) > (now - daysInBin * 86_400) * 1000;

/** A resource, which says itself whom it is shared with: one row is all that a check still has to read. */
export async function readFor(
  tx: Tx,
  { organization }: Entrance,
  { me, places, switches, names, gates, now }: Caller,
  { id, kind }: { readonly id?: string | undefined; readonly kind: Kind },
): Promise<Row> {
  const isTheirs = (id: string) => id === me.id || (names !== null && Object.hasOwn(names, id));
  const [found] = await read(tx, { organization, id: id ?? null });
  const subject: ResourceRow | undefined = found && JSON.parse(found);
  if (!subject || subject.kind !== kind || !isThere(subject, now) || me.cut?.includes(subject.workspace_id) === false)
    return { me, subject: null, ground: null, now };
  const theirs = subject.shared_with
    .filter((text) => isTheirs(lentThrough(text)))
    .map(lentFrom)
    .filter(({ until }) => !until || Number(until) > now);
  const place = places?.find(({ workspace }) => workspace === subject.workspace_id);
  const switched = place?.switches ?? switches?.[subject.workspace_id] ?? null;
  return { me, subject, now, ground: groundFrom(subject, named(theirs, names), me, place, switched, gates ?? {}) };
}

/** What stands third, without the rest: most of what is shared is not with them. */
function lentThrough(text: string): string {
  const second = text.indexOf('|') + 1;
  const third = text.indexOf('|', second) + 1;
  const end = text.indexOf('|', third);
  return text.slice(third, end < 0 ? undefined : end);
}

/** A grant as its resource keeps it, `level|principal|id|end`; the end is in seconds of the epoch. */
export const lentFrom = (text: string): Lent => {
  const [level, principal, through, until = null] = text.split('|') as [
    Lent['level'],
    Lent['principal'],
    string,
    string?,
  ];
  return { level, principal, through, until, name: null };
};

/** The grants as a path shows them: with the names of groups and teams, and the end as a time. */
const named = (grants: readonly Lent[], names: Caller['names']): Lent[] =>
  grants.map((grant) => ({
    ...grant,
    until: grant.until && new Date(Number(grant.until) * 1000).toISOString(),
    name: names?.[grant.through] ?? null,
  }));

function groundFrom(
  r: ResourceRow,
  grants: Ground['grants'],
  me: CallerRow,
  place: NonNullable<Caller['places']>[number] | undefined,
  switches: Ground['switches'],
  gates: NonNullable<Caller['gates']>,
): Ground {
  return {
    admin: me.role === 'admin',
    role: place?.role ?? null,
    teams: place?.teams ?? null,
    switches,
    takeBack: place?.takeBack ?? 'sharer',
    owns: r.owner_id === me.id,
    organizationOwned: r.owner_id === null,
    givenBy: r.given_by === null ? null : r.given_by === me.id ? 'them' : 'other',
    visibility: r.visibility,
    everyoneRole: r.everyone_role,
    restricted: r.restricted_to !== null,
    gate: (r.restricted_to && gates[r.restricted_to]) || null,
    deleted: r.deleted_at !== null,
    installed: r.installed,
    grants,
  };
}
