import { Migration } from '@mikro-orm/migrations';

/** How what OAuth keeps is renewed: refresh tokens turn into others, and so do the keys that sign access tokens. */
export class Renewing extends Migration {
  override up() {
    for (const part of [columns, ...items, ...keys]) this.addSql(part);
  }
}

/** Of a refresh token that was used: what it turned into, by its hash, and sealed so that only whoever has the used one can read it. */
const columns = 'alter table oauth_item add column next_id bytea, add column next_sealed text;';

const define = (head: string, language: 'sql' | 'sql stable' | 'plpgsql', body: string) =>
  `create function ${head} language ${language} security definer set search_path = public, pg_temp as $$ ${body} $$;`;

/** How long a refresh token that was used is answered again with what it turned into: an answer may be lost on the way. */
const grace = `interval '10 seconds'`;

const items = [
  define(
    'oauth_item_left(which bytea) returns table (payload json, used double precision, remaining double precision)',
    'sql stable',
    `select f.payload, f.used, extract(epoch from i.expires_at - statement_timestamp())::double precision
    from oauth_item_of(which) f, oauth_item i where i.id = which`,
  ),
  // Answers what it turned into. Whoever comes later than the grace, or once that has been used itself, ends the connection: one of the two
  // is a thief.
  define(
    'turn_oauth_item(which bytea, fresh bytea, sealed text, entry uuid) returns text',
    'plpgsql',
    `declare it record;
    begin
      update oauth_item set used_at = clock_timestamp(), next_id = fresh, next_sealed = sealed where id = which and used_at is null
        returning organization_id, credential_id into it;
      if found then
        update oauth_item set next_sealed = null where organization_id = it.organization_id and credential_id = it.credential_id and next_id = which;
        return sealed;
      end if;
      select i.organization_id, i.credential_id, i.next_sealed, i.used_at > clock_timestamp() - ${grace} as soon into it from oauth_item i where i.id = which;
      if it.soon and it.next_sealed is not null then return it.next_sealed; end if;
      perform end_oauth_connection(it.organization_id, it.credential_id, entry);
      return null;
    end`,
  ),
];

/** How long a key still proves what it signed after another took its place: longer than any token lasts, and any server goes by what it knows. */
const proving = `interval '1 hour'`;

const keys = [
  define(
    'signing_keys() returns table (id uuid, key_id text, jwk text, age double precision, now double precision)',
    'sql stable',
    `select k.*, extract(epoch from statement_timestamp())::double precision from token_keys() k
    where not exists (select from token_key mine join token_key n on n.created_at > mine.created_at
      where mine.id = k.id and n.created_at < statement_timestamp() - ${proving}) order by k.age`,
  ),
  define(
    'add_signing_key(fresh uuid, sealed_by text, sealed text, instead uuid[]) returns void',
    'sql',
    `select add_token_key(fresh, sealed_by, sealed, instead);
    delete from token_key k where exists (select from token_key n where n.created_at > k.created_at and n.created_at < statement_timestamp() - ${proving})`,
  ),
  // A token is as good as the key that signed it: one that the operator took away proves nothing more, whatever servers remember.
  define(
    'admit_connection_by(org uuid, connection uuid, signer uuid) returns table (id uuid, name text, scopes text[], person_id uuid, email text)',
    'sql stable',
    'select c.* from admit_connection(org, connection) c where exists (select from token_key k where k.id = signer)',
  ),
];
