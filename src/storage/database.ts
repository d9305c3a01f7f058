import { type InferKyselyDB, MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery, type IsolationLevel, type Kysely } from 'kysely';
import type pg from 'pg';
import type { Actor } from '../access/actor.ts';
import type { Switches } from '../access/capabilities.ts';
import type { Ground } from '../access/paths.ts';
import { databaseAway, Problem } from '../terms/problem.ts';
import type { CredentialScope, Surface } from '../terms/scopes.ts';
import { type Transaction, transactions } from '../terms/underway.ts';
import { boundAll, bounded, kept, silence, width } from './bounds.ts';
import { entering, PatientClient } from './client.ts';
import { lane } from './lane.ts';
import type { Connection } from './migrate.ts';
import { isOutage } from './outage.ts';
import type { entities } from './schema.ts';

declare const opaque: unique symbol;

/** One transaction. Outside this room nothing can be done with it but hand it on. */
export interface Tx {
  readonly [opaque]: true;
}

/** Whose transaction it is: row-level security shows what is in that credential's reach, and nothing else (EXP-6). */
export interface Entrance {
  readonly organization: string;
  readonly credential: string;
  /** The id of the one workspace that the connection was narrowed to, if it was: nothing of others is in reach (section 14). */
  readonly workspace?: string | undefined;
  /** What the token at hand lets the credential do, which may be less than all that it bears. */
  readonly scopes?: readonly CredentialScope[] | undefined;
  /** When that token is over, in seconds of the epoch: until then one may listen (DEC-4). */
  readonly until?: number | undefined;
  /** External where it is not said. */
  readonly surface?: Surface | undefined;
}

/** What enter() answers. */
export interface Caller {
  readonly me: CallerRow;
  /** The database's clock, once for the whole transaction (DEC-4), in seconds of the epoch. */
  readonly now: number;
  /** The workspaces where they have a place of their own or by a team, cut to the credential's, by name. */
  readonly places:
    | readonly (Pick<Ground, 'role' | 'teams' | 'switches' | 'takeBack'> & {
        readonly workspace: string;
        readonly name: string;
      })[]
    | null;
  /** What is switched for them in any workspace, where an override takes them to those without a place of theirs. */
  readonly switches: Readonly<Record<string, Switches>> | null;
  /** The groups and teams they are in, by id. */
  readonly names: Readonly<Record<string, string>> | null;
  /** The workspaces in reach (EXP-6). */
  readonly reach: readonly string[] | null;
  /** Restricted projects they are in, and as what. */
  readonly gates: Readonly<Record<string, 'viewer' | 'editor'>> | null;
}

export interface CallerRow {
  readonly organization_id: string;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Actor['role'];
  readonly can_invite: boolean;
  readonly credential: string;
  readonly credential_name: string;
  readonly scopes: Actor['scopes'];
  readonly cut: readonly string[] | null;
  readonly expires_at: string | null;
}

