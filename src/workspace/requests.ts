import * as z from 'zod';
import { levelOf } from '../access/decide.ts';
import { teamsOf } from '../storage/members.ts';
import { incomingRequests, type Listed, sentRequests } from '../storage/request-lists.ts';
import { cameTrue } from '../storage/request-settling.ts';
import { askedSoFar, closeRequest, deliverRequest } from '../storage/requests.ts';
import type { RequestRow } from '../storage/rows.ts';
import { inside, outside } from '../terms/ids.ts';
import { reaches } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { decidedAlready } from './deciding.ts';
import { changing, type Desk, reading } from './operation.ts';
import { settledBy } from './settling.ts';
import { Id, namedBy, organizationOwned, Paging, text } from './shapes.ts';
import { tellApproved, tellReviewers } from './telling.ts';
import { lightest, roomOfAnswer } from './weight.ts';

const statuses = ['pending', 'approved', 'denied', 'cancelled', 'expired'] as const;

export const Request = z.object({
  id: z.string(),
  resource: z.object({ id: z.string(), name: z.string().optional(), owner: z.string().optional() }),
  status: z.string(),
  role: z.string(),
  from: z.string().optional(),
  message: z.string().optional(),
  note: z.string().optional(),
  created_at: z.string(),
  decided_at: z.string().optional(),
});

/** With the teams, of Incoming, that whoever asks is in and the reader too. */
const Incoming = Request.extend({ teams: z.array(z.string()).optional() });

/** A request as whoever has it in that box sees it. */
export const requestShown = (it: Listed, box: 'incoming' | 'sent'): z.output<typeof Request> => ({
  id: outside('request', it.id),
  resource: {
    id: outside(it.kind, it.resource_id),
    ...(it.name !== null && { name: it.name, owner: it.owner_email ?? organizationOwned }),
  },
  status: it.status,
  role: it.level,
  ...(box === 'incoming' && it.requester_email && { from: it.requester_email }),
  ...(it.message && { message: it.message }),
  ...(it.note && { note: it.note }),
  created_at: new Date(it.created_at).toISOString(),
  ...(it.decided_at && { decided_at: new Date(it.decided_at).toISOString() }),
});

/** How many may be pending, and how many asked in a day, over all of a person's credentials (REQ-8). */
const limits = { pending: 20, day: 60 };

export const requestAccess = changing({
  name: 'request_access',
  costly: true,
  action: 'request.make',
  input: z.strictObject({
    id: Id.describe('What you were given a link or id of.'),
    role: z.enum(['viewer', 'editor']).default('editor'),
    message: text(1000).optional(),
  }),
  output: Request,
  evenly: true,
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, target, { id, role, message = null }) {
    const asked = namedBy(id);
    if (!asked.id)
      throw new Problem('invalid_argument', '/id: This is no id of anything.', {
        pointer: '/id',
        advice: 'Take the id, URI or link as it was given to you.',
      });
    const { id: resource, kind } = { ...asked, id: asked.id };
    await refuseWhatIsThere(desk, { ...asked, id: resource }, role);
    const so = await askedSoFar(desk.tx, target, resource);
    if (!so.pending) refuseTooMany(so);
    const request = await deliverRequest(desk.tx, target, { resource, kind, level: role, message }, so.pending);
    await tellReviewers(desk, { id: request, resource, kind }, so.pending);
    await tellApproved(desk, so.settled);
    return {
      outcome: { request },
      made: { noun: 'request', id: request },
      before: null,
      after: { request: outside('request', request), resource: outside(kind, resource), role },
      also: settledBy(so.settled),
      idle: so.pending !== undefined,
    };
  },
  async answer(desk, { request }) {
    const { items } = await sentRequests(desk.tx, desk.scope('resource.open'), desk.me, { limit: 1, ids: [request] });
    return requestShown(items[0] as Listed, 'sent');
  },
});

