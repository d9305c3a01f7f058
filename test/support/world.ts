import { Client, type QueryResultRow } from 'pg';
import { openDatabase } from '../../src/storage/database.ts';
import { newId, outside } from '../../src/terms/ids.ts';
import { type CredentialScope, credentialScopes } from '../../src/terms/scopes.ts';
import { newSecret, readSecret } from '../../src/terms/secret.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import type { Narrowing } from '../../src/workspace/session.ts';
import { keyring } from './keyring.ts';
import { workersDatabase } from './postgres.ts';
import { insertRows } from './rows.ts';
import type { Told } from './told.ts';
import { rowsOf } from './told-rows.ts';

export type { Told } from './told.ts';

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

// What stands here lives as long as the worker, which runs one file after another in it: each world is an organization of its own.
const connection = await workersDatabase();

/** The superuser's own way into the worker's database, which row-level security does not hold. */
export const superuser = new Client(connection);
await superuser.connect();

/** How the product enters it: as the role that serves. */
export const served = { ...connection, user: 'postern_app' };

let stored: ReturnType<typeof openDatabase> | undefined;
let opened: ReturnType<typeof openPostern> | undefined;

/** Storage as the product opens it. One a worker. */
export const storage = () => (stored ??= openDatabase(served));

/** The whole product on the worker's database. */
export const postern = () => (opened ??= openPostern({ app: served, keys: () => keyring }));

/** Resolves once nothing that is being written now is still open, in any database of the server: notifications are read below it (NOT-2). */
export async function allWritten(): Promise<void> {
  const { rows } = await superuser.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
  for (;;) {
    const seen = await superuser.query('select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as all', [
      rows[0]?.xid,
    ]);
    if (seen.rows[0].all) return;
    await new Promise((wake) => setTimeout(wake, 5));
  }
}

export type World = Awaited<ReturnType<typeof world>>;

/** A new organization that is as told, beside those already in the worker's database. */
export async function world(told: Told) {
  const product = await postern();
  const organization = newId();
  const { rows, named } = rowsOf(told, organization);
  await insertRows(superuser, rows);

  const find = (name: string) => {
    const found = named.get(name);
    if (!found) throw new Error(`nothing in this world is called ${name}`);
    return found;
  };
  const uuid = (name: string) => find(name).id;

  /** A credential of theirs; its secret is ready for a Bearer header. */
  const credential = async (
    who: string,
    { scopes = allButOverride, workspaces, expiresAt, revokedAt, name = `${who}'s key` }: KeyTold = {},
  ) => {
    const id = newId();
    const secret = newSecret(organization, id);
    await superuser.query(
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
  };

  return {
    organization,
    connection,
    postern: product,
    uuid,
    /** The id as callers see it, like `wf_…`. */
    id: (name: string) => outside(find(name).named, uuid(name)),
    email: (name: string) => find(name).email ?? `${name}@acme.test`,
    credential,
    key: async (who: string, how?: KeyTold) => (await credential(who, how)).secret,
    entrance: async (who: string, how?: KeyTold) => (await credential(who, how)).entrance,
    /** Lets them in with a new key. */
    session: async (who: string, how?: KeyTold, narrowing?: Narrowing) =>
      product.admit((await credential(who, how)).secret, narrowing),
    /** Changes the world behind the product's back, as superuser. */
    sql: async <R extends QueryResultRow>(text: string, values: unknown[] = []) =>
      (await superuser.query<R>(text, values)).rows,
  };
}
