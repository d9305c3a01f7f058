import { setTimeout as wait } from 'node:timers/promises';
import { visited } from '../storage/accounts.ts';
import { admittedConnection, metConnection, type Vouched } from '../storage/connecting.ts';
import { admitted, isThere, signingKey } from '../storage/credentials.ts';
import { type Database, type Entrance, openDatabase } from '../storage/database.ts';
import { isServed } from '../storage/domains.ts';
import type { Connection } from '../storage/migrate.ts';
import { type News, openNews } from '../storage/news.ts';
import { startSealer } from '../storage/sealer.ts';
import { verifiedAccount } from '../storage/sign-in-links.ts';
import { Problem } from '../terms/problem.ts';
import type { CredentialScope, Surface } from '../terms/scopes.ts';
import { readSecret, readSession } from '../terms/secret.ts';
import { requestNow } from '../terms/underway.ts';
import { dialoguesOf } from './dialogues.ts';
import type { Visit } from './doorstep.ts';
import { refuseEarly } from './early.ts';
import { type Identity, identityOn } from './identity.ts';
import { lastSeen } from './last-seen.ts';
import { type Ledger, ledgerOn } from './ledger.ts';
import { outdoors as machine, type Outdoors } from './outdoors.ts';
import { perform } from './perform.ts';
import { type Rates, ratesOn } from './rates.ts';
import type { Keys } from './secrets.ts';
import type { Narrowing, Session } from './session.ts';
import { patiently } from './waiting.ts';
import { narrowedTo } from './workspaces.ts';

/** The whole of Postern behind its doors. */
export interface Postern {
  /** Lets in whoever holds `secret`; throws unauthenticated, in one form for every reason, and rate_limited where they asked too much. */
  admit(secret: string, narrowing?: Narrowing, from?: string): Promise<Session>;
  /** Lets in a client with what its token lets it do; nothing where the connection is over. */
  connect(token: TokenRead, narrowing?: Narrowing): Promise<Session | undefined>;
  /** Lets in a client for whom a provider elsewhere vouches; nothing where it is not clear for whom, or that was ended. */
  meet(vouched: Vouched | undefined, narrowing?: Narrowing): Promise<Session | undefined>;
  /** What OAuth keeps. */
  readonly ledger: Ledger;
  readonly outdoors: Outdoors;
  /** How people come in with a browser. */
  readonly identity: Identity;
  /** Whether a host name is a domain that a workspace has proven to be its own; under others it serves nothing (WS-6). */
  serves(host: string): Promise<boolean>;
  /** Whether the database answers. */
  ready(): Promise<boolean>;
  /** What stands behind the doors just now, in numbers. */
  figures(): Promise<Figures>;
  /** Whoever waits for something to change is answered now; calls go on. */
  windDown(): void;
  close(): Promise<void>;
}

/** An access token, as far as it is clear what it says. */
interface TokenRead {
  readonly organization: string;
  readonly credential: string;
  readonly scopes: readonly CredentialScope[];
  /** The key that signed it. */
  readonly signer: string;
  /** When it is over, in seconds of the epoch. */
  readonly until: number;
}

export type { Vouched };

/** How much there is of what a Postern stands on; no number tells of anyone. */
interface Figures {
  readonly connections: { readonly inUse: number; readonly idle: number; readonly waiting: number };
  /** Of the one connection on which the database tells news. */
  readonly news: { readonly opened: number; readonly hearing: number };
  /** What waits to be sealed; nothing where another process seals, or the database does not say. */
  readonly unsealed: { readonly entries: number; readonly seconds: number } | undefined;
}

