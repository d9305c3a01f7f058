import { createHash } from 'node:crypto';
import { type InferKyselyDB, IsolationLevel, MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery, type Kysely } from 'kysely';
import pg from 'pg';
import { Problem } from '../terms/problem.ts';
import type { Connection } from './migrate.ts';
import { entities } from './schema.ts';

declare const opaque: unique symbol;

/** One transaction. Outside this room nothing can be done with it but hand it on. */
export interface Tx {
  readonly [opaque]: true;
}

/** Whose transaction it is: row-level security shows what is in that credential's reach, and nothing else (EXP-6). */
export interface Entrance {
  readonly organization: string;
  readonly credential: string;
}

export interface Database {
  /** One snapshot for all of it (DEC-8); what it adds to the log may be committed asynchronously (ACT-1). */
  reading<T>(entrance: Entrance, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Each statement sees what is committed when it starts, so that what follows a lock sees what the lock waited for. */
  writing<T>(entrance: Entrance, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Outside any organization and transaction: nothing that row-level security guards is visible. */
  outside<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Connects as the role that serves, which no policy lets pass (EXP-6). Opens no connection before the first use. */
export async function openDatabase({
  database,
  host,
  port,
  user,
  password,
  ssl,
  options,
}: Connection): Promise<Database> {
  const orm = await MikroORM.init({
    entities: [...entities],
    dbName: database,
    host,
    port,
    user,
    ...(password !== undefined && { password }),
    driverOptions: {
      Client: NamingClient,
      max: 10,
      ssl: ssl ?? false,
      options: `${options ?? ''} -c lock_timeout=1s -c statement_timeout=30s`,
    },
  });
  const transaction = <T>(isolationLevel: IsolationLevel, work: (store: Store) => Promise<T>): Promise<T> =>
    orm.em
      .fork()
      .transactional((em) => work(em.getKysely() as unknown as Store), { isolationLevel })
      .catch(inOurTerms);
  const entered =
    (isolation: IsolationLevel, commit: 'on' | 'off') =>
    <T>({ organization, credential }: Entrance, work: (tx: Tx) => Promise<T>) =>
      transaction(isolation, async (store) => {
        await store.executeQuery(CompiledQuery.raw(entering[commit], [organization, credential]));
        return work(store as unknown as Tx);
      });
  return {
    reading: entered(IsolationLevel.REPEATABLE_READ, 'off'),
    writing: entered(IsolationLevel.READ_COMMITTED, 'on'),
    outside: (work) => work(orm.em.fork().getKysely() as unknown as Tx).catch(inOurTerms),
    close: () => orm.close(true),
  };
}

const entering = {
  on: 'select enter($1, $2)',
  off: `select enter($1, $2), set_config('synchronous_commit', 'off', true)`,
};

/** The tables as the entities declare them, for queries that are checked against them. */
export type Store = Kysely<InferKyselyDB<(typeof entities)[number]>>;

/** The queries of a transaction. For this room alone: the house test holds the others to that. */
export const storeOf = (tx: Tx): Store => tx as unknown as Store;

const names = new Map<string, string>();

/** Names every statement that has parameters, since only named ones are prepared, once a connection (QUERIES.md). */
class NamingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads of it.
  override query(text: any, values?: any, callback?: any): any {
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0)
      return super.query(text, values, callback);
    const name = names.get(text) ?? createHash('sha1').update(text).digest('base64');
    names.set(text, name);
    return super.query({ name, text, values }, callback as never);
  }
}

/** What the database refuses for a reason that a caller can act on. */
function inOurTerms(thrown: unknown): never {
  const code = sqlState(thrown);
  if (code === '55P03' || code === '40P01' || code === '40001') {
    throw new Problem('conflict', 'Someone else is changing the same thing just now.', {
      advice: 'Call again in a moment.',
      cause: thrown,
    });
  }
  throw thrown;
}

/** The SQLSTATE of what was thrown, however deep the ORM wrapped it. */
export function sqlState(thrown: unknown): string | undefined {
  const { code, cause } = (thrown ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  return cause ? sqlState(cause) : undefined;
}
