import { sql } from 'kysely';
import type { Kind } from '../terms/kinds.ts';
import { type Level, ladders, type Visibility } from '../terms/ladders.ts';
import type { Tx } from './database.ts';
import { type Names, namesOf } from './standing.ts';
import { texts } from './statement.ts';

/** A resource as lists show it; `level` is after the cap. */
export interface ListedRow {
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  readonly workspace_id: string;
  readonly visibility: Visibility;
  readonly owner_email: string | null;
  readonly level: Level;
  readonly via: string;
  readonly updated_at: Date;
}

/** What is read of `r` beside its id. */
export const columns = sql`, r.workspace_id, r.visibility, r.owner_email, r.updated_at, r.kind, r.name`;

/** A row of these and its key as one text, since fifty rows of ten columns take longer to read than to find; no name holds such a character. */
export const listed = sql`concat_ws(E'\\x1f', it.id, it.workspace_id, it.visibility, coalesce(it.owner_email, ''), date_part('epoch', it.updated_at), it.key, it.kind, it.name)`;

interface Fitting {
  readonly organization: string;
  readonly ids: readonly string[];
  readonly keys: readonly string[];
  readonly after: string;
  /** A part of the name, as `like` takes it. */
  readonly part: string | null;
  readonly visibility: Visibility | null;
  /** Empty for what the organization owns. */
  readonly owner: string | null;
  readonly project: string | null;
}

/** The rows of these ids that fit the filters, newest first, as `rowsRead` takes them. */
export const rowsFitting = texts<Fitting>(
  (its) => sql`select ${listed} from (
    select r.id, it.key ${columns} from unnest(${its.ids}::uuid[], ${its.keys}::text[]) it (id, key)
    join resource r on r.organization_id = ${its.organization}::uuid and r.id = it.id
    where r.id < ${its.after}::uuid
      and (${its.part}::text is null or r.name ilike '%' || ${its.part} || '%')
      and (${its.visibility}::text is null or r.visibility = ${its.visibility})
      and (${its.owner}::text is null or r.owner_id is not distinct from nullif(${its.owner}, '')::uuid)
      and (${its.project}::uuid is null or r.project_id = ${its.project}::uuid)) it order by it.id desc`,
);

/** The rows behind the texts, with the names of the groups and teams that their paths lead through. */
export async function rowsRead(tx: Tx, organization: string, texts: readonly string[]): Promise<ListedRow[]> {
  const rows = texts.map((row) => row.split('\x1f'));
  const paths = rows.map((row) => keyRead(row[5] ?? ''));
  const names = await namesOf(
    tx,
    organization,
    paths.flatMap(({ through }) => through ?? []),
  );
  return rows.map((row, i) => rowFrom(row, paths[i] as Key, names));
}

function rowFrom(row: readonly string[], { level, via, through }: Key, names: Names): ListedRow {
  return {
    id: row[0] as string,
    name: row[7] as string,
    kind: row[6] as Kind,
    workspace_id: row[1] as string,
    visibility: row[2] as Visibility,
    owner_email: row[3] || null,
    level,
    via: through ? `${via}:${names[through]}` : via,
    updated_at: new Date(Number(row[4]) * 1000),
  };
}

/** What a key of list-paths.ts says; `through` is the group or team, if it names one. */
interface Key {
  readonly level: Level;
  readonly via: string;
  readonly through: string | undefined;
}

function keyRead(key: string): Key {
  const [head = '', via = '', through] = key.split(':');
  return { level: ladders.resource[Number(head[0]) - 1] as Level, via, through: through || undefined };
}
