import { Client } from 'pg';
import type { Connection } from './migrate.ts';

/** What a database says of itself to whoever asks whether it is fit to serve from (EXP-6). */
export interface Inspection {
  readonly version: number;
  /** How many milliseconds its clock is ahead of this process's, at least. */
  readonly ahead: number;
  readonly role: string;
  /** What makes the role unfit: it may bypass what guards the rows. */
  readonly superuser: boolean;
  readonly bypass: boolean;
  readonly owns: readonly string[];
  /** Tables of one organization's rows that no policy guards. */
  readonly unguarded: readonly string[];
  /** Whether the role may change what the log holds (ACT-3). */
  readonly rewrites: boolean;
}

/** Looks at the database as `connection`, which is the role that serves. */
export async function inspect({ ssl = false, ...connection }: Connection): Promise<Inspection> {
  const client = new Client({ ...connection, ssl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const asked = Date.now();
    const { rows } = await client.query<Inspection & { now: number }>(looking);
    const answered = Date.now();
    const { now, ...found } = rows[0] as Inspection & { now: number };
    return { ...found, ahead: now > answered ? now - answered : Math.min(0, now - asked) };
  } finally {
    await client.end();
  }
}

const looking = `
select current_setting('server_version_num')::int / 10000 as version,
  (extract(epoch from clock_timestamp()) * 1000)::float8 as now, current_user as role, r.rolsuper as superuser, r.rolbypassrls as bypass,
  coalesce((select array_agg(c.relname::text order by c.relname) from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and pg_has_role(c.relowner, 'usage')), '{}') as owns,
  coalesce((select array_agg(c.relname::text order by c.relname) from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and (c.relname = 'organization' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id'))
      and not (c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))), '{}') as unguarded,
  coalesce((select has_table_privilege(c.oid, 'update, delete, truncate') from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relname = 'activity'), false) as rewrites
from pg_roles r where r.rolname = current_user`;
