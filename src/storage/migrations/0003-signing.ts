import { Migration } from '@mikro-orm/migrations';
import { signingFunctions } from './0003-signing-functions.ts';

/**
 * How people sign in. An account is one human, whatever organizations they are in; a session is a credential of one organization
 * (ORG-11). What belongs to no organization is behind functions alone: the role that serves reads none of these tables.
 */
export class Signing extends Migration {
  override up() {
    for (const part of [tables, signingFunctions]) this.addSql(part);
  }
}

const tables = `
alter table credential add column kind text not null default 'key' check (kind in ('key', 'session', 'connection')),
  add column account_id uuid, add column proven_at timestamptz, add column proven_by text check (proven_by in ('password', 'passkey', 'provider', 'link'));
create index credential_account on credential (account_id) where kind = 'session';
-- Who accepted an invitation by an account whose email nobody has proven yet: that account speaks for them, and for nobody else of that email.
alter table person add column account_id uuid;
create index person_address on person (email_key) where status = 'active';
create index person_account on person (account_id) where account_id is not null;

create table account (id uuid primary key, email text not null, email_key text generated always as (lower(email)) stored, verified boolean not null default false,
  password_hash text, password_set_at timestamptz, created_at timestamptz not null default now());
create unique index account_email on account (email_key);
create table passkey (account_id uuid not null references account on delete cascade, id text not null, public_key bytea not null, counter bigint not null,
  transports text[] not null, name text not null, created_at timestamptz not null default now(), used_at timestamptz, primary key (account_id, id));
-- Sent to an email, or made by the operator: whoever holds it sets a password. Only its hash is kept, and it serves once.
create table sign_in_link (id uuid primary key, account_id uuid not null references account on delete cascade, secret_hash bytea not null,
  created_at timestamptz not null default now(), expires_at timestamptz not null, used_at timestamptz);
-- What was asked of a browser that proves something: a challenge, or a state with its nonce. It is taken once.
create table ceremony (id uuid primary key, secret_hash bytea not null, kind text not null, detail json not null, expires_at timestamptz not null);
-- As rate-limiter-flexible wants it; keys are hashes.
create table sign_in_attempts (key varchar(255) primary key, points integer not null default 0, expire bigint);
grant select, insert, update, delete on sign_in_attempts to postern_app;
${['account', 'passkey', 'sign_in_link', 'ceremony', 'sign_in_attempts'].map((table) => `alter table ${table} enable row level security;`).join('\n')}
create policy counting on sign_in_attempts using (true);
`;