/** Who has what they ask for is told so: grants before the cap are compared, and the answer says what the cap leaves (REQ-9). */
async function refuseWhatIsThere(
  desk: Desk,
  { kind, id }: { kind: RequestRow['kind']; id: string },
  role: 'viewer' | 'editor',
) {
  const target = await desk.may('resource.open', { noun: 'resource', kind, id });
  if (target instanceof Problem) return;
  const { paths, override } = target.facts;
  const has = paths.filter((path) => path.noun === 'resource' && (override || !path.override));
  if (!has.some((path) => path.noun === 'resource' && reaches('resource', path.rung, role))) return;
  const level = levelOf(target.facts) ?? 'viewer';
  const capped = !reaches('resource', level, role);
  throw new Problem(
    'already_has_access',
    `You have ${role} there already${capped ? `; without the capability in this workspace it leaves you ${level}` : ''}.`,
    {
      ...(capped && { advice: 'Ask an admin of the workspace to switch the capability on for you.' }),
    },
  );
}

function refuseTooMany({ pendingCount, today, roomIn, deniedFor }: Awaited<ReturnType<typeof askedSoFar>>) {
  if (deniedFor > 0)
    throw new Problem('rate_limited', 'It was denied less than a day ago.', { retry_after_seconds: deniedFor });
  if (pendingCount >= limits.pending) {
    throw new Problem('rate_limited', `${limits.pending} requests of yours are pending.`, {
      retry_after_seconds: 3600,
      advice: 'Cancel one, or wait until some are decided.',
    });
  }
  if (today >= limits.day)
    throw new Problem('rate_limited', `You asked ${limits.day} times within a day.`, {
      retry_after_seconds: Math.max(1, roomIn),
    });
}

export const listAccessRequests = reading({
  name: 'list_access_requests',
  action: 'request.list',
  input: z.strictObject({
    box: z.enum(['incoming', 'sent']).describe('incoming: what you may decide. sent: what you asked for.'),
    status: z.enum(statuses).optional(),
    ...Paging,
  }),
  output: z.object({ items: z.array(Incoming), total: z.int().optional(), next_cursor: z.string().optional() }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { box, status, limit, cursor }) {
    const query = { box, status };
    const after = cursor === undefined ? undefined : desk.placeOf(query, cursor);
    const list = box === 'sent' ? sentRequests : incomingRequests;
    const { items, next } = await list(desk.tx, desk.scope('resource.open'), desk.me, { limit, after, status });
    const shared = box === 'incoming' ? await teamsShared(desk, items) : undefined;
    const shown = items.map((it) => {
      const teams = shared?.get(it.requester_id);
      return { ...requestShown(it, box), ...(teams && { teams }) };
    });
    const fitting = lightest(shown, roomOfAnswer);
    const last = fitting.length < shown.length ? items[fitting.length - 1]?.id : next;
    return {
      items: fitting,
      ...(!after && !next && { total: items.length }),
      ...(last && { next_cursor: desk.cursor(query, last) }),
    };
  },
});

/** By person, the names of the teams of the caller's that they are in too, so that "my team" needs no second look. */
async function teamsShared({ tx, me }: Desk, items: readonly Listed[]): Promise<ReadonlyMap<string, string[]>> {
  const all = await teamsOf(tx, me, [...new Set([me.person, ...items.map((it) => it.requester_id)])]);
  const mine = new Set(all.filter(({ person }) => person === me.person).map(({ id }) => id));
  const those = Map.groupBy(
    all.filter(({ id }) => mine.has(id)),
    ({ person }) => person,
  );
  return new Map([...those].map(([person, teams]) => [person, teams.map(({ name }) => name)]));
}

export const cancelAccessRequest = changing({
  name: 'cancel_access_request',
  action: 'request.cancel',
  input: z.strictObject({ id: Id }),
  output: Request,
  target: ({ id }) => ({ noun: 'request', id: inside('request', id) }) as const,
  async run(desk, target) {
    const { subject } = target;
    if (subject.status !== 'pending') throw decidedAlready(subject);
    if ((await cameTrue(desk.tx, desk.me)).includes(subject.id))
      throw decidedAlready({ ...subject, status: 'approved' });
    await closeRequest(desk.tx, target, { status: 'cancelled' });
    return { outcome: { request: subject.id }, before: { status: 'pending' }, after: { status: 'cancelled' } };
  },
  async answer(desk, { request }) {
    const { items } = await sentRequests(desk.tx, desk.scope('resource.open'), desk.me, { limit: 1, ids: [request] });
    return requestShown(items[0] as Listed, 'sent');
  },
});
