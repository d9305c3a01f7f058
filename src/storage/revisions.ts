import { type RawBuilder, sql } from 'kysely';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { statement } from './statement.ts';

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

/** What an opened resource shows of a revision, with the email of who owns the resource now. */
export interface OpenedHead extends Pick<RevisionHead, 'number' | 'format' | 'outline'> {
  readonly owner: string | null;
}

export interface RevisionBody extends RevisionHead, OpenedHead {
  readonly document: string;
  readonly source: string | null;
}

type Opened = Decided<
  'resource.open' | 'resource.revisions' | 'resource.edit' | 'resource.revert' | 'resource.bin' | 'resource.restore'
>;

export async function insertRevision(
  tx: Tx,
  { me }: Decided<'resource.create' | 'integration.install' | 'resource.edit' | 'resource.revert'>,
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

interface Wanted {
  readonly organization: string;
  readonly resource: string;
  readonly owner: string | null;
  readonly number: number;
}

const one = <R extends OpenedHead>(columns: RawBuilder<unknown>, from: RawBuilder<unknown>) =>
  statement<Wanted, R>(
    ({ organization, resource, owner, number }) => sql`select ${columns}, o.email as owner from ${from}
      left join person o on o.organization_id = v.organization_id and o.id = ${owner}::uuid
      where v.organization_id = ${organization}::uuid and v.resource_id = ${resource}::uuid and v.number = ${number}::bigint`,
  );

const oneHead = one<OpenedHead>(sql`v.number, v.format, v.outline`, sql`revision v`);
const oneBody = one<RevisionBody>(sql`${head}, v.document, v.source`, source);

const wanted = ({ me, subject }: Opened, number: number): Wanted => ({
  organization: me.organization,
  resource: subject.id,
  owner: subject.owner_id,
  number,
});

/** What is known of one revision without its document. */
export const revisionHead = async (tx: Tx, target: Opened, number: number): Promise<OpenedHead | undefined> =>
  (await oneHead(tx, wanted(target, number)))[0];

/** One revision whole. */
export const revisionBody = async (tx: Tx, target: Opened, number: number): Promise<RevisionBody | undefined> =>
  (await oneBody(tx, wanted(target, number)))[0];

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
