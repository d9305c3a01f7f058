import { sql } from 'kysely';
import type { Ground, Lent } from '../access/paths.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Caller, CallerRow, Entrance, Tx } from './database.ts';
import type { ResourceRow } from './rows.ts';
import { namesOf } from './standing.ts';
import { statement } from './statement.ts';

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
  readonly kind: Kind;
}

const read = statement<Asked, { it: ResourceRow }>(
  ({ organization, id, kind }) =>
    sql`select row_to_json(r) as it from resource r where r.organization_id = ${organization}::uuid and r.id = ${id}::uuid and r.kind = ${kind}::text`,
);

/** A resource, which says itself whom it is shared with: one row is all that a check still has to read. */
export async function readFor(
  tx: Tx,
  { organization }: Entrance,
  { me, places, switches, principals, gates, now }: Caller,
  { id, kind }: { readonly id?: string | undefined; readonly kind: Kind },
): Promise<Row> {
  const subject = (await read(tx, { organization, id: id ?? null, kind }))[0]?.it;
  if (!subject || (me.cut && !me.cut.includes(subject.workspace_id))) return { me, subject: null, ground: null, now };
  const theirs = subject.shared_with
    .map(lentFrom)
    .filter(({ through, until }) => principals?.includes(through) && (!until || Number(until) > now));
  const place = places?.find(({ workspace }) => workspace === subject.workspace_id);
  const ground = groundFrom(subject, await named(tx, me, theirs), me, place, gates ?? {});
  return {
    me,
    subject,
    now,
    ground: { ...ground, switches: ground.switches ?? switches?.[subject.workspace_id] ?? null },
  };
}

const lentFrom = (text: string): Lent => {
  const [level, principal, through, until = null] = text.split('|') as [
    Lent['level'],
    Lent['principal'],
    string,
    string?,
  ];
  return { level, principal, through, until, name: null };
};

/** The grants as a path shows them: with the names of groups and teams, and the end as a time. */
async function named(tx: Tx, me: CallerRow, grants: readonly Lent[]): Promise<Lent[]> {
  const ids = grants.filter(({ principal }) => principal !== 'person').map(({ through }) => through);
  const names = await namesOf(tx, me.organization_id, ids);
  return grants.map((grant) => ({
    ...grant,
    until: grant.until && new Date(Number(grant.until) * 1000).toISOString(),
    name: names[grant.through] ?? null,
  }));
}

function groundFrom(
  r: ResourceRow,
  grants: Ground['grants'],
  me: CallerRow,
  place: NonNullable<Caller['places']>[number] | undefined,
  gates: NonNullable<Caller['gates']>,
): Ground {
  return {
    admin: me.role === 'admin',
    role: place?.role ?? null,
    teams: place?.teams ?? null,
    switches: place?.switches ?? null,
    takeBack: place?.takeBack ?? 'sharer',
    owns: r.owner_id === me.id,
    organizationOwned: r.owner_id === null,
    givenBy: r.given_by === null ? null : r.given_by === me.id ? 'them' : 'other',
    visibility: r.visibility,
    everyoneRole: r.everyone_role,
    restricted: r.restricted_to !== null,
    gate: (r.restricted_to && gates[r.restricted_to]) || null,
    deleted: r.deleted_at !== null,
    grants,
  };
}
