import type { News } from '../storage/news.ts';
import type { Finding } from '../terms/problem.ts';
import type { CredentialScope, Surface } from '../terms/scopes.ts';
import type { Call } from '../terms/underway.ts';
import type { Dialogues } from './dialogues.ts';
import type { Operation } from './operation.ts';
import type { Allowance } from './rates.ts';

export type { News };

/** How one call is made. */
export interface How {
  /** The token of a preview (EXT-8). */
  readonly confirm?: string | undefined;
  /** The idempotency key (EXT-9). */
  readonly key?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How MCP asked, for traces alone. */
  readonly origin?: Call['origin'];
  /** A further page of a file, which was counted when it began. */
  readonly continues?: true;
  /** Integers among the arguments that a number can't keep, by their places: told beside the document that holds them (DOC-2). */
  readonly rounded?: readonly Finding[] | undefined;
}

/** What a consequential write answers first; nothing has happened (EXT-8). */
export interface Preview {
  readonly preview: Readonly<Record<string, unknown>>;
  /** To be sent with the same arguments within five minutes; it serves once. */
  readonly confirm: string;
}

/** Whether the answer to a consequential write is its preview. */
export const isPreview = (output: Record<string, unknown>): output is Record<string, unknown> & Preview =>
  typeof output.confirm === 'string' && typeof output.preview === 'object';

/** How a connection narrows its credential; it never widens it (section 14). */
export interface Narrowing {
  readonly readOnly?: boolean;
  /** A workspace's id or name: nothing in another is there for the connection. Of several, what lies in each of them is. */
  readonly workspace?: string | readonly string[] | undefined;
}

/** Someone who has been let in: `perform` is the only way from a door to the data. It holds a credential's id, never a person's rights. */
export interface Session {
  /** Of the credential, which never change; whether it still holds is read at every call. */
  readonly credential: { readonly id: string; readonly name: string; readonly scopes: readonly CredentialScope[] };
  readonly person: { readonly id: string; readonly email: string };
  /** Whether its person can be asked to let it do more: a key has what it has, the client of a connection may ask. */
  readonly canAsk: boolean;
  readonly readOnly: boolean;
  readonly surface: Surface;
  /**
   * Does `operation`, or says why not by throwing a Problem. Answers what the operation's output says; for an action that
   * wants confirming, a preview first.
   */
  perform(operation: Operation, input: unknown, how?: How): Promise<Record<string, unknown>>;
  /**
   * Calls `heard` whenever something may have changed that concerns them, in whichever process. What it is, perform tells: nothing is
   * decided here, and an id that is heard is not to be passed on. Once the promise is fulfilled nothing is missed; it answers how to stop.
   */
  hear(heard: (news: News) => void): Promise<() => void>;
  /** What they may still ask within this minute, as they were let in; nothing where that has no bound. */
  readonly allowance: Allowance | undefined;
  /** Counts further requests that came with the one by which they were let in; throws rate_limited. */
  asks(more: number): Promise<void>;
  /** What they have going in the 2025 protocol, on whichever server. */
  readonly dialogues: Dialogues;
}