export interface Database {
  /** One snapshot for all of it (DEC-8); what it adds to the log may be committed asynchronously (ACT-1). */
  reading<T>(entrance: Entrance, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same for what nobody waits for, however much of it there is: few at a time. */
  looking<T>(entrance: Entrance, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Each statement sees what is committed when it starts, so that what follows a lock sees what the lock waited for. */
  writing<T>(entrance: Entrance, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A transaction of no organization: whoever serves sees nothing in it that row-level security guards. */
  outside<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same for a single statement, without the transaction around it. */
  single<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same past everyone who waits, for who looks after the server: one at a time. */
  aside<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** How many connections are in use and idle, and how many calls wait for one. */
  connections(): Connections;
  close(): Promise<void>;
}

export interface Connections {
  readonly inUse: number;
  readonly idle: number;
  readonly waiting: number;
}

/**
 * Connects as the role that serves, which no policy lets pass (EXP-6). Opens no connection before the first use. Where the database is
 * `silent` for so long, in milliseconds, while something is asked of it, the connection is given up.
 */
export async function openDatabase(
  { database, host, port, user, password, ssl, options }: Connection,
  { silent = silence } = {},
): Promise<Database> {
  let connections: pg.Pool | undefined;
  // Its entities are the types of what is asked here; what MikroORM would make of them at every start, nobody asks for.
  const orm = new MikroORM({
    entities: [],
    discovery: { warnWhenNoEntities: false },
    dbName: database,
    host,
    port,
    user,
    ...(password !== undefined && { password }),
    driverOptions: {
      Client: PatientClient,
      pipeline: true,
      silent,
      max: width.all.most + 1,
      idleTimeoutMillis: kept,
      connectionTimeoutMillis: Math.min(patience, silent),
      ssl: ssl ?? false,
      options: `${bounded} ${planned} ${options ?? ''}`,
      onPoolCreated: (it: pg.Pool) => {
        connections = it.on('connect', boundAll);
      },
    },
  });
  const [all, writers, lookers] = [lane(width.all), lane(width.writing), lane(width.looking)];
  const pool = orm.em.fork().getKysely() as unknown as Store;
  const transaction = <T>(level: IsolationLevel, mode: Transaction['mode'], work: (store: Store) => Promise<T>) =>
    all.enter(() =>
      transactions.tracePromise<T>(() => pool.transaction().setIsolationLevel(level).execute(work).catch(inOurTerms), {
        mode,
      }),
    );
  const entered =
    (isolation: IsolationLevel, commit: 'on' | 'off') =>
    <T>(entrance: Entrance, work: (tx: Tx) => Promise<T>) =>
      transaction(isolation, isolation === 'repeatable read' ? 'reading' : 'writing', async (store) => {
        const standing = await enter(store, entrance, commit);
        return work(txOn({ store, caller: isolation === 'repeatable read' ? standing : undefined }));
      });
  const [reading, writing] = [entered('repeatable read', 'off'), entered('read committed', 'on')];
  const alone = <T>(work: (tx: Tx) => Promise<T>) => work(txOn({ store: pool, caller: undefined })).catch(inOurTerms);
  return {
    reading,
    looking: (entrance, work) => lookers.enter(() => reading(entrance, work)),
    writing: (entrance, work) => writers.enter(() => writing(entrance, work)),
    outside: (work) => transaction('read committed', 'outside', (store) => work(txOn({ store, caller: undefined }))),
    single: (work) => all.enter(() => alone(work)),
    aside: alone,
    connections() {
      const { totalCount: opened = 0, idleCount: idle = 0, waitingCount = 0 } = connections ?? {};
      return { inUse: opened - idle, idle, waiting: waitingCount + all.waiting() + writers.waiting() };
    },
    close: () => orm.close(true),
  };
}

/** How long a call waits for a connection, in milliseconds. */
const patience = 5_000;

/**
 * Every statement is prepared once and made for any parameters; planning one again for each call costs more than it runs. A page found by an
 * index costs hardly more than the next one of a scan, in memory and on the disks of today: a few rows are not worth a scan of a small table.
 */
const planned = '-c plan_cache_mode=force_generic_plan -c jit=off -c random_page_cost=1.1';

/** Opens what the credential reaches to the transaction at hand; answers how its person stands. */
export async function enter(
  store: Store,
  { organization, credential, workspace }: Entrance,
  commit: keyof typeof entering,
): Promise<Caller | null> {
  const { rows } = await store.executeQuery<{ standing: Caller | null }>(
    CompiledQuery.raw(entering[commit], [organization, credential, workspace ?? null]),
  );
  return rows[0]?.standing ?? null;
}

/** The tables as the entities declare them, for queries that are checked against them. */
export type Store = Kysely<InferKyselyDB<(typeof entities)[number]>>;

interface Inner {
  readonly store: Store;
  readonly caller: Caller | null | undefined;
}

/** For this room alone, as `storeOf` is. */
export const txOn = (inner: Inner) => inner as unknown as Tx;

/** The queries of a transaction. For this room alone: the house test holds the others to that. */
export const storeOf = (tx: Tx): Store => (tx as unknown as Inner).store;

/**
 * How the caller stands, as enter() read it: of a reading transaction, which sees one snapshot throughout, null where the credential has
 * ended; of a writing one nothing, since what counts there is read after the locks.
 */
export const callerOf = (tx: Tx): Caller | null | undefined => (tx as unknown as Inner).caller;

/** What the database refuses for a reason that a caller can act on. */
function inOurTerms(thrown: unknown): never {
  const code = sqlState(thrown);
  if (code === '55P03' || code === '40P01' || code === '40001') {
    throw new Problem('conflict', 'Someone else is changing the same thing just now.', {
      advice: 'Call again in a moment.',
      cause: thrown,
    });
  }
  if (code === '57014' || code === '25P03' || code === '25P04') {
    throw new Problem(
      'unavailable',
      'This took longer than a call may take, and was stopped; nothing of it was done.',
      {
        retry_after_seconds: 5,
        advice: 'Ask for less at a time, or call again later.',
        cause: thrown,
      },
    );
  }
  if (isOutage(thrown)) throw databaseAway(thrown);
  throw thrown;
}

/** The SQLSTATE of what was thrown, however deep the ORM wrapped it. */
export function sqlState(thrown: unknown): string | undefined {
  const { code, cause } = (thrown ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  return cause ? sqlState(cause) : undefined;
}
