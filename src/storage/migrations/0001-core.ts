import { Migration } from '@mikro-orm/migrations';

/** The first schema: tables, the indexes that lists are read from, the roles, and row-level security (EXP-6, adr/0003). */
export class Core extends Migration {
  override up() {
    for (const part of [types, people, places, resources, records, indexes, entering, roles, policies])
      this.addSql(part);
  }
}

const types = `
create type level as enum ('viewer', 'editor', 'owner');
create type workspace_role as enum ('viewer', 'creator', 'admin', 'owner');
`;

const described = `name text not null, description text, avatar text, created_at timestamptz not null default now(), deleted_at timestamptz`;
const keyed = `organization_id uuid not null references organization, id uuid not null`;
const toPerson = (column: string, then = '') =>
  `foreign key (organization_id, ${column}) references person (organization_id, id) ${then}`;
const toWorkspace = `foreign key (organization_id, workspace_id) references workspace (organization_id, id) on delete cascade`;

const people = `
create table installation (id int primary key check (id = 1), signing_key bytea not null);
create table organization (id uuid primary key, ${described}, created_by uuid);
create table person (${keyed}, email text not null, name text not null,
  role text not null check (role in ('guest', 'member', 'admin')),
  status text not null default 'active' check (status in ('active', 'suspended', 'removed')),
  can_invite boolean not null default false, last_login_at timestamptz, created_at timestamptz not null default now(),
  primary key (organization_id, id));
create unique index person_email on person (organization_id, lower(email)) where status <> 'removed';
create table credential (${keyed}, person_id uuid not null, name text not null, secret_hash bytea not null, scopes text[] not null,
  workspaces uuid[], created_at timestamptz not null default now(), expires_at timestamptz, revoked_at timestamptz,
  primary key (organization_id, id), ${toPerson('person_id', 'on delete cascade')});
create index credential_person on credential (organization_id, person_id);
create table team (${keyed}, ${described}, visibility text not null check (visibility in ('public', 'locked')), primary key (organization_id, id));
create table "group" (${keyed}, ${described}, visibility text not null check (visibility in ('public', 'private')), primary key (organization_id, id));
create table membership (organization_id uuid not null, person_id uuid not null, principal_id uuid not null,
  principal text not null check (principal in ('group', 'team')), role text not null,
  primary key (organization_id, person_id, principal_id), ${toPerson('person_id', 'on delete cascade')},
  check (role in ('owner', 'editor', 'viewer') and principal = 'group' or role in ('manager', 'member') and principal = 'team'));
create index membership_principal on membership (organization_id, principal_id, person_id);
`;

const places = `
create table workspace (${keyed}, ${described}, take_back text not null default 'sharer' check (take_back in ('sharer', 'any_editor')),
  primary key (organization_id, id));
create table workspace_member (organization_id uuid not null, person_id uuid not null, workspace_id uuid not null, role workspace_role not null,
  primary key (organization_id, person_id, workspace_id), ${toPerson('person_id', 'on delete cascade')}, ${toWorkspace});
create index workspace_member_workspace on workspace_member (organization_id, workspace_id);
create table capability_switch (organization_id uuid not null, person_id uuid not null, workspace_id uuid not null, capability text not null,
  enabled boolean not null, primary key (organization_id, person_id, workspace_id, capability),
  ${toPerson('person_id', 'on delete cascade')}, ${toWorkspace});
create table workspace_team (organization_id uuid not null, team_id uuid not null, workspace_id uuid not null, role workspace_role not null,
  primary key (organization_id, team_id, workspace_id), ${toWorkspace},
  foreign key (organization_id, team_id) references team (organization_id, id) on delete cascade);
create index workspace_team_workspace on workspace_team (organization_id, workspace_id);
create table project (${keyed}, workspace_id uuid not null, ${described}, mode text not null check (mode in ('open', 'restricted')),
  primary key (organization_id, id), ${toWorkspace});
create table project_member (organization_id uuid not null, project_id uuid not null, principal_id uuid not null,
  principal text not null check (principal in ('person', 'team')), workspace_id uuid not null, role level not null check (role <> 'owner'),
  primary key (organization_id, project_id, principal_id),
  foreign key (organization_id, project_id) references project (organization_id, id) on delete cascade);
create index project_member_principal on project_member (organization_id, principal_id);
`;

