import { Migration } from '@mikro-orm/migrations';

/** Limits that count, and sessions of the 2025 protocol that are known, on every server of the database. */
export class Limiting extends Migration {
  override up() {
    for (const part of [counters, sessions]) this.addSql(part);
  }
}

const guarded = 'security definer set search_path = public, pg_temp';

/**
 * What was spent in a window of time, by the database's clock. Unlogged: a crash of the database begins all windows anew, and counting
 * waits for no disk. Keys name people by id and addresses by a hash.
 */
const counters = `
create unlogged table rate (key text primary key, spent integer not null, expires_at timestamptz not null);
alter table rate enable row level security;
create function spend(what text, points integer, seconds double precision) returns table (spent integer, left_ms double precision)
  language sql ${guarded} as $$
  insert into rate as r values (what, points, statement_timestamp() + make_interval(secs => seconds))
  on conflict (key) do update set
    spent = case when r.expires_at <= statement_timestamp() then points else r.spent + points end,
    expires_at = case when r.expires_at <= statement_timestamp() then excluded.expires_at else r.expires_at end
  returning r.spent, extract(epoch from r.expires_at - statement_timestamp()) * 1000 $$;
create function forget_rates() returns void language sql ${guarded} as $$
  delete from rate where expires_at < statement_timestamp() $$;
`;

/** A session is its opening message and what it follows: from these any server makes it again. Whoever serves reads it by these functions alone. */
const sessions = `
create table mcp_session (organization_id uuid not null, id uuid not null, credential_id uuid not null, narrowing text not null, opening json not null,
  follows text[] not null default '{}', used_at timestamptz not null default now(), primary key (organization_id, id),
  foreign key (organization_id, credential_id) references credential (organization_id, id) on delete cascade);
create index mcp_session_credential on mcp_session (organization_id, credential_id, used_at);
create index mcp_session_used on mcp_session (used_at);
alter table mcp_session enable row level security;
create policy nobody on mcp_session using (false);
create function open_mcp_session(org uuid, whose uuid, which uuid, narrowed text, message json, most integer, idle interval) returns setof uuid
  language sql ${guarded} as $$
  insert into mcp_session (organization_id, id, credential_id, narrowing, opening) values (org, which, whose, narrowed, message);
  delete from mcp_session s where s.used_at < statement_timestamp() - idle;
  delete from mcp_session s where s.organization_id = org and s.id in (
    select o.id from mcp_session o where o.organization_id = org and o.credential_id = whose and o.id <> which order by o.used_at desc, o.id offset most - 1)
  returning s.id $$;
create function use_mcp_session(org uuid, whose uuid, which uuid, narrowed text, idle interval) returns table (opening json, follows text[])
  language sql ${guarded} as $$
  update mcp_session s set used_at = statement_timestamp() where s.organization_id = org and s.id = which and s.credential_id = whose
    and s.narrowing = narrowed and s.used_at >= statement_timestamp() - idle returning s.opening, s.follows $$;
-- Nothing where it would follow too much; what two servers add at once is there afterwards.
create function follow_in_mcp_session(org uuid, which uuid, added text[], removed text[], most integer) returns text[] language sql ${guarded} as $$
  update mcp_session s set follows = array(select distinct u from unnest(s.follows || added) u where u <> all (removed))
  where s.organization_id = org and s.id = which
    and (select count(distinct u) from unnest(s.follows || added) u where u <> all (removed)) <= most returning s.follows $$;
create function end_mcp_session(org uuid, which uuid) returns void language sql ${guarded} as $$
  delete from mcp_session s where s.organization_id = org and s.id = which $$;
`;
