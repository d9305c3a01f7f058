import { Client } from 'pg';
import { startEmbedded } from '../src/storage/embedded.ts';
import { type Connection, migrate } from '../src/storage/migrate.ts';

/** A database with one workspace, 10,000 people, 1,000 groups, 50 teams and so many workflows, of about five grants each. */
export interface Ground {
  readonly owner: Connection;
  readonly app: Connection;
  readonly workflows: number;
  readonly sql: Client;
  readonly organization: string;
  readonly workspace: string;
  /** The credential of the person with this number; its secret is what `secretOf` gives. */
  credential(person: number): string;
  /** Empties the log of what was measured; it is only added to otherwise (ACT-3). */
  forget(): Promise<void>;
  release(): Promise<void>;
}

const organization = '00000000-0000-7000-8000-000000000001';
const workspace = '00000000-0000-7000-8000-000000000002';

/** Who asks. The numbers are people that the data is made around. */
export const askers = {
  'someone with nothing': 6,
  'three grants': 3,
  'a member in 5 groups': 7,
  'and in a group that holds 30 %': 8,
  'who may see all': 1,
  'a member of 301 groups': 4,
} as const;

/** Opens the database of that size, made once and kept in a folder beside the checkout's own data. */
export async function groundWith(workflows: number): Promise<Ground> {
  const server = await startEmbedded('.postern/bench', (step) => process.stderr.write(`${step}\n`));
  const database = `bench_${workflows}`;
  const root = new Client({ ...server.connection, database: 'postgres' });
  await root.connect();
  const { rowCount } = await root.query('select from pg_database where datname = $1', [database]);
  const owner = { ...server.connection, database };
  if (!rowCount) {
    process.stderr.write(`making ${workflows.toLocaleString('en')} workflows\n`);
    await root.query(`drop database if exists ${database}_new with (force)`);
    await root.query(`create database ${database}_new`);
    await migrate({ ...owner, database: `${database}_new` });
    const sql = new Client({ ...owner, database: `${database}_new` });
    await sql.connect();
    for (const statement of made(workflows)) await sql.query(statement);
    await sql.end();
    await root.query(`alter database ${database}_new rename to ${database}`);
  }
  await root.end();
  const sql = new Client(owner);
  await sql.connect();
  // A server that runs for a while has it in memory: how long the disk takes is no figure of ours.
  await sql.query(`create extension if not exists pg_prewarm`);
  await sql.query(
    `select pg_prewarm(oid, 'read') from pg_class where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace`,
  );
  return {
    owner,
    app: { ...owner, user: 'postern_app' },
    workflows,
    sql,
    organization,
    workspace,
    credential: (person) => idOf(6, person),
    async forget() {
      await sql.query('begin; set local session_replication_role = replica; truncate activity, seal; commit');
    },
    async release() {
      await sql.end();
      await server.release();
    },
  };
}

