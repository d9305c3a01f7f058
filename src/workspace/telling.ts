import { type Event, type Telling, tell } from '../storage/notifications.ts';
import type { Settled } from '../storage/request-settling.ts';
import { reviewersOf } from '../storage/reviewers.ts';
import type { RequestRow } from '../storage/rows.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Desk } from './operation.ts';

type Telltale = Pick<Desk, 'tx' | 'me'>;

/** Tells whoever reviews a request of it, once: `before` is the row that it was taken up from, if it was made earlier. */
export async function tellReviewers(
  { tx, me }: Telltale,
  { id, ...resource }: { readonly id: string; readonly resource: string; readonly kind: Kind },
  before: RequestRow | undefined,
): Promise<void> {
  const reviewers = await reviewersOf(tx, me, id);
  const toTell = before?.workspace_id ? [] : reviewers;
  const about = { request: id, resource: { id: resource.resource, kind: resource.kind } };
  await tell(
    tx,
    me,
    toTell.map((person) => ({ person, event: 'access_requested', ...about })),
  );
}

/** What a requester is told of a request that is decided, by someone or by having come true. */
export const decidedTelling = (
  { id, requester_id, resource_id, kind }: Omit<Settled, 'level'>,
  event: 'request_approved' | 'request_denied',
): Telling => ({ person: requester_id, event, request: id, resource: { id: resource_id, kind } });

export const tellApproved = ({ tx, me }: Telltale, requests: readonly Settled[]): Promise<void> =>
  tellAll(
    { tx, me },
    requests.map((it) => decidedTelling(it, 'request_approved')),
  );

/** What a change takes from people. Whoever can no longer open it is told, and whoever owned it. */
export interface Taking {
  readonly event: Extract<Event, 'taken_back' | 'made_private' | 'transferred'>;
  readonly resource: { readonly id: string; readonly kind: Kind };
  readonly owner: string | null;
}

/** Tells those who lost it, and its old owner. */
export const tellLosers = (
  at: Telltale,
  { event, resource, owner }: Taking,
  losers: readonly string[],
): Promise<void> =>
  tellAll(
    at,
    [...new Set([...losers, ...(owner ? [owner] : [])])].map((person) => ({ person, event, resource })),
  );

/** Tells people, in the transaction of what they are told of; nothing is sent where there is nobody to tell. */
export const tellAll = async ({ tx, me }: Telltale, tellings: readonly Telling[]): Promise<void> => {
  if (tellings.length > 0) await tell(tx, me, tellings);
};
