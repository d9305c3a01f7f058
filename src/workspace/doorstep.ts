import type { ProvenBy } from '../storage/accounts.ts';
import type { Database } from '../storage/database.ts';
import type { signInAttempts } from '../storage/sign-in-attempts.ts';
import type { OrganizationRole } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import type { Outdoors } from './outdoors.ts';
import type { Session } from './session.ts';

/** Someone who is signed in with a browser, in one organization (ORG-11). */
export interface Visit extends Required<Proof> {
  /** Their way to the data, as any caller has one. */
  readonly session: Session;
  readonly account: string;
  readonly email: string;
  readonly name: string;
  readonly role: OrganizationRole;
  readonly organization: { readonly id: string; readonly name: string };
  /** They proved who they are within the last ten minutes, so that they may do what is sensitive. */
  readonly isRecent: boolean;
  /** What the cookie holds. */
  readonly secret: string;
}

/** Where a request comes from. */
export interface From {
  readonly address: string;
  /** The browser, in words. */
  readonly agent: string;
}

/** How someone proved who they are, and when; now, where it does not say. */
export interface Proof {
  readonly provenBy: ProvenBy;
  readonly provenAt?: Date;
}

export interface SignedIn {
  readonly secret: string;
  readonly organization: string;
  /** How many organizations there are to choose from. */
  readonly places: number;
}

/** What each way of signing in stands on. */
export interface Doorstep {
  readonly database: Database;
  readonly outdoors: Outdoors;
  readonly attempts: ReturnType<typeof signInAttempts>;
  /** Opens a session: in the organization named, else in the one where they were last; nothing where they may go into none. */
  enter(account: string, proof: Proof, from: From, organization?: string): Promise<SignedIn | undefined>;
  /** Notes that they proved again who they are; answers the session's new secret. */
  renew(visit: Visit, by: ProvenBy): Promise<string>;
}

/** Refuses what was tried too often, whoever it is that was tried. */
export async function notTooOften(waiting: Promise<number | undefined>): Promise<void> {
  const seconds = await waiting;
  if (seconds === undefined) return;
  throw new Problem('rate_limited', 'There were too many attempts.', { retry_after_seconds: seconds });
}
