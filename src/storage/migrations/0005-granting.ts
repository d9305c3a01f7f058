import { Migration } from '@mikro-orm/migrations';

/**
 * Clients that people let in by OAuth. What is let in is a credential of the kind `connection`; here is what OAuth itself has to keep. None
 * of it belongs to an organization, so it is behind functions alone: the role that serves reads none of these tables.
 */
export class Granting extends Migration {
  override up() {
    for (const part of [tables, ...items, ...clients, ...admission]) this.addSql(part);
  }
}

const tables = `
alter table credential add column client_id text;
create index credential_client on credential (organization_id, person_id, client_id) where client_id is not null;

-- Set up by the operator, by itself, or known by the document that its id is the address of.
create table oauth_client (id text primary key, standing text not null check (standing in ('registered', 'document', 'self')), metadata json not null,
  created_at timestamptz not null default now(), read_at timestamptz, used_at timestamptz);
create index oauth_client_self on oauth_client (coalesce(used_at, created_at)) where standing = 'self';
-- When an address asked to register a client: the hash of the address, for an hour.
create table oauth_registration (address bytea not null, at timestamptz not null default clock_timestamp());
create index oauth_registration_address on oauth_registration (address, at);
-- Codes, refresh tokens and what is under way, by the hash of what they are called. What is used up stays, so that using it again shows.
create table oauth_item (id bytea primary key, organization_id uuid, credential_id uuid, payload json not null, expires_at timestamptz not null,
  used_at timestamptz);
create index oauth_item_connection on oauth_item (organization_id, credential_id) where credential_id is not null;
create index oauth_item_end on oauth_item (expires_at);
create table token_key (id uuid primary key, key_id text, jwk text not null, created_at timestamptz not null default now());
${['oauth_client', 'oauth_registration', 'oauth_item', 'token_key'].map((table) => `alter table ${table} enable row level security;`).join('\n')}
create policy nobody on oauth_item using (false);
revoke all on oauth_client, oauth_registration, oauth_item, token_key from postern_app;
`;

const define = (head: string, language: 'sql' | 'sql stable' | 'plpgsql', body: string) =>
  `create function ${head} language ${language} security definer set search_path = public, pg_temp as $$ ${body} $$;`;

/** Whether the credential \`c\` opens anything still. */
const holds = `c.revoked_at is null and (c.expires_at is null or c.expires_at > statement_timestamp())
  and exists (select from person p join organization o on o.id = p.organization_id and o.deleted_at is null
    where p.organization_id = c.organization_id and p.id = c.person_id and p.status = 'active')`;

