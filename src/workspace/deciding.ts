import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import { grant, grantTo } from '../storage/grants.ts';
import { closeRequest } from '../storage/requests.ts';
import type { RequestRow } from '../storage/rows.ts';
import { inside, outside } from '../terms/ids.ts';
import { reaches } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { changing, type Desk } from './operation.ts';
import { Id, text } from './shapes.ts';
import { End, endOf, holdsAlready } from './sharing.ts';

const Outcome = z.object({
  id: z.string(),
  status: z.string(),
  role: z.string().optional(),
  expires_at: z.string().optional(),
  error: z.record(z.string(), z.unknown()).optional(),
});

export const decideAccessRequests = changing({
  name: 'decide_access_requests',
  action: 'request.decide',
  input: z.strictObject({
    decisions: z
      .array(
        z.strictObject({
          id: Id,
          decision: z.enum(['approve', 'deny']),
          role: z.enum(['viewer', 'editor']).optional().describe('To give less than was asked for.'),
          expires_at: End.optional(),
          note: text(1000).optional().describe('The requester reads it.'),
        }),
      )
      .min(1)
      .max(25),
  }),
  output: z.object({ outcomes: z.array(Outcome) }),
  target: ({ decisions }) => decisions.map(({ id }) => ({ noun: 'request', id: inside('request', id) }) as const),
  async run(desk, targets, { decisions }) {
    const outcomes: z.output<typeof Outcome>[] = [];
    for (const [i, decision] of decisions.entries()) {
      const target = targets[i] as Decided<'request.decide'> | Problem;
      const isAgain = decisions.findIndex(({ id }) => inside('request', id) === inside('request', decision.id)) < i;
      const done = await settle(desk, isAgain ? twice() : target, decision);
      outcomes.push(done instanceof Problem ? { id: decision.id, status: 'unchanged', error: done.toJSON() } : done);
    }
    return { outcome: { outcomes }, before: null, after: { outcomes } };
  },
  answer: async (_desk, { outcomes }) => ({ outcomes }),
});

const twice = () => new Problem('invalid_argument', 'It stands in this call twice.');

interface Verdict {
  readonly id: string;
  readonly decision: 'approve' | 'deny';
  readonly role?: 'viewer' | 'editor' | undefined;
  readonly expires_at?: string | undefined;
  readonly note?: string | undefined;
}

/** Decides one request, or says why it can't be; the others go on. */
async function settle(
  desk: Desk,
  target: Decided<'request.decide'> | Problem,
  { decision, role, expires_at, note = null as never }: Verdict,
): Promise<z.output<typeof Outcome> | Problem> {
  if (target instanceof Problem) return target;
  const { subject } = target;
  if (subject.status !== 'pending' || isOver(subject, desk.now)) return decidedAlready(subject, desk.now);
  const level = role && reaches('resource', subject.level, role) ? role : subject.level;
  if (role && role !== level)
    return new Problem('invalid_argument', `They asked for ${subject.level}; a decision gives no more.`, {
      pointer: '/role',
    });
  try {
    const end = endOf(expires_at, desk.now);
    if (decision === 'deny') {
      await closeRequest(desk.tx, target, { status: 'denied', note });
      return { id: outside('request', subject.id), status: 'denied' };
    }
    const wanted = { principal: 'person', principal_id: subject.requester_id, level, expires_at: end } as const;
    const had = await grantTo(desk.tx, target, subject.requester_id);
    const shorter = had && had.expires_at === null && end !== null;
    if (!had || (!holdsAlready(had, wanted) && !shorter)) await grant(desk.tx, target, wanted);
    await closeRequest(desk.tx, target, { status: 'approved', level, note });
    return {
      id: outside('request', subject.id),
      status: 'approved',
      role: level,
      ...(end && { expires_at: end.toISOString() }),
    };
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown;
    throw thrown;
  }
}

const monthFrom = (text: string) => Date.parse(text) + 30 * 86_400_000;
export const isOver = ({ created_at }: RequestRow, now: Date) => monthFrom(created_at) <= now.getTime();

export const decidedAlready = (subject: RequestRow, now: Date) => {
  const status = subject.status === 'pending' && isOver(subject, now) ? 'expired' : subject.status;
  return new Problem('already_decided', `It is ${status} already.`, {
    current: { status, ...(subject.decided_at && { decided_at: new Date(subject.decided_at).toISOString() }) },
  });
};
