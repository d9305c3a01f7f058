import { sql } from 'kysely';
import type { Kind } from '../terms/kinds.ts';
import type { Level, Visibility } from '../terms/ladders.ts';
import { keyRead, throughName } from './list-paths.ts';

/** A resource as lists show it; `level` is after the cap. */
export interface ListedRow {
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  readonly workspace_id: string;
  readonly visibility: Visibility;
  readonly owner_id: string | null;
  readonly owner_email: string | null;
  readonly level: Level;
  readonly via: string;
  readonly updated_at: Date;
}

/** A row as one text, since fifty rows of ten columns take longer to read than to find; its names hold no such character. */
export const listed = sql`concat_ws(E'\\x1f', r.id, r.workspace_id, r.visibility, coalesce(r.owner_id::text, ''), coalesce(owner.email, ''), r.updated_at, it.key,
  coalesce(${throughName}, ''), r.name) as row`;
/** Needs `r`; comes after `it`, which has the key of each. */
export const withOwner = sql`left join person owner on owner.organization_id = r.organization_id and owner.id = r.owner_id`;

/** The row behind the text. */
export function rowRead({ row }: { row: string }, kind: Kind): ListedRow {
  const [id, workspace_id, visibility, owner_id, owner_email, updated_at, key, through, ...name] = row.split(
    '\x1f',
  ) as [string, string, Visibility, ...string[]];
  return {
    id,
    name: name.join(''),
    kind,
    workspace_id,
    visibility,
    owner_id: owner_id || null,
    owner_email: owner_email || null,
    ...keyRead(key ?? '', through ?? ''),
    updated_at: new Date(updated_at ?? ''),
  };
}
