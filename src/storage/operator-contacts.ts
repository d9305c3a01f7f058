import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { all, logOperator } from './operator.ts';

/** A workspace with the organization that it is of. */
export interface WorkspaceFound {
  readonly organization: string;
  readonly organizationName: string;
  readonly id: string;
}

/** Workspaces with this name or id, in every organization or in the one named by name or id. */
export const workspacesCalled = (
  tx: Tx,
  named: { readonly id: string | undefined; readonly name: string },
  organization: string | undefined,
): Promise<WorkspaceFound[]> =>
  all(
    tx,
    sql`select o.id as organization, o.name as "organizationName", w.id from workspace w join organization o on o.id = w.organization_id
    where o.deleted_at is null and w.deleted_at is null and (w.id = ${named.id ?? null}::uuid or w.name = ${named.name})
      and (${organization ?? null}::text is null or o.name = ${organization ?? null} or o.id::text = ${organization ?? null})
    order by o.name`,
  );

/** A contact as it is to be kept. */
export interface ContactRow {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly source: string | null;
  readonly collected: Date | null;
}

/** Those of these resources that are in the workspace. */
export const resourcesIn = async (
  tx: Tx,
  { organization, id }: WorkspaceFound,
  resources: readonly string[],
): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await all<{ id: string }>(
        tx,
        sql`select id from resource where organization_id = ${organization} and workspace_id = ${id} and id = any (${resources}::uuid[])`,
      )
    ).map((it) => it.id),
  );

/** Keeps contacts, each email once: what a known one is told anew replaces what was told, the rest stays. Answers how many are new. */
export async function upsertContacts(
  tx: Tx,
  { organization, id }: WorkspaceFound,
  rows: readonly ContactRow[],
): Promise<number> {
  const made = await all<{ isNew: boolean }>(
    tx,
    sql`insert into contact (organization_id, id, workspace_id, email, name, attributes, source_id, collected_at)
    select ${organization}, it.id, ${id}, it.email, it.name, it.attributes, it.source, coalesce(it.collected, now())
    from json_to_recordset(${JSON.stringify(rows)}::json) it (id uuid, email text, name text, attributes json, source uuid, collected timestamptz)
    on conflict (organization_id, workspace_id, lower(email)) do update set name = coalesce(excluded.name, contact.name),
      attributes = (contact.attributes::jsonb || excluded.attributes::jsonb)::json, source_id = coalesce(excluded.source_id, contact.source_id)
    returning xmax = 0 as "isNew"`,
  );
  const added = made.filter(({ isNew }) => isNew).length;
  await logOperator(tx, {
    organization,
    action: 'audience.import',
    noun: 'workspace',
    entity: id,
    workspace: id,
    after: { added, updated: rows.length - added },
  });
  return added;
}

/** Takes a contact out; false where there was none. */
export async function deleteContact(tx: Tx, { organization, id }: WorkspaceFound, email: string): Promise<boolean> {
  const gone = await all(
    tx,
    sql`delete from contact where organization_id = ${organization} and workspace_id = ${id} and lower(email) = lower(${email}) returning id`,
  );
  if (gone.length === 0) return false;
  await logOperator(tx, {
    organization,
    action: 'audience.remove',
    noun: 'workspace',
    entity: id,
    workspace: id,
    after: { removed: 1 },
  });
  return true;
}