const resources = `
create table resource (${keyed}, workspace_id uuid not null, project_id uuid, restricted_to uuid, kind text not null, name text not null,
  description text, owner_id uuid, given_by uuid,
  visibility text not null default 'private' check (visibility in ('private', 'shared', 'everyone')),
  everyone_role level not null default 'editor' check (everyone_role <> 'owner'), shared_with text[] not null default '{}', revision int not null default 1,
  created_at timestamptz not null default now(), created_by uuid, updated_at timestamptz not null default now(), deleted_at timestamptz,
  primary key (organization_id, id), ${toWorkspace}, ${toPerson('owner_id')},
  foreign key (organization_id, project_id) references project (organization_id, id),
  check (restricted_to is null or restricted_to = project_id));
create table revision (organization_id uuid not null, resource_id uuid not null, number int not null, workspace_id uuid not null,
  format text not null, media text not null, document text not null, source text, bytes int not null, digest text not null,
  outline json not null, name text not null, restored_from int, person_id uuid not null, credential_id uuid,
  created_at timestamptz not null default now(), primary key (organization_id, resource_id, number),
  foreign key (organization_id, resource_id) references resource (organization_id, id) on delete cascade);
create table access_grant (organization_id uuid not null, resource_id uuid not null, principal_id uuid not null,
  principal text not null check (principal in ('person', 'group', 'team')), workspace_id uuid not null, kind text not null,
  level level not null check (level <> 'owner'), live boolean not null, expires_at timestamptz, granted_by uuid not null,
  granted_at timestamptz not null default now(), primary key (organization_id, resource_id, principal_id) include (level, expires_at, live, principal, workspace_id),
  foreign key (organization_id, resource_id) references resource (organization_id, id) on delete cascade);
-- A resource says itself whom it is shared with, so that a check reads one row: level, principal, id, and the end as seconds of the epoch.
create function keep_shared_with() returns trigger language plpgsql as $$
begin
  update resource r set shared_with = array(
    select concat_ws('|', g.level, g.principal, g.principal_id, extract(epoch from g.expires_at)) from access_grant g
    where g.organization_id = r.organization_id and g.resource_id = r.id and g.live order by g.principal_id)
  from (select distinct organization_id, resource_id from changed) it where r.organization_id = it.organization_id and r.id = it.resource_id;
  return null;
end $$;
create trigger granted after insert on access_grant referencing new table as changed for each statement execute function keep_shared_with();
create trigger regranted after update on access_grant referencing new table as changed for each statement execute function keep_shared_with();
create trigger ungranted after delete on access_grant referencing old table as changed for each statement execute function keep_shared_with();
create table access_request (${keyed}, requester_id uuid not null, credential_id uuid, resource_id uuid not null, kind text not null,
  workspace_id uuid, level level not null check (level <> 'owner'), message text,
  status text not null default 'pending' check (status in ('pending', 'approved', 'denied', 'cancelled', 'expired')), note text,
  created_at timestamptz not null default now(), decided_at timestamptz, decided_by uuid,
  primary key (organization_id, id), ${toPerson('requester_id', 'on delete cascade')});
`;

const records = `
create table activity (${keyed}, at timestamptz not null default clock_timestamp(), xid xid8 not null default pg_current_xact_id(),
  person_id uuid, credential_id uuid, surface text not null, action text not null, outcome text not null, because text, via text,
  overridden boolean not null default false, noun text not null, entity_id uuid, workspace_id uuid, before json, after json,
  primary key (organization_id, id));
create table confirmation (${keyed}, credential_id uuid not null, used_at timestamptz not null default now(), primary key (organization_id, id));
create table idempotency (organization_id uuid not null references organization, credential_id uuid not null, key text not null,
  operation text not null, digest text not null, outcome json, created_at timestamptz not null default now(),
  primary key (organization_id, credential_id, key));
`;

