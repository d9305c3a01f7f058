import { type Opened, type Settled, settleOpened, settleRequests } from '../storage/request-settling.ts';
import type { RequestRow } from '../storage/rows.ts';
import { outside } from '../terms/ids.ts';
import type { Also, Desk } from './operation.ts';
import { tellApproved } from './telling.ts';

/** Approves the requests for a resource that a change to it made come true, and tells whoever asked (REQ-6). */
export const settle = (desk: Desk, resource: string): Promise<readonly Also[]> => settleThose(desk, { resource });

/** Approves one request if it has come true meanwhile, by a change to whoever asked rather than to what they asked for (REQ-6). */
export const settleOne = (desk: Desk, { id, resource_id }: RequestRow): Promise<readonly Also[]> =>
  settleThose(desk, { resource: resource_id, request: id });

/** Approves what came true for people who came to a group, team, project or workspace, and tells them (REQ-6). */
export async function settleFor(desk: Desk, opened: Opened): Promise<readonly Also[]> {
  const settled = await settleOpened(desk.tx, desk.me, opened);
  await tellApproved(desk, settled);
  return settledBy(settled);
}

async function settleThose(desk: Desk, which: { resource: string; request?: string }): Promise<readonly Also[]> {
  const settled = await settleRequests(desk.tx, desk.me, which);
  await tellApproved(desk, settled);
  return settledBy(settled);
}

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
