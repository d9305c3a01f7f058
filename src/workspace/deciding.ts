import * as z from 'zod';
import { decide } from '../access/decide.ts';
import type { Decided } from '../storage/decided.ts';
import { grant, grantTo } from '../storage/grants.ts';
import type { Telling } from '../storage/notifications.ts';
import { closeRequest } from '../storage/requests.ts';
import type { RequestRow } from '../storage/rows.ts';
import { inside, outside } from '../terms/ids.ts';
import { reaches } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { type Also, changing, type Desk, type Difference } from './operation.ts';
import { refusalOf } from './refusal.ts';
import { settleOne } from './settling.ts';
import { Id, text } from './shapes.ts';
import { End, endOf, endShown, holdsAlready, lowers, wouldLower } from './sharing.ts';
import { decidedTelling, tellAll } from './telling.ts';

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
  evenly: true,
  target: ({ decisions }) => decisions.map(({ id }) => ({ noun: 'request', id: inside('request', id) }) as const),
  async run(desk, targets, { decisions }) {
    const outcomes: z.output<typeof Outcome>[] = [];
    const each: (Difference | Problem)[] = [];
    const told: Telling[] = [];
    const also: Also[] = [];
    const seen = new Set<string>();
    for (const [i, decision] of decisions.entries()) {
      const target = targets[i] as Decided<'request.decide'> | Problem;
      const id = inside('request', decision.id);
      const ruled = id && seen.has(id) ? twice() : target;
      const came = await cameTrueMeanwhile(desk, ruled);
      also.push(...came);
      const done = came.length ? approvedAlready(ruled) : await settle(desk, ruled, decision);
      if (id) seen.add(id);
      outcomes.push(done instanceof Problem ? unchanged(decision.id, done) : done);
      each.push(done instanceof Problem ? done : differenceOf(target as Decided<'request.decide'>, done));
      if (!(done instanceof Problem)) {
        const { subject } = target as Decided<'request.decide'>;
        told.push(decidedTelling(subject, done.status === 'approved' ? 'request_approved' : 'request_denied'));
      }
    }
    await tellAll(desk, told);
    return { outcome: { outcomes }, before: null, after: { outcomes }, each, also };
  },
  answer: async (_desk, { outcomes }) => ({ outcomes }),
});

/** Longer than any id; the rest of what is none is not said again. */
const longestId = 40;

const unchanged = (asked: string, problem: Problem) => {
  const id = inside('request', asked);
  return {
    id: id ? outside('request', id) : asked.slice(0, longestId),
    status: 'unchanged',
    error: problem.toJSON(),
  };
};

/** As the log keeps it: whose request, for what, and what became of it. */
const differenceOf = ({ subject }: Decided<'request.decide'>, { id: _, ...done }: z.output<typeof Outcome>) => ({
  before: { status: subject.status, role: subject.level },
  after: {
    ...done,
    requester: outside('person', subject.requester_id),
    resource: outside(subject.kind, subject.resource_id),
  },
});

const twice = () => new Problem('invalid_argument', 'It stands in this call twice.');

/** Whoever asked may have got in by another way, like a group that they joined; then nothing is left to decide (REQ-6). */
const cameTrueMeanwhile = async (desk: Desk, target: Decided<'request.decide'> | Problem): Promise<readonly Also[]> =>
  target instanceof Problem || target.subject.status !== 'pending' ? [] : settleOne(desk, target.subject);

const approvedAlready = (target: Decided<'request.decide'> | Problem) =>
  target instanceof Problem ? target : decidedAlready({ ...target.subject, status: 'approved' });

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
  if (subject.status !== 'pending') return decidedAlready(subject);
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
    const approving = decide('request.approve', target.facts);
    if (approving.outcome !== 'allow') return refusalOf('request.approve', approving, subject);
    const wanted = { principal: 'person', principal_id: subject.requester_id, level, expires_at: end } as const;
    const had = await grantTo(desk.tx, target, subject.requester_id);
    const kept = had && holdsAlready(had, wanted) ? had : undefined;
    if (!kept && had && lowers(had, wanted)) return wouldLower('Approve without an end or with a later one.');
    if (!kept) await grant(desk.tx, target, wanted);
    await closeRequest(desk.tx, target, { status: 'approved', level, note });
    return {
      id: outside('request', subject.id),
      status: 'approved',
      role: level,
      ...endShown((kept ?? wanted).expires_at),
    };
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown;
    throw thrown;
  }
}

export const decidedAlready = ({ status, decided_at }: RequestRow) =>
  new Problem('already_decided', `It is ${status} already.`, {
    current: { status, ...(decided_at && { decided_at: new Date(decided_at).toISOString() }) },
  });
