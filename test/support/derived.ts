import { isDeepStrictEqual } from 'node:util';
import type { QueryResultRow } from 'pg';

type Sql = (text: string, values: unknown[]) => Promise<readonly QueryResultRow[]>;

/** What is kept for lists and is not what the tables give when it is computed anew: nothing, after any run of changes (QUERIES.md). */
export async function notAsKept(sql: Sql, organization: string): Promise<readonly object[]> {
  const grants = await sql(
    `select g.resource_id, g.principal_id, g.live, g.workspace_id, g.kind, r.visibility <> 'private' and r.deleted_at is null as live_anew, r.workspace_id as workspace_anew, r.kind as kind_anew,
       r.visibility = 'private' as is_private from access_grant g join resource r using (organization_id) where r.id = g.resource_id and organization_id = $1`,
    [organization],
  );
  const resources = await sql(
    `select r.name, r.owner_email, (select p.email from person p where p.organization_id = r.organization_id and p.id = r.owner_id) as email_anew,
       r.restricted_to, (select p.id from project p where p.organization_id = r.organization_id and p.id = r.project_id and p.mode = 'restricted') as restricted_anew,
       (select array_agg(it order by it) from unnest(r.shared_with) it) as shared_with,
       (select array_agg(it order by it) from (select concat_ws('|', g.level, g.principal, g.principal_id, extract(epoch from g.expires_at)) as it from access_grant g
         where g.organization_id = r.organization_id and g.resource_id = r.id and g.live) every) as shared_anew
     from resource r where r.organization_id = $1`,
    [organization],
  );
  const isKept = (it: QueryResultRow, ...names: string[]) =>
    names.every((name) => isDeepStrictEqual(it[name], it[`${name.split('_')[0]}_anew`]));
  return [
    ...grants.filter((it) => it.is_private || !isKept(it, 'live', 'workspace_id', 'kind')),
    ...resources.filter(
      (it) => it.owner_email !== it.email_anew || it.restricted_to !== it.restricted_anew || !isKept(it, 'shared_with'),
    ),
  ];
}