// One index a path, each in the order of ids, so that a page is read from indexes alone.
const indexes = `
create index resource_all on resource (organization_id, workspace_id, kind, id desc) where deleted_at is null;
create index resource_owner on resource (organization_id, owner_id, workspace_id, kind, id desc) where deleted_at is null;
create index resource_everyone on resource (organization_id, workspace_id, kind, id desc) include (everyone_role)
  where visibility = 'everyone' and restricted_to is null and deleted_at is null;
create index resource_restricted on resource (organization_id, restricted_to, kind, id desc) include (everyone_role)
  where visibility = 'everyone' and restricted_to is not null and deleted_at is null;
create index resource_bin on resource (organization_id, workspace_id, kind, id desc) where deleted_at is not null;
create index access_grant_live on access_grant (organization_id, principal_id, workspace_id, kind, resource_id desc) include (level, expires_at, principal) where live;
create unique index access_request_pending on access_request (organization_id, requester_id, resource_id) where status = 'pending';
create index access_request_sent on access_request (organization_id, requester_id, id desc);
create index access_request_incoming on access_request (organization_id, workspace_id, id desc) where workspace_id is not null;
create index access_request_resource on access_request (organization_id, resource_id) where status = 'pending';
create index activity_entity on activity (organization_id, entity_id, id desc);
create index activity_workspace on activity (organization_id, workspace_id, id desc);
create index activity_person on activity (organization_id, person_id, id desc);
`;

/**
 * Every transaction of the server begins with enter(): it says for which organization and person it runs, of which groups and teams they
 * are, and which workspaces are in reach: places, and those with a live grant, cut to the credential's, those deleted left out
 * (EXP-6). It answers how the caller stands; null where the credential or the person has ended. It runs as the tables' owner, since
 * it reads what decides the reach. Without it, the settings are empty and every policy denies.
 */
const entering = `
create function enter(org uuid, credential_id uuid) returns json language plpgsql security definer set search_path = public, pg_temp as $$
declare
  it record; principals uuid[]; names json; reach uuid[]; places json; gates json; switches json;
begin
  select p.organization_id, p.id, p.email, p.name, p.role, c.id as credential, c.name as credential_name, c.scopes, c.workspaces as cut, c.expires_at
  into it from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
  where c.organization_id = org and c.id = credential_id and c.revoked_at is null and p.status = 'active'
    and (c.expires_at is null or c.expires_at > statement_timestamp());
  if it.id is null then
    perform set_config('postern.org', '', true), set_config('postern.person', '', true), set_config('postern.principals', '{}', true),
      set_config('postern.reach', '{}', true);
    return null;
  end if;
  select array_agg(m.principal_id) into principals from membership m where m.organization_id = org and m.person_id = it.id;
  select json_object_agg(id, name) into names from (
    select g.id, g.name from "group" g where g.organization_id = org and g.id = any (principals)
    union all select t.id, t.name from team t where t.organization_id = org and t.id = any (principals)) each;
  principals := array_prepend(it.id, principals);
  select json_agg(json_build_object('workspace', w.id, 'name', w.name, 'takeBack', w.take_back, 'role', mine.role, 'teams', mine.teams, 'switches',
      (select json_object_agg(s.capability, s.enabled) from capability_switch s where s.organization_id = org and s.person_id = it.id and s.workspace_id = w.id))
      order by w.name, w.id), array_agg(w.id)
    into places, reach
  from (
    select workspace, max(role) as role, json_agg(json_build_object('role', team_role, 'name', team) order by team) filter (where team is not null) as teams from (
      select m.workspace_id as workspace, m.role, null::workspace_role as team_role, null::text as team
      from workspace_member m where m.organization_id = org and m.person_id = it.id
      union all
      select t.workspace_id, null, t.role, team.name from workspace_team t join team on team.organization_id = org and team.id = t.team_id
      where t.organization_id = org and t.team_id = any (principals)
    ) each group by workspace
  ) mine join workspace w on w.organization_id = org and w.id = mine.workspace and w.deleted_at is null and (it.cut is null or w.id = any (it.cut));
  select json_object_agg(project_id, role) into gates from (
    select m.project_id, max(m.role) as role from project_member m where m.organization_id = org and m.principal_id = any (principals) group by m.project_id) each;
  if it.role = 'admin' and 'override' = any (it.scopes) then
    select array_agg(w.id) into reach from workspace w where w.organization_id = org and w.deleted_at is null and (it.cut is null or w.id = any (it.cut));
    select json_object_agg(workspace_id, switched) into switches from (
      select s.workspace_id, json_object_agg(s.capability, s.enabled) as switched from capability_switch s
      where s.organization_id = org and s.person_id = it.id group by s.workspace_id) each;
  else
    with recursive spots as (
      select p as principal, (select g.workspace_id from access_grant g where g.organization_id = org and g.principal_id = p and g.live
        order by g.workspace_id limit 1) as workspace from unnest(principals) p
      union all
      select s.principal, (select g.workspace_id from access_grant g where g.organization_id = org and g.principal_id = s.principal and g.live
        and g.workspace_id > s.workspace order by g.workspace_id limit 1) from spots s where s.workspace is not null
    )
    select reach || array_agg(distinct s.workspace) into reach from spots s
      join workspace w on w.organization_id = org and w.id = s.workspace and w.deleted_at is null and (it.cut is null or w.id = any (it.cut))
    where not s.workspace = any (coalesce(reach, '{}')) and exists (
      select from access_grant g where g.organization_id = org and g.principal_id = s.principal and g.workspace_id = s.workspace
        and g.live and (g.expires_at is null or g.expires_at > statement_timestamp()));
  end if;
  perform set_config('postern.org', org::text, true), set_config('postern.person', it.id::text, true),
    set_config('postern.principals', principals::text, true), set_config('postern.reach', coalesce(reach, '{}')::text, true);
  return json_build_object('me', row_to_json(it), 'now', extract(epoch from statement_timestamp()), 'places', places, 'switches', switches, 'principals', principals, 'names', names, 'reach', reach, 'gates', gates);
end $$;
create function admit(org uuid, credential_id uuid, hash bytea)
  returns table (id uuid, name text, scopes text[], person_id uuid, email text) language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.name, c.scopes, p.id, p.email from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
  where c.organization_id = org and c.id = credential_id and c.secret_hash = hash and c.revoked_at is null and p.status = 'active'
    and (c.expires_at is null or c.expires_at > statement_timestamp()) $$;
`;