/** Opens Postern on a database that has today's schema, as the role that serves; without `keys` it keeps no secrets. */
export async function openPostern({
  app,
  keeper,
  trouble = () => {},
  keys = () => [],
  outdoors = {},
  surface = 'external',
  rates: wanted = unbounded,
  database: given,
}: Opening): Promise<Postern> {
  const database = given ?? (await openDatabase(app));
  const beyond = { ...machine, ...outdoors };
  const news = openNews(app);
  const sealer = keeper && startSealer(keeper, trouble);
  const seen = lastSeen(database);
  const rates = ratesOn(database, wanted);
  const ending = new AbortController();
  let key: Promise<Buffer> | undefined;

  return {
    async admit(secret, narrowing = {}, from): Promise<Session> {
      const read = readSecret(secret);
      const credential = read && (await rates.guessing(from, read.hash, () => admitted(database, read, read.hash)));
      if (!credential) throw new Problem('unauthenticated', 'The key is unknown or has ended.');
      const allowance = await rates.called(credential.person.id);
      if (surface === 'external') seen.note(read);
      return { ...(await sessionOf(read, credential, narrowing)), allowance };
    },
    async connect({ scopes, signer, ...token }, narrowing = {}) {
      const credential = await admittedConnection(database, { ...token, signer });
      return credential && connected(token, credential, scopes, narrowing);
    },
    async meet(vouched, narrowing = {}) {
      const met = vouched && (await metConnection(database, vouched));
      if (!met) return undefined;
      const { scopes, until } = vouched;
      return connected({ organization: met.organization, credential: met.id, until }, met, scopes, narrowing);
    },
    ledger: ledgerOn(database, keys),
    outdoors: beyond,
    identity: identityOn(database, beyond, {
      visit,
      verified: (email) => verifiedAccount(database, email),
    }),
    serves: (host) => isServed(database, host),
    ready: () => {
      const answers = isThere(database).then(
        () => true,
        () => false,
      );
      return Promise.race([answers, wait(patience, false, { ref: false })]);
    },
    figures: async () => ({
      connections: database.connections(),
      news: news.figures(),
      unsealed: await sealer?.lag(),
    }),
    windDown: () => ending.abort(),
    async close() {
      ending.abort();
      rates.stop();
      await sealer?.stop();
      await seen.settled();
      await news.close();
      await database.close();
    },
  };

  /** Lets in a person at their browser: a session of the Studio opens no other door. */
  async function visit(secret: string): Promise<Visit | undefined> {
    const read = readSession(secret);
    const it = read && (await visited(database, read));
    if (!it) return undefined;
    const person = { id: it.person, email: it.email };
    const credential = { id: read.credential, name: it.agent, scopes: it.scopes, person };
    return {
      session: await sessionOf(read, credential, {}, 'studio'),
      account: it.account,
      email: it.email,
      name: it.called,
      role: it.role,
      organization: { id: read.organization, name: it.organization_name },
      isRecent: it.recent,
      provenBy: it.proven_by,
      provenAt: it.proven_at,
      secret,
    };
  }

  async function connected(
    entrance: Entrance,
    credential: NonNullable<Awaited<ReturnType<typeof admitted>>>,
    token: readonly CredentialScope[],
    narrowing: Narrowing,
  ): Promise<Session> {
    const allowance = await rates.called(credential.person.id);
    seen.note(entrance);
    const scopes = credential.scopes.filter((scope) => token.includes(scope));
    return { ...(await sessionOf({ ...entrance, scopes }, { ...credential, scopes }, narrowing)), allowance };
  }

  async function sessionOf(
    { organization, credential: id, scopes, until }: Entrance,
    { person, ...credential }: NonNullable<Awaited<ReturnType<typeof admitted>>>,
    narrowing: Narrowing,
    from: Surface = surface,
  ): Promise<Session> {
    key ??= signingKey(database).catch((thrown) => {
      key = undefined;
      throw thrown;
    });
    const request = requestNow();
    if (request) request.credential = id;
    const session = {
      credential,
      person,
      canAsk: scopes !== undefined,
      readOnly: narrowing.readOnly ?? false,
      surface: from,
    };
    const workspace = await narrowedTo(database, { organization, credential: id }, narrowing.workspace);
    const entrance = { organization, credential: id, workspace, scopes, until, surface: from };
    const ground = { database, entrance, key: await key, keys, outdoors: beyond, session };
    const hear = (heard: (news: News) => void) =>
      news.hear(organization, (it) => void (concerns({ credential: id, person: person.id }, it) && heard(it)));
    return {
      ...session,
      hear,
      allowance: undefined,
      asks: async (more) => void (more > 0 && (await rates.called(person.id, more))),
      dialogues: dialoguesOf({ database, news }, entrance),
      async perform(operation, input, how = {}) {
        const excess = how.continues ? undefined : await rates.performs(person.id, operation);
        if (excess) throw excess.isFirst ? await refuseEarly(ground, operation, excess.problem) : excess.problem;
        const patience = { hear, ending: ending.signal };
        return patiently(patience, operation, input, how, () => perform(ground, operation, input, how));
      },
    };
  }
}

/** How long whoever asks whether it is ready waits for the database, in milliseconds. */
const patience = 2_000;

interface Opening {
  readonly app: Connection;
  /** As whom the log is sealed (ACT-3); without it, some other process does that. */
  readonly keeper?: Connection | undefined;
  /** Told what goes wrong behind the scenes, and is tried again. */
  readonly trouble?: ((thrown: unknown) => void) | undefined;
  readonly keys?: Keys | undefined;
  /** What is not said is the machine's own: it sends no mail. */
  readonly outdoors?: Partial<Outdoors> | undefined;
  readonly surface?: Surface | undefined;
  /** Without a bound where it is not said. */
  readonly rates?: Rates | undefined;
  /** In place of one that is opened as `app`. */
  readonly database?: Database | undefined;
}

const unbounded: Rates = { person: 0, costly: 0, address: 0 };

/** Of people and credentials only themself; anything else is for them to look at. */
const concerns = (own: { person: string; credential: string }, { noun, ids }: News) =>
  (noun !== 'person' && noun !== 'credential') || ids.has(own[noun]);
