/**
 * What people are told (NOT-2), and news: who serves hears by NOTIFY that something has changed, in whichever process it did (NOT-1).
 *
 * News names what changed by id alone, `noun organization id,id…`, a hundred ids at most each; whoever hears it looks for themself.
 */
export const notifying = `
create table notification (organization_id uuid not null references organization, id uuid not null, person_id uuid not null,
  xid xid8 not null default pg_current_xact_id(), event text not null, kind text, resource_id uuid, request_id uuid,
  at timestamptz not null default clock_timestamp(), read_at timestamptz,
  primary key (organization_id, id),
  foreign key (organization_id, person_id) references person (organization_id, id) on delete cascade);
create index notification_told on notification (organization_id, person_id, xid, id);
create index notification_unread on notification (organization_id, person_id, xid, id) where read_at is null;
grant select, insert, update (read_at) on notification to postern_app;
alter table notification enable row level security;
create policy reading on notification for select using (${own()});
create policy marking on notification for update using (${own()});
create policy telling on notification for insert with check (${org()});

create function tell_news(noun text, organization uuid, ids uuid[]) returns void language sql as $$
  select pg_notify('postern', concat_ws(' ', noun, organization, string_agg(id::text, ',')))
  from (select id, (row_number() over (order by id) - 1) / 100 as part from unnest(ids) id) each group by part $$;
${[
  news('notification', 'person', 'person_id', ['insert', 'update']),
  news('resource', 'resource', 'id', ['update']),
  news('access_request', 'request', 'id', ['insert', 'update']),
  news('access_request', 'person', 'requester_id', ['insert', 'update']),
  news('credential', 'credential', 'id', ['update']),
  news('person', 'person', 'id', ['update']),
  news('workspace_member', 'person', 'person_id', ['insert', 'update', 'delete']),
  news('membership', 'person', 'person_id', ['insert', 'update', 'delete']),
  news('capability_switch', 'person', 'person_id', ['insert', 'update', 'delete']),
  news('workspace_team', 'organization', 'organization_id', ['insert', 'update', 'delete']),
  news('workspace', 'organization', 'organization_id', ['update']),
  news('organization', 'organization', 'id', ['update']),
].join('')}
`;

function org() {
  return `organization_id = (select nullif(current_setting('postern.org', true), '')::uuid)`;
}

function own() {
  return `${org()} and person_id = (select nullif(current_setting('postern.person', true), '')::uuid)`;
}

/** News of every row that a statement touches, one message a hundred ids of an organization. */
function news(table: string, noun: string, column: string, changes: readonly ('insert' | 'update' | 'delete')[]) {
  const name = `news_of_${table}_to_${noun}`;
  const organization = table === 'organization' ? 'id' : 'organization_id';
  return `
create function ${name}() returns trigger language plpgsql as $$
begin
  perform tell_news('${noun}', organization, ids)
  from (select ${organization} as organization, array_agg(distinct ${column}) as ids from changed group by 1) each;
  return null;
end $$;${changes
    .map(
      (change) => `
create trigger ${name}_on_${change} after ${change} on ${table}
  referencing ${change === 'delete' ? 'old' : 'new'} table as changed for each statement execute function ${name}();`,
    )
    .join('')}`;
}
