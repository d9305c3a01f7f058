import { sql } from 'kysely';
import { newId } from '../terms/ids.ts';
import type { Page } from '../terms/paging.ts';
import { Problem } from '../terms/problem.ts';
import { type Database, sqlState, storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

export interface DomainRow {
  readonly id: string;
  readonly name: string;
  /** What a TXT record has to say. */
  readonly proof: string;
  readonly claimed_at: string;
  readonly proven_at: string | null;
}

export type Domains = Decided<
  'domain.list' | 'domain.claim' | 'domain.change' | 'site.list' | 'site.claim' | 'site.change'
>;

/** The organization's own, or a workspace's. */
const theirs = ({ action, me, subject }: Domains) =>
  action.startsWith('site.')
    ? sql`d.organization_id = ${me.organization} and d.workspace_id = ${subject.id}`
    : sql`d.organization_id = ${me.organization} and d.workspace_id is null`;

const columns = sql`d.id, d.name, d.proof, d.claimed_at, d.proven_at`;

/** What was claimed, by name. */
export async function pageOfDomains(
  tx: Tx,
  at: Decided<'domain.list' | 'site.list'>,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<Page<DomainRow>> {
  const { rows } = await sql<DomainRow>`select ${columns} from domain d where ${theirs(at)} and d.name > ${after ?? ''}
    order by d.name limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.name : undefined };
}

/** One of them by its id or name. */
export async function domainNamed(
  tx: Tx,
  at: Domains,
  { id, text }: { readonly id: string | undefined; readonly text: string },
): Promise<DomainRow | undefined> {
  const { rows } = await sql<DomainRow>`select ${columns} from domain d where ${theirs(at)}
    and (d.id = ${id ?? null}::uuid or ${id === undefined} and d.name = lower(${text}::text))`.execute(storeOf(tx));
  return rows[0];
}

/** Claims a name; who claimed it before has it already. */
export async function insertDomain(
  tx: Tx,
  { action, me, subject }: Decided<'domain.claim' | 'site.claim'>,
  { name, proof }: { readonly name: string; readonly proof: string },
): Promise<string | undefined> {
  const id = newId();
  const { rows } = await sql`
    insert into domain (organization_id, id, workspace_id, name, proof, claimed_by)
    values (${me.organization}, ${id}, ${action === 'site.claim' ? subject.id : null}, ${name}, ${proof}, ${me.person})
    on conflict (organization_id, coalesce(workspace_id, organization_id), name) do nothing returning id`.execute(
    storeOf(tx),
  );
  return rows.length > 0 ? id : undefined;
}

/** Says whether a name is proven; one that is proven for someone else already is not told whose (EXT-12). */
export async function storeProof(
  tx: Tx,
  { me }: Decided<'domain.change' | 'site.change'>,
  id: string,
  isProven: boolean,
): Promise<void> {
  try {
    await sql`update domain set proven_at = case when ${isProven} then coalesce(proven_at, statement_timestamp()) end
      where organization_id = ${me.organization} and id = ${id}`.execute(storeOf(tx));
  } catch (thrown) {
    if (sqlState(thrown) !== '23505') throw thrown;
    throw new Problem('conflict', 'This name has been proven already, elsewhere in this Postern.', {
      advice: 'Verify it there again once its TXT record is gone, then here.',
      cause: thrown,
    });
  }
}

/** Whether a workspace has proven that a host name is its own: nothing is served under another (WS-6). */
export const isServed = (database: Database, host: string): Promise<boolean> =>
  database.single(async (tx) => {
    const { rows } = await sql<{ proven: boolean }>`select is_proven(${host}) as proven`.execute(storeOf(tx));
    return rows[0]?.proven ?? false;
  });
