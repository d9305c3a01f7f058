import { sql } from 'kysely';
import type { Kind } from '../terms/kinds.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

/** Someone of a workspace's audience (WS-5). */
export interface Contact {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What collected it; whether the reader may know of that is still to be decided (EXT-12). */
  readonly source_id: string | null;
  readonly source_kind: Kind | null;
  readonly collected_at: Date;
}

type Audience = Decided<'audience.list'>;

/** A part of an email or a name, in any case. */
const fits = (query: string | undefined) => {
  const like = query ? `%${query.replace(/[\\%_]/g, '\\$&')}%` : null;
  return sql`(${like}::text is null or c.email ilike ${like}::text or c.name ilike ${like}::text)`;
};

/** One page of a workspace's contacts, newest first. */
export async function contactsOf(
  tx: Tx,
  { me, subject }: Audience,
  { query, limit, after }: { query?: string | undefined; limit: number; after?: string | undefined },
): Promise<Page<Contact>> {
  const { rows } = await sql<Contact>`
    select c.id, c.email, c.name, c.attributes, c.source_id, r.kind as source_kind, c.collected_at
    from contact c left join resource r on r.organization_id = c.organization_id and r.id = c.source_id
    where c.organization_id = ${me.organization} and c.workspace_id = ${subject.id} and ${fits(query)}
      and (${after ?? null}::uuid is null or c.id < ${after ?? null}::uuid)
    order by c.id desc limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}

/** How many contacts fit, counted no further than `most` and one. */
export async function countOfContacts(
  tx: Tx,
  { me, subject }: Audience,
  query: string | undefined,
  most: number,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from (
    select from contact c where c.organization_id = ${me.organization} and c.workspace_id = ${subject.id} and ${fits(query)}
    limit ${most + 1}) it`.execute(storeOf(tx));
  return rows[0]?.n ?? 0;
}
