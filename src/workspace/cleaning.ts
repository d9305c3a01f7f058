import * as z from 'zod';
import { Problem } from '../terms/problem.ts';
import { With } from './directory.ts';
import { type Also, type Change, changing, type Desk, type Difference, type Operation } from './operation.ts';
import { setVisibility, transferOwnership } from './ownership.ts';
import { Id, Words } from './shapes.ts';
import { resource, unshareResource } from './sharing.ts';
import type { Taking } from './telling.ts';

const Item = z.strictObject({
  id: Id,
  do: z.enum(['unshare', 'make_private', 'limit_to_viewers', 'transfer']),
  with: With.optional().describe('For unshare.'),
  to: Words(400).optional().describe('For transfer: an email or id.'),
});
type Item = z.output<typeof Item>;

const Outcome = z.object({ id: z.string(), done: z.boolean(), error: z.record(z.string(), z.unknown()).optional() });

/** The change that each of them is; it is decided as that one (EXP-4). */
const changes: Record<Item['do'], (item: Item) => readonly [Operation, Record<string, unknown>]> = {
  unshare: ({ id, with: whom }) => [unshareResource, { id, with: whom }],
  make_private: ({ id }) => [setVisibility, { id, visibility: 'private' }],
  limit_to_viewers: ({ id }) => [setVisibility, { id, visibility: 'everyone', everyone_role: 'viewer' }],
  transfer: ({ id, to }) => [transferOwnership, { id, to }],
};

export const cleanUpAccess = changing({
  name: 'clean_up_access',
  action: 'review.clean',
  input: z.strictObject({ items: z.array(Item).min(1).max(25).describe('As review_access gives them.') }),
  output: z.object({ outcomes: z.array(Outcome) }),
  evenly: true,
  target: ({ items }) => items.map(({ id }) => resource(id)),
  async run(desk, targets, { items }) {
    const each: (Difference | Problem)[] = [];
    const also: Also[] = [];
    const takes: Taking[] = [];
    for (const [i, item] of items.entries()) {
      const done = targets[i] instanceof Problem ? targets[i] : await carriedOut(desk, item);
      each.push(done);
      if (done instanceof Problem) continue;
      also.push(...(done.also ?? []));
      takes.push(...(done.takes ?? []));
    }
    const outcomes = each.map((it, i) => outcomeOf((items[i] as Item).id, it));
    return { outcome: { outcomes }, before: null, after: { outcomes }, each, also, takes };
  },
  answer: async (_desk, { outcomes }) => ({ outcomes }),
});

/** One clean-up, or why it was refused; what one of them fails by leaves the others as they are. */
async function carriedOut(desk: Desk, item: Item): Promise<Change<unknown> | Problem> {
  const [operation, args] = changes[item.do](item);
  const parsed = operation.input.safeParse(args);
  if (!parsed.success) return missing(item);
  const { action } = operation;
  const chosen =
    typeof action === 'function' ? action(parsed.data as never, { id: desk.me.person, email: desk.me.email }) : action;
  const target = await desk.may(chosen, resource(item.id) as never);
  if (target instanceof Problem) return target;
  try {
    return (await operation.run(desk, target as never, parsed.data as never)) as Change<unknown>;
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown;
    throw thrown;
  }
}

const missing = (item: Item) => {
  const argument = item.do === 'transfer' ? 'to' : 'with';
  return new Problem('invalid_argument', `${item.do} takes ${argument}.`, { pointer: `/${argument}` });
};

/** Longer than any id; the rest of what is none is not said again. */
const longestId = 40;

const outcomeOf = (id: string, done: Difference | Problem): z.input<typeof Outcome> =>
  done instanceof Problem
    ? { id: id.slice(0, longestId), done: false, error: done.toJSON() }
    : { id: id.slice(0, longestId), done: true };
