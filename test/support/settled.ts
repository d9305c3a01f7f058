import type { Client } from 'pg';
import { newId, outside } from '../../src/terms/ids.ts';
import { type CredentialScope, credentialScopes } from '../../src/terms/scopes.ts';
import { newSecret, readSecret } from '../../src/terms/secret.ts';
import { insertRows } from './rows.ts';
import type { Told } from './told.ts';
import { rowsOf } from './told-rows.ts';

export interface KeyTold {
  /** All but `override` where left out. */
  readonly scopes?: readonly CredentialScope[];
  /** Names of workspaces. */
  readonly workspaces?: readonly string[];
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
  readonly name?: string;
}

export const allButOverride = credentialScopes.filter((it) => it !== 'override');

/** A new organization that is as told, in a database that `sql` enters as its superuser. */
export async function settled(sql: Client, told: Told) {
  const organization = newId();
  const { rows, named } = rowsOf(told, organization);
  await insertRows(sql, rows);

  const find = (name: string) => {
    const found = named.get(name);
    if (!found) throw new Error(`nothing in this world is called ${name}`);
    return found;
  };
  const uuid = (name: string) => find(name).id;

  return {
    organization,
    uuid,
    /** The id as callers see it, like `wf_…`. */
    id: (name: string) => outside(find(name).named, uuid(name)),
    email: (name: string) => find(name).email ?? `${name}@acme.test`,
    /** A credential of theirs; its secret is ready for a Bearer header. */
    async credential(
      who: string,
      { scopes = allButOverride, workspaces, expiresAt, revokedAt, name = `${who}'s key` }: KeyTold = {},
      client = sql,
    ) {
      const id = newId();
      const secret = newSecret(organization, id);
      await client.query(
        `insert into credential (organization_id, id, person_id, name, secret_hash, scopes, workspaces, expires_at, revoked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          organization,
          id,
          uuid(who),
          name,
          readSecret(secret)?.hash,
          scopes,
          workspaces?.map(uuid) ?? null,
          expiresAt ?? null,
          revokedAt ?? null,
        ],
      );
      return { id, secret, entrance: { organization, credential: id } };
    },
  };
}
