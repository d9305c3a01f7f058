import { type Settled, settleRequests } from '../storage/requests.ts';
import { outside } from '../terms/ids.ts';
import type { Also, Desk } from './operation.ts';

/** Approves the requests for a resource that a change to it made come true (REQ-6). */
export const settle = async ({ tx, me }: Desk, resource: string): Promise<readonly Also[]> =>
  settledBy(await settleRequests(tx, me, resource));

/** What the log says of requests that came true: whose they were, and for what. */
export const settledBy = (requests: readonly Settled[]): readonly Also[] =>
  requests.map(({ id, requester_id, resource_id, kind, level }) => ({
    noun: 'request',
    id,
    before: { status: 'pending', role: level },
    after: {
      status: 'approved',
      role: level,
      requester: outside('person', requester_id),
      resource: outside(kind, resource_id),
    },
  }));
