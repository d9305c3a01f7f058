import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Scope } from '../access/scope.ts';
import { kindNames } from '../terms/kinds.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import type { ListedRow } from './list-rows.ts';
import type { Wanted } from './lists.ts';
import { isKept } from './reach.ts';
import { standings } from './standing.ts';

/** Something in the bin, with when it went there. */
export interface BinnedRow extends ListedRow {
  readonly deleted_at: Date;
}

/** What is in the bin and the caller's to bring back: their own, and by override all (VER-3); newest made first, and how many to `most`. */
export async function pageOfBin(
  tx: Tx,
  { override }: Scope<'bin'>,
  me: Actor,
  { limit, after, ...wanted }: Wanted,
  most: number,
): Promise<Page<BinnedRow> & { readonly total: number }> {
  const all = await standings(tx, me, override);
  const idsOf = (fits: (it: (typeof all)[number]) => boolean) => all.filter(fits).map(({ workspace }) => workspace);
  const wide = idsOf((it) => it.wide);
  const bin = (more: RawBuilder<unknown>) => sql`select r.* from resource r
    where r.organization_id = ${me.organization} and r.deleted_at is not null and ${isKept} and ${more} and ${fitting(wanted)}`;
  const { rows } = await sql<BinnedRow & { of: number }>`
    with mine as materialized (
      ${bin(sql`r.owner_id = ${me.person} and r.workspace_id = any (${idsOf((it) => it.placed)}::uuid[])`)}
      union ${bin(sql`r.workspace_id = any (${wide}::uuid[])`)}),
    total as (select count(*)::int as of from (select from mine limit ${most}) counted)
    select r.id, r.name, r.kind, r.workspace_id, r.visibility, r.owner_email, r.updated_at, r.deleted_at, 'owner' as level, total.of,
      case when r.owner_id is not distinct from ${me.person} then 'owner' else 'override' end as via
    from mine r cross join total where ${after ?? null}::uuid is null or r.id < ${after ?? null}::uuid
    order by r.id desc limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  return { items, total: rows[0]?.of ?? 0, next: rows.length > limit ? items.at(-1)?.id : undefined };
}

const fitting = ({ kind, workspaces, query, visibility, owner, project }: Omit<Wanted, 'limit' | 'after'>) =>
  sql.join(
    [
      sql`r.kind = any (${kind ? [kind] : kindNames}::text[])`,
      ...(workspaces ? [sql`r.workspace_id = any (${workspaces}::uuid[])`] : []),
      ...(query ? [sql`r.name ilike ${`%${query.replace(/[\\%_]/g, '\\$&')}%`}`] : []),
      ...(visibility ? [sql`r.visibility = ${visibility}`] : []),
      ...(owner !== undefined ? [sql`r.owner_id is not distinct from ${owner}::uuid`] : []),
      ...(project ? [sql`r.project_id = ${project}`] : []),
    ],
    sql` and `,
  );

/** Out of the bin and out of being, revisions, grants and secret with it; the log keeps what it says (VER-3). */
export async function purge(tx: Tx, { me, subject }: Decided<'resource.purge'>): Promise<void> {
  await sql`delete from resource where organization_id = ${me.organization} and id = ${subject.id}`.execute(
    storeOf(tx),
  );
}
