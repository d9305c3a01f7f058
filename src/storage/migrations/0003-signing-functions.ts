/** They run as the tables' owner, since nobody has entered an organization yet when they sign in. */
const define = (head: string, language: 'sql' | 'sql stable' | 'plpgsql', body: string) =>
  `create function ${head} language ${language} security definer set search_path = public, pg_temp as $$ ${body} $$;`;

/** The people that an account speaks for: those of its email once that is proven, else those it came in as itself. */
const spokenFor = `p.status = 'active' and p.email_key = a.email_key and (a.verified or p.account_id = a.id)`;

/** Whether someone has made an account theirs; until then, whoever is invited by its email may. */
const isSetUp = (a: string) =>
  `(${a}.verified or ${a}.password_hash is not null or exists (select from passkey k where k.account_id = ${a}.id))`;

/** How long a session holds without a call, and how long since they proved who they are. */
const idle = `interval '12 hours'`;
const longest = `interval '14 days'`;

const accounts = [
  define(
    'account_of(mail text) returns table (id uuid, email text, password_hash text)',
    'sql stable',
    `select a.id, a.email, a.password_hash from account a where a.email_key = lower(mail)`,
  ),
  define(
    'account_with(whose uuid) returns table (id uuid, email text, password_hash text)',
    'sql stable',
    `select a.id, a.email, a.password_hash from account a where a.id = whose`,
  ),
  define(
    `places_of(whose uuid) returns table (organization uuid, name text, person uuid, called text, role text, sso_required boolean)`,
    'sql stable',
    `select o.id, o.name, p.id, p.name, p.role, coalesce(s.required, false) from account a
    join person p on ${spokenFor} join organization o on o.id = p.organization_id and o.deleted_at is null
    left join sso s on s.organization_id = o.id
    where a.id = whose order by p.last_login_at desc nulls last, o.name, o.id`,
  ),
  // Entries of one moment in several organizations share an id, which is theirs within each. A link is for whomever the email is of.
  define(
    'note_account(whose uuid, entry uuid, action text, outcome text, because text, credential uuid, after json, surface text) returns void',
    'sql',
    `insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, noun, entity_id, after)
    select p.organization_id, entry, case when surface = 'studio' then p.id end, credential, surface, action, outcome, because, 'person', p.id, after
    from account a join person p on ${spokenFor} or (action = 'link.create' and p.status = 'active' and p.email_key = a.email_key) where a.id = whose`,
  ),
];

