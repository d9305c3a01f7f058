import type { Ground } from './data.ts';

/** A group of 1,000 people to which 300 workflows are shared, and an owner of 10,000; made anew, since measuring takes it apart. */
export interface Crowd {
  readonly group: string;
  /** Shared with the group, and not shared with it. */
  readonly shared: string;
  readonly other: string;
  /** By their emails: someone who is not in the group, a hundred more, and the owner of 10,000. */
  readonly newcomer: string;
  readonly others: readonly string[];
  readonly rich: string;
}

const group = '00000000-0000-7000-8000-00000000c001';

export async function crowdIn({ sql, organization, workspace, workflows }: Ground): Promise<Crowd> {
  const numbered = (n: number) => `p${n}@bench.test`;
  await sql.query(`delete from access_grant where principal_id = $1`, [group]);
  await sql.query(`delete from membership where principal_id = $1`, [group]);
  await sql.query(
    `insert into "group" (organization_id, id, name, visibility) values ($1, $2, 'a thousand', 'public') on conflict do nothing`,
    [organization, group],
  );
  await sql.query(
    `insert into membership (organization_id, person_id, principal_id, principal, role)
     select organization_id, id, $2, 'group', case when email = 'p1@bench.test' then 'owner' else 'viewer' end from person
     where organization_id = $1 and substring(email from 2 for position('@' in email) - 2)::int in (select 1 union select generate_series(1001, 1999))`,
    [organization, group],
  );
  const { rows } = await sql.query<{ id: string }>(
    `select id from resource where organization_id = $1 and visibility = 'shared' and deleted_at is null order by id desc limit 301`,
    [organization],
  );
  const [other, shared] = rows.map(({ id }) => id) as [string, string];
  await sql.query(
    `insert into access_grant (organization_id, resource_id, principal_id, principal, workspace_id, kind, level, live, granted_by)
     select organization_id, id, $2, 'group', workspace_id, kind, 'viewer', true, owner_id from resource where organization_id = $1 and id = any ($3)`,
    [organization, group, rows.slice(1).map(({ id }) => id)],
  );
  const rich = numbered(3000);
  await sql.query(
    `insert into person (organization_id, id, email, name, role) select $1, gen_random_uuid(), $2, 'rich', 'member'
     where not exists (select from person where organization_id = $1 and email = $2 and status <> 'removed')`,
    [organization, rich],
  );
  await sql.query(
    `insert into workspace_member (organization_id, person_id, workspace_id, role)
     select $1, id, $3, 'creator' from person where organization_id = $1 and email = $2 and status <> 'removed' on conflict do nothing`,
    [organization, rich, workspace],
  );
  await sql.query(
    `update resource r set owner_id = p.id from person p where p.organization_id = $1 and p.email = $2 and p.status <> 'removed' and r.organization_id = $1
     and r.id in (select id from resource where organization_id = $1 and deleted_at is null order by id offset ${Math.floor(workflows / 2)} limit 10000)`,
    [organization, rich],
  );
  await sql.query(`update person set role = 'admin' where organization_id = $1 and email = 'p2@bench.test'`, [
    organization,
  ]);
  await sql.query(
    `update credential set scopes = '{read,write,share,request,review,admin,audit,override}' where organization_id = $1`,
    [organization],
  );
  await sql.query('analyze membership, access_grant, resource');
  return {
    group,
    shared,
    other,
    newcomer: numbered(2500),
    others: Array.from({ length: 100 }, (_, n) => numbered(2101 + n)),
    rich,
  };
}
