import { sql } from 'kysely';
import type { Kind } from '../terms/kinds.ts';
import type { Level, Visibility } from '../terms/ladders.ts';
import type { Tx } from './database.ts';
import { keyRead } from './list-paths.ts';
import { namesOf } from './standing.ts';

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

/** A row as one text, since fifty rows of ten columns take longer to read than to find; its names hold no such character. */
export const listed = sql`concat_ws(E'\\x1f', r.id, r.workspace_id, r.visibility, coalesce(owner.email, ''), date_part('epoch', r.updated_at), it.key, r.name) as row`;
/** Needs `r`; comes after `it`, which has the key of each. */
export const withOwner = sql`left join person owner on owner.organization_id = r.organization_id and owner.id = r.owner_id`;

/** The rows behind the texts, with the names of the groups and teams that their paths lead through. */
export async function rowsRead(
  tx: Tx,
  organization: string,
  kind: Kind,
  texts: readonly { readonly row: string }[],
): Promise<ListedRow[]> {
  const rows = texts.map(({ row }) => rowRead(row, kind));
  const names = await namesOf(
    tx,
    organization,
    rows.flatMap(({ through }) => through ?? []),
  );
  return rows.map(({ through, ...row }) => (through ? { ...row, via: `${row.via}:${names[through]}` } : row));
}

function rowRead(text: string, kind: Kind): ListedRow & { readonly through: string | undefined } {
  const [id, workspace_id, visibility, owner_email, updated_at, key, ...name] = text.split('\x1f') as [
    string,
    string,
    Visibility,
    ...string[],
  ];
  return {
    id,
    name: name.join(''),
    kind,
    workspace_id,
    visibility,
    owner_email: owner_email || null,
    ...keyRead(key ?? ''),
    updated_at: new Date(Number(updated_at) * 1000),
  };
}
