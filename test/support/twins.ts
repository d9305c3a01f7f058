import { Client } from 'pg';
import { afterAll } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { newSecret, readSecret } from '../../src/terms/secret.ts';
import { emptyDatabase } from './postgres.ts';
import { insertRows } from './rows.ts';
import { serviceIn } from './service.ts';
import type { Told } from './told.ts';
import { rowsOf } from './told-rows.ts';
import { allButOverride, type KeyTold } from './world.ts';

/** One world twice, in two databases: the same rows, ids and keys, so that what two doors do to it can be compared. */
export async function twins(told: Told) {
  const organization = newId();
  const { rows, named } = rowsOf(told, organization);
  const [one, other] = [await twin(), await twin()] as const;
  const uuid = (name: string) => {
    const found = named.get(name);
    if (!found) throw new Error(`nothing in this world is called ${name}`);
    return found.id;
  };
  const known = new Map([[organization, 'the organization']]);
  for (const [name, it] of named) known.set(it.id, name).set(outside(it.named, it.id), name);

  async function twin() {
    const connection = await emptyDatabase();
    const sql = new Client(connection);
    await sql.connect();
    afterAll(() => sql.end());
    await insertRows(sql, rows);
    return { sql, service: await serviceIn({ connection }) };
  }

  return {
    one,
    other,
    /** What stands for this world where a call of it is told. */
    here: {
      organization,
      uuid,
      id: (name: string) => outside(named.get(name)?.named ?? 'workflow', uuid(name)),
      email: (name: string) => named.get(name)?.email ?? `${name}@acme.test`,
    },
    /** A key of theirs that opens both. */
    async key(who: string, { scopes = allButOverride, name = `${who}'s key` }: KeyTold = {}): Promise<string> {
      const id = newId();
      const secret = newSecret(organization, id);
      const hash = readSecret(secret)?.hash;
      for (const { sql } of [one, other])
        await sql.query(
          `insert into credential (organization_id, id, person_id, name, secret_hash, scopes) values ($1, $2, $3, $4, $5, $6)`,
          [organization, id, uuid(who), name, hash, scopes],
        );
      known.set(id, name).set(outside('credential', id), name);
      return secret;
    },
    /** Anything, with what is made anew in each of the two left out: new ids, times, what is sealed. */
    told: (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value ?? null)
          .replaceAll(/\binvite_\w+|\bpostern-verify=[\w-]+/g, 'a secret')
          .replaceAll(
            /\b[a-z]+_[0-9a-hjkmnp-tv-z]{26}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
            (id) => known.get(id) ?? 'a new id',
          )
          .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:\d\d)?)/g, 'a time')
          .replaceAll(/"(next_cursor|confirm|latest)":"[\w-]+"/g, '"$1":"sealed"'),
      ),
  };
}