const items = [
  define(
    'keep_oauth_item(which bytea, org uuid, connection uuid, told json, seconds integer, client text) returns void',
    'sql',
    `delete from oauth_item where id in (select id from oauth_item where expires_at < statement_timestamp() limit 100 for update skip locked);
    update oauth_client set used_at = statement_timestamp() where connection is not null and id = client
      and (used_at is null or used_at < statement_timestamp() - interval '1 day');
    insert into oauth_item (id, organization_id, credential_id, payload, expires_at)
    values (which, org, connection, told, statement_timestamp() + make_interval(secs => seconds))
    on conflict (id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
  ),
  // What hangs on a connection is gone with it.
  define(
    'oauth_item_of(which bytea) returns table (payload json, used double precision)',
    'sql stable',
    `select i.payload, extract(epoch from i.used_at)::double precision from oauth_item i where i.id = which and i.expires_at > statement_timestamp()
      and (i.credential_id is null or exists (select from credential c where c.organization_id = i.organization_id and c.id = i.credential_id
        and c.kind = 'connection' and ${holds}))`,
  ),
  define(
    'end_oauth_connection(org uuid, connection uuid, entry uuid) returns void',
    'sql',
    `delete from oauth_item where organization_id = org and credential_id = connection;
    with ended as (update credential set revoked_at = statement_timestamp() where organization_id = org and id = connection and kind = 'connection'
      and revoked_at is null returning person_id, name)
    insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, noun, entity_id, before, after)
    select org, entry, person_id, connection, 'external', 'connection.end', 'allow', 'The client gave it back, or a code or token of it came a second time.',
      'credential', connection, json_build_object('name', name, 'revoked', false), json_build_object('name', name, 'revoked', true) from ended`,
  ),
  // Whoever comes second, with what serves once, ends the connection: one of the two is a thief.
  define(
    'use_oauth_item(which bytea, entry uuid) returns boolean',
    'plpgsql',
    `declare it record;
    begin
      update oauth_item set used_at = clock_timestamp() where id = which and used_at is null;
      if found then return true; end if;
      select organization_id, credential_id into it from oauth_item where id = which;
      perform end_oauth_connection(it.organization_id, it.credential_id, entry);
      return false;
    end`,
  ),
  define('drop_oauth_item(which bytea) returns void', 'sql', 'delete from oauth_item where id = which'),
  define(
    'token_keys() returns table (id uuid, key_id text, jwk text, age double precision)',
    'sql stable',
    `select k.id, k.key_id, k.jwk, extract(epoch from statement_timestamp() - k.created_at)::double precision from token_key k order by k.created_at desc, k.id desc`,
  ),
  // Of several servers that find none at once, one makes it.
  define(
    'add_token_key(fresh uuid, sealed_by text, sealed text, instead uuid[]) returns void',
    'plpgsql',
    `begin
      lock table token_key in exclusive mode;
      if exists (select from token_key where not id = any (instead)) then return; end if;
      insert into token_key (id, key_id, jwk) values (fresh, sealed_by, sealed);
      delete from token_key where created_at < statement_timestamp() - interval '180 days';
    end`,
  ),
];

/** How often one address may register, how many such clients there are at most, and for how long one stays that nobody uses. */
const [perHour, most, unused, idle] = [20, 10_000, `interval '1 day'`, `interval '90 days'`];

const clients = [
  // Answers in how many seconds there may be another, where there were too many.
  define(
    'ask_to_register(from_address bytea) returns integer',
    'plpgsql',
    `declare since timestamptz := clock_timestamp() - interval '1 hour'; wait integer;
    begin
      perform pg_advisory_xact_lock(8410, hashtext(encode(from_address, 'hex')));
      delete from oauth_registration where at < since;
      delete from oauth_client where standing = 'self' and coalesce(used_at, created_at) < statement_timestamp() - ${unused}
        and (used_at is null or used_at < statement_timestamp() - ${idle});
      select ceil(extract(epoch from min(at) - since)) into wait from oauth_registration where address = from_address having count(*) >= ${perHour};
      if wait is not null then return greatest(wait, 1); end if;
      insert into oauth_registration (address) values (from_address);
      if (select count(*) from oauth_client where standing = 'self') >= ${most} then return 3600; end if;
      return null;
    end`,
  ),
  define(
    'keep_oauth_client(which text, how text, told json) returns void',
    'sql',
    `insert into oauth_client (id, standing, metadata, read_at) values (which, how, told, statement_timestamp())
    on conflict (id) do update set metadata = excluded.metadata, read_at = excluded.read_at where oauth_client.standing = 'document' and excluded.standing = 'document'`,
  ),
  define(
    'oauth_client_of(which text) returns table (standing text, metadata json, age double precision)',
    'sql stable',
    `select c.standing, c.metadata, extract(epoch from statement_timestamp() - c.read_at)::double precision from oauth_client c where c.id = which
      and (c.standing <> 'self' or coalesce(c.used_at + ${idle}, c.created_at + ${unused}) > statement_timestamp())`,
  ),
];

const admission = [
  define(
    'admit_connection(org uuid, connection uuid) returns table (id uuid, name text, scopes text[], person_id uuid, email text)',
    'sql stable',
    `select c.id, c.name, c.scopes, p.id, p.email from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id
    where c.organization_id = org and c.id = connection and c.kind = 'connection' and ${holds}`,
  ),
  // For whom a provider elsewhere vouches, by a client: one connection each, so that it can be told apart and ended. What was issued before
  // it ended opens nothing. Answers nothing where nobody has the email, or several have it and none of their organizations is named.
  define(
    `meet_connection(mail text, named text, client text, called text, granted text[], issued timestamptz, fresh uuid, entry uuid)
      returns table (organization_id uuid, id uuid, name text, scopes text[], person_id uuid, email text)`,
    'plpgsql',
    `#variable_conflict use_column
    declare who record; it record;
    begin
      for who in select p.organization_id, p.id, p.email, count(*) over () as many from person p
        join organization o on o.id = p.organization_id and o.deleted_at is null
        where p.email_key = lower(mail) and p.status = 'active' and (named is null or o.id::text = named or o.name = named) limit 1
      loop
        exit when who.many > 1;
        select c.id, c.name, c.scopes, c.revoked_at into it from credential c where c.organization_id = who.organization_id and c.person_id = who.id
          and c.client_id = client and c.kind = 'connection' order by c.revoked_at desc nulls first limit 1;
        exit when it.revoked_at >= issued;
        if it.id is null or it.revoked_at is not null then
          perform pg_advisory_xact_lock(hashtextextended(who.id::text || client, 8410));
          select c.id, c.name, c.scopes, c.revoked_at into it from credential c where c.organization_id = who.organization_id and c.person_id = who.id
            and c.client_id = client and c.kind = 'connection' and c.revoked_at is null;
        end if;
        if it.id is null then
          insert into credential (organization_id, id, person_id, name, secret_hash, scopes, kind, client_id)
          values (who.organization_id, fresh, who.id, called, sha256(gen_random_uuid()::text::bytea), granted, 'connection', client);
          insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, noun, entity_id, after)
          values (who.organization_id, entry, who.id, fresh, 'external', 'connection.create', 'allow', 'The identity provider let it in.', 'credential', fresh,
            json_build_object('name', called, 'scopes', granted));
          return query select who.organization_id, fresh, called, granted, who.id, who.email;
        else
          if not granted <@ it.scopes then
            update credential c set scopes = (select array_agg(distinct s) from unnest(c.scopes || granted) s) where c.organization_id = who.organization_id and c.id = it.id;
          end if;
          return query select who.organization_id, it.id, it.name, granted, who.id, who.email;
        end if;
      end loop;
    end`,
  ),
];
