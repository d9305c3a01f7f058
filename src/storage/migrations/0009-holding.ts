import { Migration } from '@mikro-orm/migrations';

/** Whoever uses up, turns or ends what hangs on a connection holds that first. */
export class Holding extends Migration {
  override up() {
    for (const part of held) this.addSql(part);
  }
}

const define = (head: string, body: string) =>
  `create function ${head} language plpgsql security definer set search_path = public, pg_temp as $$ ${body} $$;`;

// In one order with all others: two who come late with one code would each wait for a row that the other has deleted, and none end it.
const held = [
  define(
    'hold_connection(org uuid, connection uuid) returns boolean',
    'begin perform from credential c where c.organization_id = org and c.id = connection for no key update; return true; end',
  ),
  define(
    'hold_connection_of(which bytea) returns boolean',
    `declare it record;
    begin
      select i.organization_id, i.credential_id into it from oauth_item i where i.id = which;
      return hold_connection(it.organization_id, it.credential_id);
    end`,
  ),
];
