import { sql } from 'kysely';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

/** What one edit leaves. `source` is the text it came as, where its JSON says less. */
export interface NewRevision {
  readonly resource: string;
  readonly workspace: string;
  readonly number: number;
  readonly format: string;
  readonly media: 'json' | 'yaml';
  readonly document: string;
  readonly source: string | null;
  readonly bytes: number;
  readonly digest: string;
  readonly outline: unknown;
  readonly name: string;
  readonly restoredFrom: number | null;
}

export interface RevisionHead {
  readonly number: number;
  readonly name: string;
  readonly format: string;
  readonly media: 'json' | 'yaml';
  readonly bytes: number;
  readonly digest: string;
  readonly outline: unknown;
  readonly restored_from: number | null;
  readonly email: string | null;
  readonly credential: string | null;
  readonly created_at: Date;
}

export interface RevisionBody extends RevisionHead {
  readonly document: string;
  readonly source: string | null;
}

type Opened = Decided<
  'resource.open' | 'resource.revisions' | 'resource.edit' | 'resource.revert' | 'resource.bin' | 'resource.restore'
>;

export async function insertRevision(
  tx: Tx,
  { me }: Decided<'resource.create' | 'resource.edit' | 'resource.revert'>,
  it: NewRevision,
): Promise<void> {
  await sql`
    insert into revision (organization_id, resource_id, number, workspace_id, format, media, document, source, bytes, digest, outline, name, restored_from, person_id, credential_id)
    values (${me.organization}, ${it.resource}, ${it.number}, ${it.workspace}, ${it.format}, ${it.media}, ${it.document}, ${it.source}, ${it.bytes},
      ${it.digest}, ${JSON.stringify(it.outline)}::json, ${it.name}, ${it.restoredFrom}, ${me.person}, ${me.credential})`.execute(
    storeOf(tx),
  );
}

const head = sql`v.number, v.name, v.format, v.media, v.bytes, v.digest, v.outline, v.restored_from, p.email, c.name as credential, v.created_at`;
const source = sql`revision v left join person p on p.organization_id = v.organization_id and p.id = v.person_id
  left join credential c on c.organization_id = v.organization_id and c.id = v.credential_id`;

/** What is known of one revision without its document. */
export async function revisionHead(tx: Tx, { me, subject }: Opened, number: number): Promise<RevisionHead | undefined> {
  const { rows } = await sql<RevisionHead>`select ${head} from ${source}
    where v.organization_id = ${me.organization} and v.resource_id = ${subject.id} and v.number = ${number}`.execute(
    storeOf(tx),
  );
  return rows[0];
}

/** One revision whole. */
export async function revisionBody(tx: Tx, { me, subject }: Opened, number: number): Promise<RevisionBody | undefined> {
  const { rows } = await sql<RevisionBody>`select ${head}, v.document, v.source from ${source}
    where v.organization_id = ${me.organization} and v.resource_id = ${subject.id} and v.number = ${number}`.execute(
    storeOf(tx),
  );
  return rows[0];
}

/** Newest first; `before` is the number that the page before ended with. */
export async function revisionsOf(
  tx: Tx,
  { me, subject }: Decided<'resource.revisions'>,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<Page<RevisionHead>> {
  const { rows } = await sql<RevisionHead>`select ${head} from ${source}
    where v.organization_id = ${me.organization} and v.resource_id = ${subject.id} and (${before ?? null}::int is null or v.number < ${before ?? null}::int)
    order by v.number desc limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? String(items.at(-1)?.number) : undefined };
}
