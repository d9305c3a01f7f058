import { Client, type QueryResultRow } from 'pg';
import { openDatabase } from '../../src/storage/database.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import type { Narrowing } from '../../src/workspace/session.ts';
import { keyring } from './keyring.ts';
import { workersDatabase } from './postgres.ts';
import { type KeyTold, settled } from './settled.ts';
import type { Told } from './told.ts';

export { allButOverride, type KeyTold } from './settled.ts';
export type { Told } from './told.ts';

// What stands here lives as long as the worker, which runs one file after another in it: each world is an organization of its own.
export const connection = await workersDatabase();

/** Takes one statement after another, whoever asks at once. */
class OneByOne extends Client {
  #last: Promise<unknown> = Promise.resolve();

  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads of it.
  override query(...asked: any[]): any {
    const next = this.#last.then(() => (super.query as (...asked: unknown[]) => unknown)(...asked));
    this.#last = next.catch(() => {});
    return next;
  }
}

/** The superuser's own way into the worker's database, which row-level security does not hold. */
export const superuser: Client = new OneByOne(connection);
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
  const here = await settled(superuser, told);

  return {
    ...here,
    connection,
    postern: product,
    key: async (who: string, how?: KeyTold) => (await here.credential(who, how)).secret,
    entrance: async (who: string, how?: KeyTold) => (await here.credential(who, how)).entrance,
    /** Lets them in with a new key. */
    session: async (who: string, how?: KeyTold, narrowing?: Narrowing) =>
      product.admit((await here.credential(who, how)).secret, narrowing),
    /** Changes the world behind the product's back, as superuser. */
    sql: async <R extends QueryResultRow>(text: string, values: unknown[] = []) =>
      (await superuser.query<R>(text, values)).rows,
    /** Has PostgreSQL look how much there is, as it does by itself where autovacuum is on; a large world is slow without. */
    analyzed: () => superuser.query('analyze'),
  };
}
