import {
  accountOf,
  accountWith,
  closeSession,
  endSessions,
  noteAccount,
  openSession,
  type PlaceFound,
  type ProvenBy,
  placesOf,
  renewSession,
  storePassword,
} from '../storage/accounts.ts';
import type { Database } from '../storage/database.ts';
import { signInAttempts } from '../storage/sign-in-attempts.ts';
import { newId } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { hashOf, newSession, readSession } from '../terms/secret.ts';
import { type Ceremonies, ceremoniesOn } from './ceremonies.ts';
import { type Doorstep, type From, notTooOften, type SignedIn, type Visit } from './doorstep.ts';
import { startGrid, widest } from './grid.ts';
import { type Invitations, invitationsOn } from './joining.ts';
import type { Outdoors } from './outdoors.ts';
import { type Passkeys, passkeysOn } from './passkeys.ts';
import { hashed, isPassword } from './passwords.ts';
import { type SignInLinks, signInLinksOn } from './sign-in-links.ts';

/** How people come in with a browser: accounts, what proves that one is theirs, and sessions. */
export interface Identity {
  /** Where people reach this Postern, without a slash at its end. */
  readonly address: string | undefined;
  /** Whether mail goes out, so that a forgotten password can be set anew without the operator. */
  readonly mails: boolean;
  visit(secret: string): Promise<Visit | undefined>;
  /** Nothing where email and password are no pair, whichever of them is wrong; rate_limited where that was tried too often. */
  signIn(email: string, password: string, from: From): Promise<SignedIn | undefined>;
  /** For someone whose email a provider has proven. */
  signInByProvider(email: string, from: From): Promise<SignedIn | undefined>;
  /** The organizations that they may go to. */
  places(visit: Visit): Promise<readonly PlaceFound[]>;
  /** Leaves this session for one in another organization of theirs; nothing where that is none. */
  goTo(visit: Visit, organization: string, from: From): Promise<SignedIn | undefined>;
  /** Signs out. */
  leave(visit: Visit): Promise<void>;
  /** Proves again who they are; answers the session's new secret. */
  prove(visit: Visit, password: string, from: From): Promise<string | undefined>;
  /** Whether there is a password, which an account with passkeys alone has not. */
  hasPassword(visit: Visit): Promise<boolean>;
  /** Sets another password and ends all other sessions of theirs. */
  setPassword(visit: Visit, password: string): Promise<void>;
  readonly ceremonies: Ceremonies;
  readonly passkeys: Passkeys;
  readonly links: SignInLinks;
  readonly invitations: Invitations;
}

export function identityOn(
  database: Database,
  outdoors: Outdoors,
  { visit, verified }: Pick<Identity, 'visit'> & { verified(email: string): Promise<string | null> },
): Identity {
  const attempts = signInAttempts(database);
  const ceremonies = ceremoniesOn(database, attempts);
  const enter: Doorstep['enter'] = (...it) => entered(database, ...it);
  const doorstep: Doorstep = { database, outdoors, attempts, enter, renew: (it, by) => renewed(database, it, by) };

  return {
    address: outdoors.address,
    mails: outdoors.mail !== undefined,
    visit,
    signIn: (email, password, from) => evenly(() => signIn(doorstep, email, password, from)),
    async signInByProvider(email, from) {
      const account = await verified(email);
      return account === null ? undefined : enter(account, { provenBy: 'provider' }, from);
    },
    places: ({ account }) => placesOf(database, account),
    async goTo(visit, organization, from) {
      // How they came in is how they go on: an organization that wants its provider lets in nobody with a password.
      const gone = await enter(visit.account, visit, from, organization);
      if (gone) await leave(database, visit);
      return gone;
    },
    leave: (visit) => leave(database, visit),
    async prove(visit, password, { address }) {
      await notTooOften(attempts.tried(visit.email, address));
      const known = await accountWith(database, visit.account);
      if (!(await isPassword(password, known?.password_hash))) return undefined;
      await attempts.succeeded(address, visit.email);
      return renewed(database, visit, 'password');
    },
    hasPassword: async ({ account }) => (await accountWith(database, account))?.password_hash != null,
    async setPassword({ account, session }, password) {
      await storePassword(database, account, await hashed(password));
      await endSessions(database, account, session.credential.id);
      const because = 'Its owner set it, having proven who they are.';
      await noteAccount(database, account, { action: 'password.change', because, credential: session.credential.id });
    },
    ceremonies,
    passkeys: passkeysOn(doorstep, ceremonies),
    links: signInLinksOn(doorstep),
    invitations: invitationsOn(doorstep),
  };
}

/** An unknown email and a wrong password take the same time and get the same answer. */
async function signIn({ database, attempts, enter }: Doorstep, email: string, password: string, from: From) {
  await notTooOften(attempts.tried(email, from.address));
  const known = await accountOf(database, email);
  if (!(await isPassword(password, known?.password_hash))) {
    const because = 'The password was wrong.';
    if (known) await noteAccount(database, known.id, { action: 'session.create', outcome: 'deny', because });
    return undefined;
  }
  await attempts.succeeded(from.address, email);
  return known && enter(known.id, { provenBy: 'password' }, from);
}

/** Into the organization named, else the one where they were last. */
async function entered(database: Database, ...[account, proof, { agent }, named]: Parameters<Doorstep['enter']>) {
  const places = (await placesOf(database, account)).filter((it) => proof.provenBy === 'provider' || !it.sso_required);
  const organization = named ?? places[0]?.organization;
  if (!organization) return undefined;
  const id = newId();
  const secret = newSession(organization, id);
  const { provenBy, provenAt } = proof;
  const made = { account, organization, id, hash: hashOf(secret), agent, provenBy, ...(provenAt && { provenAt }) };
  const opened = await openSession(database, made);
  return opened ? { secret, organization, places: places.length } : undefined;
}

async function leave(database: Database, { secret }: Visit): Promise<void> {
  const held = readSession(secret);
  if (held) await closeSession(database, held);
}

async function renewed(database: Database, { secret }: Visit, by: ProvenBy): Promise<string> {
  const held = readSession(secret);
  if (!held) throw new Problem('unauthenticated', 'The session has ended.');
  const fresh = newSession(held.organization, held.credential);
  await renewSession(database, { ...held, fresh: hashOf(fresh), by });
  return fresh;
}

/** Whatever answers nothing does so after the same time. */
async function evenly<T>(work: () => Promise<T>): Promise<T> {
  const grid = startGrid(widest);
  try {
    const result = await work();
    if (result === undefined) await grid.next();
    return result;
  } finally {
    grid.stop();
  }
}
