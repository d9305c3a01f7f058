/** Who may come in: invitations (ORG-4), domains and their proof (ORG-2, WS-6), single sign-on, billing (ORG-7). */
export const inviting = `
create table invitation (organization_id uuid not null references organization, id uuid not null, email text not null,
  role text not null check (role in ('guest', 'member', 'admin')), secret_hash bytea not null, places json not null default '{"workspaces":[],"teams":[]}',
  invited_by uuid not null, status text not null default 'pending' check (status in ('pending', 'accepted', 'revoked')),
  created_at timestamptz not null default now(), sent_at timestamptz not null default now(), expires_at timestamptz not null,
  accepted_by uuid, primary key (organization_id, id),
  foreign key (organization_id, invited_by) references person (organization_id, id));
-- One a sender: that someone else has invited them is not theirs to learn.
create unique index invitation_pending on invitation (organization_id, lower(email), invited_by) where status = 'pending';
create index invitation_newest on invitation (organization_id, id desc) where status = 'pending';
create index invitation_sender on invitation (organization_id, invited_by, id desc) where status = 'pending';
create index person_admin on person (organization_id, id) where role = 'admin' and status = 'active';
create index person_name on person (organization_id, lower(name), id) where status <> 'removed';

create table domain (organization_id uuid not null references organization, id uuid not null, workspace_id uuid, name text not null,
  proof text not null, claimed_by uuid not null, claimed_at timestamptz not null default now(), proven_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, workspace_id) references workspace (organization_id, id) on delete cascade);
create unique index domain_claimed on domain (organization_id, coalesce(workspace_id, organization_id), name);
-- A name is proven once in the whole installation.
create unique index domain_proven on domain (name) where proven_at is not null;
create table sso (organization_id uuid primary key references organization, protocol text not null check (protocol in ('oidc', 'saml')),
  issuer text not null, client_id text, required boolean not null default false);
create table billing (organization_id uuid primary key references organization, plan text, seats int check (seats > 0), email text, renews_on date,
  changed_at timestamptz not null default now());

grant select, insert, update on invitation, domain, billing to postern_app;
grant select on sso to postern_app;
revoke delete on invitation, domain, billing, sso from postern_app;
${['invitation', 'sso', 'billing'].map((table) => `alter table ${table} enable row level security; create policy boundary on ${table} using (${org()});`).join('\n')}
alter table domain enable row level security;
create policy boundary on domain using (${org()} and (workspace_id is null or ${inReach()}));

-- Whoever leaves is seen through wherever they were, and what they asked for is cancelled where it was never delivered.
alter policy boundary on access_request using (${org()} and (requester_id = (select nullif(current_setting('postern.person', true), '')::uuid)
  or ${inReach()} or requester_id = (select nullif(current_setting('postern.leaver', true), '')::uuid)));

-- Lets in whoever holds the secret of an invitation, to do nothing but accept it: nobody else changes it, or who is in the organization,
-- meanwhile. It answers the invitation; null where there is none, or it is over, or the organization is. It runs as the tables' owner,
-- since nobody has entered yet.
create function enter_by_invitation(org uuid, invitation_id uuid, hash bytea) returns json
  language plpgsql security definer set search_path = public, pg_temp as $$
declare it record;
begin
  perform from organization o where o.id = org and o.deleted_at is null for no key update;
  if not found then return null; end if;
  select i.id, i.email, i.role, i.places, i.invited_by into it from invitation i
  where i.organization_id = org and i.id = invitation_id and i.secret_hash = hash and i.status = 'pending' and i.expires_at > clock_timestamp() for update;
  if it.id is null then return null; end if;
  perform set_config('postern.org', org::text, true), set_config('postern.person', '', true), set_config('postern.principals', '{}', true),
    set_config('postern.reach', '{}', true);
  return row_to_json(it);
end $$;

-- Notes when someone was last here, to the hour; where their row is being changed, the next time will do.
create function saw(org uuid, credential_id uuid) returns void language sql security definer set search_path = public, pg_temp as $$
  update person set last_login_at = statement_timestamp() where (organization_id, id) in (
    select p.organization_id, p.id from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
    where c.organization_id = org and c.id = credential_id and (p.last_login_at is null or p.last_login_at < statement_timestamp() - interval '1 hour')
    for no key update of p skip locked) $$;

-- Whether a name is one that a workspace has proven to be its own: nothing is served under another (WS-6).
create function is_proven(host text) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from domain d join workspace w on w.organization_id = d.organization_id and w.id = d.workspace_id and w.deleted_at is null
    join organization o on o.id = d.organization_id and o.deleted_at is null where d.name = lower(host) and d.proven_at is not null) $$;
`;

function org() {
  return `organization_id = (select nullif(current_setting('postern.org', true), '')::uuid)`;
}

function inReach() {
  return `workspace_id = any ((select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[])`;
}
