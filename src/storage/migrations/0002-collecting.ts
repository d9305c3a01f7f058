/**
 * What is collected in a workspace and kept from agents: contacts (WS-5), and the secrets of integrations. Whoever serves writes what a
 * secret was sealed to and can't read it back; the operator, who rotates keys, can.
 */
export const collecting = `
alter table resource add column installed text check (installed is null or installed in ('workspace', 'organization') and kind = 'integration');
create table integration_secret (organization_id uuid not null references organization, resource_id uuid not null, workspace_id uuid not null,
  key_id text not null, sealed text not null, set_at timestamptz not null default statement_timestamp(), set_by uuid not null,
  primary key (organization_id, resource_id),
  foreign key (organization_id, resource_id) references resource (organization_id, id) on delete cascade);
create table contact (organization_id uuid not null references organization, id uuid not null, workspace_id uuid not null, email text not null,
  name text, attributes json not null default '{}', source_id uuid, collected_at timestamptz not null default now(),
  primary key (organization_id, id),
  foreign key (organization_id, workspace_id) references workspace (organization_id, id) on delete cascade);
create unique index contact_email on contact (organization_id, workspace_id, lower(email));
create index contact_newest on contact (organization_id, workspace_id, id desc);
revoke all on integration_secret, contact from postern_app;
grant select (organization_id, resource_id, workspace_id, key_id, set_at, set_by), insert, update, delete on integration_secret to postern_app;
grant select on contact to postern_app;
${['integration_secret', 'contact'].map((table) => `alter table ${table} enable row level security; create policy boundary on ${table} using (${inReach()});`).join('\n')}
`;

function inReach() {
  const reach = `(select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[]`;
  return `organization_id = (select nullif(current_setting('postern.org', true), '')::uuid) and workspace_id = any (${reach})`;
}
