import type { Client } from 'pg';

/** The tables that a world is made of, each after those it refers to. */
export const tables = [
  'organization',
  'person',
  'credential',
  'team',
  'group',
  'membership',
  'workspace',
  'workspace_member',
  'capability_switch',
  'workspace_team',
  'project',
  'project_member',
  'resource',
  'revision',
  'access_grant',
  'access_request',
  'activity',
  'seal',
  'invitation',
  'domain',
  'sso',
  'billing',
  'notification',
  'integration_secret',
  'contact',
  'confirmation',
  'idempotency',
] as const;

export type Table = (typeof tables)[number];
export type Rows = Partial<Record<Table, readonly Readonly<Record<string, unknown>>[]>>;

/** Inserts all of it, what is owned after its owners; rows of one table name the same columns. */
export async function insertRows(sql: Client, rows: Rows): Promise<void> {
  const filled = tables.filter((table) => rows[table]?.length);
  const owned = tables.indexOf('resource');
  for (const some of [
    filled.filter((table) => tables.indexOf(table) < owned),
    filled.filter((table) => tables.indexOf(table) >= owned),
  ]) {
    const parts = some.map((table, i) => {
      const columns = Object.keys(rows[table]?.[0] ?? {})
        .map((column) => `"${column}"`)
        .join(', ');
      return `t${i} as (insert into "${table}" (${columns}) select ${columns} from json_populate_recordset(null::"${table}", $1::json -> '${table}'))`;
    });
    if (parts.length > 0) await sql.query(`with ${parts.join(',\n')} select`, [JSON.stringify(rows)]);
  }
}
