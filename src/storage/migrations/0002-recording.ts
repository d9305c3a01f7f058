/**
 * The log as it is read (ACT-2), and its seals (ACT-3).
 *
 * A seal is a link of an organization's chain: the digest of one entry, and that digest hashed together with the link before. The keeper
 * makes them, behind the writers; `installation` remembers the last entry it came to, in the order of transactions. Nobody who serves says
 * when an entry was made, or by which transaction.
 */
export const recording = `
alter table activity add column kind text;
drop index activity_entity, activity_workspace, activity_person;
-- Each in the order in which it is read; the action comes along, so that what is of another type costs no look at its row.
create index activity_time on activity (organization_id, at desc, id desc, action, outcome);
create index activity_person on activity (organization_id, person_id, at desc, id desc, action);
create index activity_credential on activity (organization_id, credential_id, at desc, id desc, action);
create index activity_workspace on activity (organization_id, workspace_id, at desc, id desc, action);
create index activity_entity on activity (organization_id, entity_id, at desc, id desc);
create index activity_action on activity (organization_id, action, at desc, id desc);
create index activity_sort on activity (organization_id, (case when kind is null then noun else kind end), at desc, id desc);
create index activity_unsealed on activity (xid, id);

create table seal (organization_id uuid not null references organization, number bigint not null, activity_id uuid not null,
  entry bytea not null, digest bytea not null, sealed_at timestamptz not null default clock_timestamp(), primary key (organization_id, number));
create unique index seal_activity on seal (organization_id, activity_id);
alter table installation add column sealed_xid xid8, add column sealed_entry uuid;

create function refuse_change() returns trigger language plpgsql as $$
begin raise exception 'the log is only added to' using errcode = 'insufficient_privilege'; end $$;
${['activity', 'seal']
  .map(
    (table) => `
create trigger only_added_to before update or delete on ${table} for each row execute function refuse_change();
create trigger never_emptied before truncate on ${table} for each statement execute function refuse_change();`,
  )
  .join('')}

revoke all on activity, seal, installation from postern_keeper;
revoke insert, update, delete, truncate on seal from postern_app;
revoke insert, truncate on activity from postern_app;
grant insert (organization_id, id, person_id, credential_id, surface, action, outcome, because, via, overridden, noun, kind, entity_id, workspace_id, before, after)
  on activity to postern_app;
grant select on seal to postern_app;
grant select on activity, seal, installation to postern_keeper;
grant insert on seal to postern_keeper;
grant update (sealed_xid, sealed_entry) on installation to postern_keeper;

alter policy boundary on activity using (${org()} and (${own()} or ${inReach()} or (select current_setting('postern.log', true)) = 'all'));
create policy keeping on activity for select to postern_keeper using (true);
alter table seal enable row level security;
create policy boundary on seal for select to postern_app using (${org()});
create policy keeping on seal to postern_keeper using (true);
`;

function org() {
  return `organization_id = (select nullif(current_setting('postern.org', true), '')::uuid)`;
}

function own() {
  return `person_id = (select nullif(current_setting('postern.person', true), '')::uuid)`;
}

function inReach() {
  return `workspace_id = any ((select nullif(current_setting('postern.reach', true), '')::uuid[])::uuid[])`;
}