const sessions = [
  define(
    `open_session(whose uuid, org uuid, session uuid, hash bytea, agent text, scopes text[], by text, since timestamptz, entry uuid) returns boolean`,
    'plpgsql',
    `declare someone uuid;
    begin
      update person p set last_login_at = statement_timestamp() from account a, organization o
      where a.id = whose and p.organization_id = org and ${spokenFor} and o.id = org and o.deleted_at is null
        and (by = 'provider' or not exists (select from sso s where s.organization_id = org and s.required)) returning p.id into someone;
      if someone is null then return false; end if;
      insert into credential (organization_id, id, person_id, name, secret_hash, scopes, expires_at, kind, account_id, proven_at, proven_by)
      values (org, session, someone, agent, hash, scopes, least(statement_timestamp() + ${idle}, since + ${longest}), 'session', whose, coalesce(since, statement_timestamp()), by);
      insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, noun, entity_id, after)
      values (org, entry, someone, session, 'studio', 'session.create', 'allow', 'Signed in by ' || by || '.', 'credential', session, json_build_object('name', agent, 'by', by));
      return true;
    end`,
  ),
  define(
    `visit(org uuid, session uuid, hash bytea) returns table (account uuid, person uuid, email text, called text, role text, agent text, scopes text[], organization_name text, proven_by text, proven_at timestamptz, recent boolean)`,
    'plpgsql',
    `begin
      update credential c set expires_at = least(statement_timestamp() + ${idle}, c.proven_at + ${longest})
      where c.organization_id = org and c.id = session and c.secret_hash = hash and c.kind = 'session' and c.revoked_at is null
        and c.expires_at > statement_timestamp() and c.expires_at < least(statement_timestamp() + ${idle}, c.proven_at + ${longest}) - interval '5 minutes';
      return query select c.account_id, p.id, p.email, p.name, p.role, c.name, c.scopes, o.name, c.proven_by, c.proven_at, c.proven_at > statement_timestamp() - interval '10 minutes'
      from credential c join person p on p.organization_id = c.organization_id and p.id = c.person_id and p.status = 'active'
      join account a on a.id = c.account_id and ${spokenFor} join organization o on o.id = c.organization_id and o.deleted_at is null
      where c.organization_id = org and c.id = session and c.secret_hash = hash and c.kind = 'session' and c.revoked_at is null
        and c.expires_at > statement_timestamp() and (c.proven_by = 'provider' or not exists (select from sso s where s.organization_id = org and s.required));
    end`,
  ),
  define(
    'renew_session(org uuid, session uuid, hash bytea, fresh_hash bytea, by text) returns void',
    'sql',
    `update credential set proven_at = statement_timestamp(), proven_by = by, secret_hash = fresh_hash
    where organization_id = org and id = session and secret_hash = hash and kind = 'session'`,
  ),
  define(
    'close_session(org uuid, session uuid, hash bytea, entry uuid) returns void',
    'sql',
    `with ended as (update credential set revoked_at = statement_timestamp() where organization_id = org and id = session and secret_hash = hash
      and kind = 'session' and revoked_at is null returning person_id, name)
    insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, noun, entity_id, before, after)
    select org, entry, person_id, session, 'studio', 'session.end', 'allow', 'Signed out.', 'credential', session,
      json_build_object('name', name, 'revoked', false), json_build_object('name', name, 'revoked', true) from ended`,
  ),
  define(
    'end_sessions(whose uuid, but uuid) returns void',
    'sql',
    `update credential c set revoked_at = statement_timestamp() where c.account_id = whose and c.kind = 'session' and c.revoked_at is null
      and c.id is distinct from but`,
  ),
];

const proofs = [
  define(
    'set_password(whose uuid, hash text) returns void',
    'sql',
    'update account set password_hash = hash, password_set_at = statement_timestamp() where id = whose',
  ),
  define(
    'keep_passkey(whose uuid, which text, key bytea, counted bigint, sent_over text[], called text) returns void',
    'sql',
    'insert into passkey (account_id, id, public_key, counter, transports, name) values (whose, which, key, counted, sent_over, called)',
  ),
  define(
    'passkeys_of(whose uuid) returns setof passkey',
    'sql stable',
    'select * from passkey where account_id = whose order by created_at, id',
  ),
  define(
    'used_passkey(whose uuid, which text, counted bigint) returns void',
    'sql',
    'update passkey set counter = counted, used_at = statement_timestamp() where account_id = whose and id = which',
  ),
  define(
    'drop_passkey(whose uuid, which text) returns text',
    'sql',
    'delete from passkey where account_id = whose and id = which returning name',
  ),
  define(
    'begin_ceremony(which uuid, hash bytea, what text, told json) returns void',
    'sql',
    `delete from ceremony where expires_at < statement_timestamp();
    insert into ceremony values (which, hash, what, told, statement_timestamp() + interval '10 minutes')`,
  ),
  define(
    'end_ceremony(which uuid, hash bytea, what text) returns json',
    'sql',
    `delete from ceremony where id = which and secret_hash = hash and kind = what and expires_at > statement_timestamp() returning ceremony.detail`,
  ),
];