/** Made where it is missing; whoever migrates may act as it, which a superuser may anyway. */
const role = (name: string) => `
do $$ begin
  if not exists (select from pg_roles where rolname = '${name}') then create role ${name} login nosuperuser nobypassrls; end if;
  if not pg_has_role('${name}', 'set') then grant ${name} to current_user with inherit false, set true; end if;
exception when duplicate_object or unique_violation or insufficient_privilege then null; end $$;`;

const roles = `
${['postern_app', 'postern_keeper'].map(role).join('')}
grant select, insert, update, delete on all tables in schema public to postern_app;
revoke insert, update, delete on installation, migration from postern_app;
revoke update, delete on activity from postern_app;
`;

const org = `organization_id = (select nullif(current_setting('postern.org', true), '')::uuid)`;
const inReach = `workspace_id = any ((select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[])`;
const own = (column: string) => `${column} = (select nullif(current_setting('postern.person', true), '')::uuid)`;

const guard = (table: string, condition: string) =>
  `alter table ${table} enable row level security; create policy boundary on ${table} using (${condition});`;

const policies = [
  guard('organization', org.replace('organization_id', 'id')),
  ...[
    'person',
    'credential',
    'team',
    '"group"',
    'membership',
    'workspace',
    'workspace_member',
    'capability_switch',
    'workspace_team',
  ].map((table) => guard(table, org)),
  ...['confirmation', 'idempotency'].map((table) => guard(table, org)),
  ...['project', 'project_member', 'resource', 'revision', 'access_grant'].map((table) =>
    guard(table, `${org} and ${inReach}`),
  ),
  guard('access_request', `${org} and (${own('requester_id')} or ${inReach})`),
  `alter table activity enable row level security;
   create policy boundary on activity for select using (${org} and (${own('person_id')} or ${inReach}));
   create policy writing on activity for insert with check (${org} and (${own('person_id')} or person_id is null));`,
].join('\n');
