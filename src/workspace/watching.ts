import * as z from 'zod';
import { levelOf, viaOf } from '../access/decide.ts';
import { notificationStanding } from '../storage/notifications.ts';
import { incomingRequests, sentRequests } from '../storage/request-lists.ts';
import { Problem } from '../terms/problem.ts';
import { whoami } from './directory.ts';
import { type Desk, reading } from './operation.ts';
import { digestOf } from './seal.ts';
import { Id, namedBy } from './shapes.ts';

/** How many things one connection follows. */
export const mostFollowed = 100;

const resource = (id: string) => ({ noun: 'resource', ...namedBy(id) }) as const;

/** Opens a stream on each of these that the caller can open: decided and logged like opening it (DEC-4). */
export const follow = reading({
  name: 'follow',
  action: 'resource.open',
  input: z.strictObject({ ids: z.array(Id).max(mostFollowed) }),
  output: z.object({ open: z.array(z.string()) }),
  evenly: true,
  target: ({ ids }) => ids.map(resource),
  run: async (_desk, targets, { ids }) => ({ open: ids.filter((_, i) => !(targets[i] instanceof Problem)) }),
});

/**
 * How all that someone follows stands now, decided again: whatever reads otherwise has another state, and what they can't open any more
 * has none. A request that was heard of counts where it is in the box of theirs.
 */
export const watch = reading({
  name: 'watch',
  action: 'self.see',
  unhurried: true,
  input: z.strictObject({
    resources: z.array(Id).max(mostFollowed).default([]),
    me: z.boolean().default(false),
    notifications: z.boolean().default(false),
    /** The ids of requests, as they were heard. */
    incoming: z.array(z.uuid()).default([]),
    sent: z.array(z.uuid()).default([]),
  }),
  output: z.object({
    resources: z.record(z.string(), z.string()),
    me: z.string().optional(),
    notifications: z.string().optional(),
    /** There are notifications that can be read only later. */
    held: z.boolean(),
    incoming: z.boolean(),
    sent: z.boolean(),
    /** How long the credential holds, and the token for it, in ms of the database's clock. */
    left: z.number().optional(),
  }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, wanted) {
    const { tx, me } = desk;
    const left = leftOf(desk);
    if (left <= 0) throw new Problem('unauthenticated', 'The token is over.');
    const standing = wanted.notifications ? await notificationStanding(tx, me) : undefined;
    return {
      resources: await statesOf(desk, wanted.resources),
      ...(wanted.me && { me: digestOf(await whoami.run(desk, undefined as never, {} as never)) }),
      ...(standing && { notifications: digestOf([standing.unread, standing.latest]) }),
      held: standing?.held ?? false,
      incoming: await isIn(incomingRequests, desk, wanted.incoming),
      sent: await isIn(sentRequests, desk, wanted.sent),
      ...(left < Number.POSITIVE_INFINITY && { left }),
    };
  },
});

/** Until the sooner end of both. A call goes on that began while its token held; whoever listens does so no longer than it holds (DEC-4). */
function leftOf({ me, now }: Desk): number {
  const ends = Math.min(
    me.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(me.expiresAt),
    (me.until ?? Number.POSITIVE_INFINITY) * 1000,
  );
  return ends - now.getTime();
}

/** What someone would read of each: whom else it is shared with is not theirs to notice. */
async function statesOf(desk: Desk, ids: readonly string[]): Promise<Record<string, string>> {
  const states: Record<string, string> = {};
  for (const id of ids) {
    const target = await desk.may('resource.open', resource(id));
    if (target instanceof Problem) continue;
    const { shared_with: _, ...shown } = target.subject;
    states[id] = digestOf([shown, levelOf(target.facts), viaOf(target.facts)]);
  }
  return states;
}

/** Whether any of these requests is in the box as it is now. */
async function isIn(box: typeof incomingRequests, { tx, me, scope }: Desk, ids: readonly string[]): Promise<boolean> {
  if (ids.length === 0) return false;
  return (await box(tx, scope('resource.open'), me, { limit: 1, ids })).items.length > 0;
}
