/** Who may come in: invitations (ORG-4), proven domains (ORG-2, WS-6), billing (ORG-7). */
export const inviting = `
create table invitation (organization_id uuid not null references organization, id uuid not null, email text not null,
  role text not null check (role in ('guest', 'member', 'admin')), secret_hash bytea not null, places json not null default '[]',
  invited_by uuid not null, status text not null default 'pending' check (status in ('pending', 'accepted', 'revoked')),
  created_at timestamptz not null default now(), sent_at timestamptz not null default now(), expires_at timestamptz not null,
  accepted_by uuid, primary key (organization_id, id),
  foreign key (organization_id, invited_by) references person (organization_id, id));
create unique index invitation_pending on invitation (organization_id, lower(email)) where status = 'pending';
create index person_admin on person (organization_id, id) where role = 'admin' and status = 'active';
alter table invitation enable row level security;
create policy boundary on invitation using (organization_id = (select nullif(current_setting('postern.org', true), '')::uuid));
grant select, insert, update, delete on invitation to postern_app;
`;
