import { Migration } from '@mikro-orm/migrations';
import { entering } from './0001-entering.ts';

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
-- Row-level security keeps an index on lower(email) from being used, since lower() might leak; one on a column it does not.
create table person (${keyed}, email text not null, email_key text generated always as (lower(email)) stored, name text not null,
  role text not null check (role in ('guest', 'member', 'admin')),
  status text not null default 'active' check (status in ('active', 'suspended', 'removed')),
  can_invite boolean not null default false, last_login_at timestamptz, created_at timestamptz not null default now(),
  primary key (organization_id, id));
create unique index person_email on person (organization_id, email_key) where status <> 'removed';
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
-- The memberships that count: nobody is in a group or team that was deleted.
create view belonging with (security_invoker = true) as
  select m.*, coalesce(g.name, t.name) as name from membership m
  left join "group" g on m.principal = 'group' and g.organization_id = m.organization_id and g.id = m.principal_id and g.deleted_at is null
  left join team t on m.principal = 'team' and t.organization_id = m.organization_id and t.id = m.principal_id and t.deleted_at is null
  where g.id is not null or t.id is not null;
`;

const places = `
create table workspace (${keyed}, ${described}, take_back text not null default 'sharer' check (take_back in ('sharer', 'any_editor')),
  primary key (organization_id, id));
create table workspace_member (organization_id uuid not null, person_id uuid not null, workspace_id uuid not null, role workspace_role not null,
  primary key (organization_id, person_id, workspace_id), ${toPerson('person_id', 'on delete cascade')}, ${toWorkspace});
create index workspace_member_workspace on workspace_member (organization_id, workspace_id, person_id);
create index workspace_member_admin on workspace_member (organization_id, workspace_id, person_id) where role >= 'admin';
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
-- The places in projects that count: a restricted project that was deleted stays shut.
create view gate with (security_invoker = true) as
  select m.* from project_member m join project p on p.organization_id = m.organization_id and p.id = m.project_id and p.deleted_at is null;
`;

const resources = `
create table resource (${keyed}, workspace_id uuid not null, project_id uuid, restricted_to uuid, kind text not null, name text not null,
  description text, owner_id uuid, owner_email text, given_by uuid,
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
-- And its owner's email, so that a list need not look at each owner; who changes that meanwhile waits, and then finds the resource.
create function keep_owner_email() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.owner_email := (select p.email from person p where p.organization_id = new.organization_id and p.id = new.owner_id for share);
  return new;
end $$;
create trigger owned before insert or update of owner_id, owner_email on resource for each row execute function keep_owner_email();
create function spread_email() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update resource r set owner_email = new.email where r.organization_id = new.organization_id and r.owner_id = new.id;
  return null;
end $$;
create trigger readdressed after update of email on person for each row when (new.email <> old.email) execute function spread_email();
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
