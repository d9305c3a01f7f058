import * as z from 'zod';
import { markRead, notificationStanding, notificationsOf, type Told } from '../storage/notifications.ts';
import { ownerEmail } from '../storage/people.ts';
import { incomingRequests, type Listed, sentRequests } from '../storage/request-lists.ts';
import { inside, outside } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import { Problem } from '../terms/problem.ts';
import { changing, type Desk, reading } from './operation.ts';
import { Request, requestShown } from './requests.ts';
import { Id, organizationOwned, Paging } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';

/** The longest that a call waits, in seconds (section 14). */
const longestWait = 25;

const Notification = z.object({
  id: z.string(),
  event: z.string(),
  at: z.string(),
  unread: z.boolean(),
  request: Request.optional(),
  resource: z.object({ id: z.string(), name: z.string(), owner: z.string() }).optional(),
});

export const listNotifications = reading({
  name: 'list_notifications',
  action: 'notification.list',
  input: z.strictObject({
    unread: z.boolean().default(false).describe('Only what is unread.'),
    since: z.string().max(600).optional().describe('latest of an answer: what came after it, in order.'),
    wait: z.int().min(0).max(longestWait).default(0).describe('Seconds to wait while there is none.'),
    ...Paging,
  }),
  output: z.object({
    items: z.array(Notification),
    unread: z.int(),
    latest: z.string(),
    next_cursor: z.string().optional(),
  }),
  target: () => ({ noun: 'organization' }) as const,
  patience: ({ wait }) => wait,
  isAnswer: ({ items }) => items.length > 0,
  async run(desk, _organization, { unread, since, limit, cursor }) {
    if (since !== undefined && cursor !== undefined)
      throw new Problem('invalid_argument', '/cursor: It goes on to older ones, since to newer.', {
        pointer: '/cursor',
        advice: 'Send one of the two.',
      });
    const { tx, me } = desk;
    const after = since === undefined ? undefined : desk.placeOf(following, since) || beginning;
    const before = cursor === undefined ? undefined : desk.placeOf({ unread }, cursor);
    const standing = await notificationStanding(tx, me);
    const { items, more } = await notificationsOf(tx, me, { limit, unread, after, before });
    const shown = lightest(await rendered(desk, items), roomOfAnswer);
    const last = items[shown.length - 1]?.place;
    const goesOn = last !== undefined && (more || shown.length < items.length);
    return {
      items: shown,
      unread: standing.unread,
      latest: desk.cursor(following, (after === undefined ? standing.latest : (last ?? after)) ?? ''),
      ...(goesOn && after === undefined && { next_cursor: desk.cursor({ unread }, last) }),
    };
  },
});

/** What a place to follow from is bound to: no other arguments, so that any list goes on from it. */
const following = 'following';
/** Before everything that anyone is told. */
const beginning = '0/00000000-0000-0000-0000-000000000000';

/** As of now: what the caller can't open or decide any more is told as its id and event alone (NOT-3). */
async function rendered(desk: Desk, items: readonly Told[]): Promise<z.output<typeof Notification>[]> {
  const [incoming, sent] = await requestsBehind(desk, items);
  const opened = await namesBehind(desk, items);
  return items.map(({ id, event, at, read_at, request_id, resource_id }) => {
    const request =
      event === 'access_requested' ? shownIn(incoming, request_id, 'incoming') : shownIn(sent, request_id, 'sent');
    const resource = request_id === null && resource_id !== null ? opened.get(resource_id) : undefined;
    return {
      id: outside('notification', id),
      event,
      at: new Date(at).toISOString(),
      unread: read_at === null,
      ...(request && { request }),
      ...(resource && { resource }),
    };
  });
}

function shownIn(requests: readonly Listed[], id: string | null, box: 'incoming' | 'sent') {
  const found = requests.find((it) => it.id === id);
  return found && requestShown(found, box);
}

/** The requests that are told of, as Incoming and Sent hold them now. */
async function requestsBehind({ tx, me, scope }: Desk, items: readonly Told[]) {
  const idsOf = (incoming: boolean) => [
    ...new Set(
      items.flatMap((it) => (it.request_id && (it.event === 'access_requested') === incoming ? [it.request_id] : [])),
    ),
  ];
  const [asked, resolved] = [idsOf(true), idsOf(false)];
  const limit = items.length;
  return [
    asked.length ? (await incomingRequests(tx, scope('resource.open'), me, { limit, ids: asked })).items : [],
    resolved.length ? (await sentRequests(tx, scope('resource.open'), me, { limit, ids: resolved })).items : [],
  ] as const;
}

/** What can be opened of the resources that are told of. */
async function namesBehind(desk: Desk, items: readonly Told[]) {
  const opened = new Map<string, { id: string; name: string; owner: string }>();
  for (const { request_id, resource_id: id, kind } of items) {
    if (request_id !== null || !id || opened.has(id)) continue;
    const target = await desk.may('resource.open', { noun: 'resource', id, kind: kind as Kind });
    if (target instanceof Problem) continue;
    const { name, owner_id } = target.subject;
    opened.set(id, {
      id: outside(kind as Kind, id),
      name,
      owner: owner_id ? await ownerEmail(desk.tx, desk.me, owner_id) : organizationOwned,
    });
  }
  return opened;
}

export const markNotificationsRead = changing({
  name: 'mark_notifications_read',
  action: 'notification.mark',
  input: z
    .strictObject({
      ids: z.array(Id).min(1).max(100).optional(),
      up_to: Id.optional().describe('This one and all before it.'),
    })
    .refine(({ ids, up_to }) => (ids === undefined) !== (up_to === undefined), {
      path: ['ids'],
      message: 'Send either ids or up_to.',
    }),
  output: z.object({ marked: z.int(), unread: z.int() }),
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx }, target, { ids, up_to }) {
    const those = (ids ?? []).flatMap((id) => inside('notification', id) ?? []);
    const upTo = up_to === undefined ? undefined : inside('notification', up_to);
    const marked = await markRead(tx, target, upTo ? { upTo } : { ids: those });
    return { outcome: { marked }, before: null, after: { marked } };
  },
  async answer({ tx, me }, { marked }) {
    return { marked, unread: (await notificationStanding(tx, me)).unread };
  },
});