/** Ids that sort by their number, as time-sortable ids do. */
const idOf = (sort: number, n: number) => {
  const time = (1_700_000_000_000 + n).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${sort}${n.toString(16).padStart(11, '0')}`;
};

const id = (sort: number, n: string) =>
  `(regexp_replace(lpad(to_hex(1700000000000 + ${n}), 12, '0'), '^(.{8})', '\\1-') || '-7000-8000-${sort}' || lpad(to_hex(${n}), 11, '0'))::uuid`;

const [person, group, team, workflow, credential] = [1, 2, 3, 4, 6].map((sort) => (n: string) => id(sort, n)) as [
  (n: string) => string,
  (n: string) => string,
  (n: string) => string,
  (n: string) => string,
  (n: string) => string,
];

const o = `'${organization}'::uuid`;
const w = `'${workspace}'::uuid`;

/** Mostly people 9 to 10,000, so that those the questions are about stay as they are told. */
const someone = 'floor(9 + random() * 9992)::bigint as p';

const made = (workflows: number): string[] => [
  `select setseed(0.42)`,
  `insert into organization (id, name) values (${o}, 'Bench')`,
  `insert into workspace (organization_id, id, name) values (${o}, ${w}, 'main')`,
  `insert into person (organization_id, id, email, name, role) select ${o}, ${person('n')}, 'p' || n || '@bench.test', 'person ' || n, 'member' from generate_series(1, 10000) n`,
  `insert into credential (organization_id, id, person_id, name, secret_hash, scopes)
     select ${o}, ${credential('n')}, ${person('n')}, 'bench', sha256(('secret ' || n)::bytea), '{read,write,share,request,review,override}' from generate_series(1, 20) n`,
  `insert into workspace_member (organization_id, person_id, workspace_id, role)
     select ${o}, ${person('n')}, ${w}, (case when n = 1 then 'owner' when n = 2 then 'admin' when n % 10 < 3 then 'creator' else 'viewer' end)::workspace_role from generate_series(1, 10000) n`,
  `insert into "group" (organization_id, id, name, visibility) select ${o}, ${group('n')}, 'group ' || n, 'public' from generate_series(1, 1000) n`,
  `insert into team (organization_id, id, name, visibility) select ${o}, ${team('n')}, 'team ' || n, 'public' from generate_series(1, 50) n`,
  // Group 1 is all hands; others hold about fifty, teams two hundred.
  `insert into membership (organization_id, person_id, principal_id, principal, role)
     select ${o}, ${person('n')}, ${group('1::bigint')}, 'group', 'viewer' from generate_series(8, 10000, 2) n`,
  `insert into membership (organization_id, person_id, principal_id, principal, role)
     select ${o}, ${person('p')}, ${group('g')}, 'group', 'viewer'
       from (select ${someone}, floor(2 + random() * 999)::bigint as g from generate_series(1, 50000)) it on conflict do nothing`,
  `insert into membership (organization_id, person_id, principal_id, principal, role)
     select ${o}, ${person('p')}, ${team('t')}, 'team', 'member'
       from (select ${someone}, floor(1 + random() * 50)::bigint as t from generate_series(1, 10000)) it on conflict do nothing`,
  `insert into membership (organization_id, person_id, principal_id, principal, role)
     select ${o}, ${person('4::bigint')}, ${group('n')}, 'group', 'viewer' from generate_series(2, 302) n`,
  `insert into membership (organization_id, person_id, principal_id, principal, role)
     select ${o}, ${person('p')}, ${group('n')}, 'group', 'viewer' from generate_series(7, 8) p, generate_series(10, 14) n`,
  `insert into resource (organization_id, id, workspace_id, kind, name, owner_id, visibility, created_by, updated_at)
     select ${o}, ${workflow('n')}, ${w}, 'workflow', 'workflow ' || n, ${person('p')}, case when v < 0.40 then 'private' when v < 0.95 then 'shared' else 'everyone' end, ${person('p')},
       timestamptz '2026-01-01' + n * interval '20 seconds'
     from (select n, ${someone}, random() as v from generate_series(1, ${workflows}) n) it`,
  `insert into revision (organization_id, resource_id, number, workspace_id, format, media, document, bytes, digest, outline, name, person_id)
     select organization_id, id, 1, workspace_id, 'n8n', 'json', document, length(document), md5(document), outline::json, name, owner_id from resource,
     lateral (select '{"nodes":[{"name":"start ' || name || '","type":"n8n-nodes-base.webhook"}],"connections":{}}' as document,
       '{"format":"n8n","bytes":90,"count":{"triggers":1,"steps":0,"warnings":0},"triggers":[{"at":"/nodes/0","name":"start","type":"webhook"}],"steps":[],"links":[],"calls":[],"warnings":[]}' as outline) it`,
  grants(`select r.id, k < 0.6 as to_person, k < 0.93 as to_group, floor(9 + which * 9992)::bigint as p, floor(2 + which * 999)::bigint as g,
       floor(1 + which * 50)::bigint as t, edits
     from resource r cross join lateral (select random() as k, random() as which, random() < 0.3 as edits from generate_series(1, 8) where r.id is not null) it where r.visibility <> 'private'`),
  `insert into access_grant (organization_id, resource_id, principal_id, principal, workspace_id, kind, level, live, granted_by)
     select ${o}, ${workflow('n')}, ${group('1::bigint')}, 'group', ${w}, 'workflow', 'viewer', true, ${person('1::bigint')}
     from generate_series(1, ${workflows}) n join resource r on r.id = ${workflow('n')} and r.visibility <> 'private' where n % 2 = 0 on conflict do nothing`,
  `update resource set visibility = 'shared' where id in (${[100, 2, 1].map((part) => workflow(`${Math.max(1, Math.floor(workflows / part) - 5)}::bigint`)).join(', ')})`,
  `insert into access_grant (organization_id, resource_id, principal_id, principal, workspace_id, kind, level, live, granted_by)
     select ${o}, id, ${person('3::bigint')}, 'person', ${w}, 'workflow', 'viewer', true, ${person('1::bigint')}
     from resource where id in (${[100, 2, 1].map((part) => workflow(`${Math.max(1, Math.floor(workflows / part) - 5)}::bigint`)).join(', ')}) on conflict do nothing`,
  'vacuum analyze',
];

const grants = (from: string) => `
  insert into access_grant (organization_id, resource_id, principal_id, principal, workspace_id, kind, level, live, granted_by)
  select ${o}, g.id, case when to_person then ${person('p')} when to_group then ${group('g')} else ${team('t')} end,
    case when to_person then 'person' when to_group then 'group' else 'team' end, ${w}, 'workflow', (case when edits then 'editor' else 'viewer' end)::level, true, ${person('1::bigint')}
  from (${from}) g on conflict do nothing`;