const links = [
  // Nothing where nobody active has that email; the account is made where there is none yet.
  define(
    'make_link(mail text, fresh uuid, which uuid, hash bytea, ends timestamptz) returns uuid',
    'plpgsql',
    `declare it uuid;
    begin
      insert into account (id, email) select fresh, p.email from person p join organization o on o.id = p.organization_id and o.deleted_at is null
        where p.email_key = lower(mail) and p.status = 'active' limit 1 on conflict (email_key) do nothing;
      select a.id into it from account a where a.email_key = lower(mail) and exists (select from person p join organization o on o.id = p.organization_id
        and o.deleted_at is null where p.email_key = a.email_key and p.status = 'active');
      if it is null then return null; end if;
      update sign_in_link set used_at = statement_timestamp() where account_id = it and used_at is null;
      insert into sign_in_link (id, account_id, secret_hash, expires_at) values (which, it, hash, ends);
      return it;
    end`,
  ),
  define(
    'see_link(which uuid, hash bytea) returns text',
    'sql stable',
    `select a.email from sign_in_link l join account a on a.id = l.account_id
    where l.id = which and l.secret_hash = hash and l.used_at is null and l.expires_at > statement_timestamp()`,
  ),
  // Whoever follows it has proven the email: what someone had set up for that email without proving it is gone, and every session ends.
  define(
    'follow_link(which uuid, hash bytea, password text) returns uuid',
    'plpgsql',
    `declare it uuid;
    begin
      update sign_in_link l set used_at = clock_timestamp() where l.id = which and l.secret_hash = hash and l.used_at is null
        and l.expires_at > clock_timestamp() returning l.account_id into it;
      if it is null then return null; end if;
      delete from passkey k using account a where k.account_id = it and a.id = it and not a.verified;
      update account set verified = true, password_hash = password, password_set_at = statement_timestamp() where id = it;
      perform end_sessions(it, null);
      return it;
    end`,
  ),
  define(
    'verify_account(mail text, fresh uuid) returns uuid',
    'plpgsql',
    `declare it record;
    begin
      insert into account (id, email) select fresh, p.email from person p where p.email_key = lower(mail) and p.status = 'active' limit 1
        on conflict (email_key) do nothing;
      select a.id, a.verified into it from account a where a.email_key = lower(mail) for update;
      if it.id is null then return null; end if;
      if not it.verified then
        delete from passkey where account_id = it.id;
        update account set verified = true, password_hash = null where id = it.id;
        perform end_sessions(it.id, null);
      end if;
      return it.id;
    end`,
  ),
  define(
    `see_invitation(org uuid, invitation_id uuid, hash bytea) returns table (email text, organization_name text, inviter text, role text, has_account boolean)`,
    'sql stable',
    `select i.email, o.name, p.name, i.role, exists (select from account a where a.email_key = lower(i.email) and ${isSetUp('a')})
    from invitation i join organization o on o.id = i.organization_id and o.deleted_at is null
    join person p on p.organization_id = i.organization_id and p.id = i.invited_by
    where i.organization_id = org and i.id = invitation_id and i.secret_hash = hash and i.status = 'pending' and i.expires_at > statement_timestamp()`,
  ),
  // For whoever has just come in by an invitation; nothing where someone else has that account.
  define(
    'settle_account(mail text, fresh uuid, password text, org uuid, someone uuid) returns uuid',
    'plpgsql',
    `declare it uuid;
    begin
      insert into account (id, email, password_hash, password_set_at) values (fresh, mail, password, statement_timestamp())
        on conflict (email_key) do update set password_hash = excluded.password_hash, password_set_at = excluded.password_set_at
          where not ${isSetUp('account')} returning id into it;
      if it is null then return null; end if;
      update person set account_id = it where organization_id = org and id = someone and email_key = lower(mail);
      return it;
    end`,
  ),
  define(
    'join_account(whose uuid, org uuid, someone uuid) returns void',
    'sql',
    `update person p set account_id = a.id from account a where a.id = whose and p.organization_id = org and p.id = someone and p.email_key = a.email_key`,
  ),
];

export const signingFunctions = [...accounts, ...sessions, ...proofs, ...links].join('\n');
