import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Thing } from '../access/land.ts';
import { levelBeforeCap } from '../access/reference.ts';
import type { Answer, Caller } from './caller.ts';
import { codeOf, hasComeTrue, type Model, reviews, ruled, thingOf, type Who } from './model.ts';
import { idOf } from './moves.ts';
import type { Random } from './seeded.ts';

/** One question: what is asked, what the rules say is answered, and what of the answer counts. */
export interface Look {
  readonly who: Who;
  readonly name: string;
  readonly args: Answer;
  expected(now: Date): unknown;
  seen(answer: Answer): unknown;
  /** What is told may be read only once older transactions are over, whoever's they are (NOT-2). */
  readonly isPatient?: boolean;
}

type Draw = (model: Model, who: Who, random: Random) => Look;

const emailOf = (person: string | null) => (person === null ? 'organization' : `${person}@acme.test`);
const byId = <T extends { id: string }>(rows: readonly T[]) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
const sorted = (those: readonly unknown[]) => those.map((it) => JSON.stringify(it)).sort();

const open: Draw = (model, who, random) => {
  const thing = random.pick(model.things);
  return {
    who,
    name: random.once(2) && thing.kind === 'workflow' ? 'open_workflow' : 'open_resource',
    args: { id: idOf(thing) },
    expected: (now) => {
      const { outcome, level } = ruled(model, who, 'resource.open', thing, now);
      return codeOf(outcome) ?? { ...rowOf(model, who, thing, level, now), revision: model.revisions.get(thing.id) };
    },
    seen: (answer) => ({ ...shown(answer), revision: answer.revision }),
  };
};

const rowOf = (model: Model, who: Who, thing: Thing, access: string | undefined, now: Date) => ({
  id: idOf(thing),
  name: model.names.get(thing.id),
  visibility: thing.visibility,
  owner: emailOf(thing.owner),
  access,
  via: viaOf(model, who, thing, now),
});
const shown = ({ id, name, visibility, owner, access, via }: Answer) => ({ id, name, visibility, owner, access, via });

/** One of these, where the rules leave it open which. */
class OneOf {
  readonly those: readonly unknown[];
  constructor(those: readonly unknown[]) {
    this.those = those;
  }
}

/** The path that a row shows: of those that give the highest level one's own first, then a grant, then what one is in; an override last. */
function viaOf(model: Model, who: Who, thing: Thing, now: Date): unknown {
  const { land } = model;
  const own = levelBeforeCap(land, who.person, thing, { now });
  const whole = levelBeforeCap(land, who.person, thing, { override: who.override, now });
  if (whole !== own) return 'override';
  if (own === 'owner') return 'owner';
  const giving =
    thing.visibility === 'private'
      ? []
      : thing.grants.filter((it) => it.level === own && !(it.until && it.until <= now));
  if (giving.some(({ principal }) => principal === who.person)) return 'grant';
  const circles = land.principals.filter(
    ({ id, deleted, people }) =>
      !deleted && people.includes(who.person) && giving.some(({ principal }) => principal === id),
  );
  return circles.length > 0 ? new OneOf(circles.map(({ sort, id }) => `${sort}:${id}`)) : 'everyone';
}

const list: Draw = (model, who) => ({
  who,
  name: 'list_resources',
  args: { limit: 50 },
  expected: (now) => {
    const rows = model.things.flatMap((thing) => {
      const { outcome, level } = ruled(model, who, 'resource.open', thing, now);
      return outcome === 'allow' ? [rowOf(model, who, thing, level, now)] : [];
    });
    return { total: rows.length, items: byId(rows) };
  },
  seen: ({ total, items }) => ({ total, items: byId(items.map(shown)) }),
});

const access: Draw = (model, who, random) => {
  const thing = random.pick(model.things);
  return {
    who,
    name: 'get_access',
    args: { id: idOf(thing) },
    expected: (now) =>
      codeOf(ruled(model, who, 'resource.audience', thing, now).outcome) ?? peopleOf(model, thing, now),
    seen: ({ people }) => sorted(people.map(({ person, access: level }: Answer) => [person, level])),
  };
};

/** Everyone who can open it, by whichever path (EXP-2). */
const peopleOf = (model: Model, thing: Thing, now: Date) =>
  sorted(
    model.land.people.flatMap(({ id }) => {
      const { level } = ruled(model, { person: id, override: true }, 'resource.open', thing, now);
      return level ? [[emailOf(id), level]] : [];
    }),
  );

const sent: Draw = (model, who) => ({
  who,
  name: 'list_access_requests',
  args: { box: 'sent', limit: 50 },
  expected: (now) =>
    sorted(
      model.requests
        .filter(({ by }) => by === who.person)
        .slice(-50)
        .map((it) => [
          it.id,
          it.status === 'pending' && hasComeTrue(model, it, now) ? 'approved' : it.status,
          it.level,
        ]),
    ),
  seen: asListed,
});

const incoming: Draw = (model, who) => ({
  who,
  name: 'list_access_requests',
  args: { box: 'incoming', limit: 50 },
  expected: (now) =>
    sorted(
      model.requests
        .filter((it) => it.delivered && it.by !== who.person && reviews(model, who, thingOf(model, it.thing), now))
        .slice(-50)
        .map(({ id, status, level }) => [id, status, level]),
    ),
  seen: asListed,
});

const asListed = ({ items }: Answer) => sorted(items.map(({ id, status, role }: Answer) => [id, status, role]));

const notifications: Draw = (model, who) => ({
  who,
  name: 'list_notifications',
  args: { unread: true, limit: 50 },
  isPatient: true,
  expected: () => {
    const unread = (model.told.get(who.person) ?? []).filter(({ read }) => !read);
    return { unread: unread.length, events: unread.slice(-50).map(({ event }) => event) };
  },
  seen: ({ unread, items }) => ({ unread, events: items.map(({ event }: Answer) => event).toReversed() }),
});

const drawn: readonly Draw[] = [open, open, open, list, list, access, sent, incoming, notifications];
/** What a key reads that is cut to workspaces. */
const narrow: readonly Draw[] = [open, open, list, access];
export const look: Draw = (model, who, random) => random.pick(who.cut ? narrow : drawn)(model, who, random);

/** Reads what there is to be told, and marks all of it read in both; again where some could not be seen yet (NOT-2). */
export async function markAllRead(model: Model, who: Who, call: Caller): Promise<void> {
  const patience = performance.now() + 10_000;
  for (;;) {
    const { items } = await call('list_notifications', { limit: 1 });
    if (items.length === 0) return;
    const { unread } = await call('mark_notifications_read', { up_to: items[0].id });
    for (const it of model.told.get(who.person) ?? []) it.read = true;
    if (unread === 0) return;
    if (performance.now() > patience) throw new Error(`${unread} are unread when all were marked`);
    await setTimeout(50);
  }
}

/** Whether what was seen is what the rules say. */
export function isSame(expected: unknown, seen: unknown): boolean {
  if (expected instanceof OneOf) return expected.those.includes(seen);
  if (typeof expected !== 'object' || typeof seen !== 'object' || !expected || !seen)
    return isDeepStrictEqual(expected, seen);
  const [all, found] = [Object.entries(expected), seen as Record<string, unknown>];
  return all.length === Object.keys(found).length && all.every(([key, it]) => isSame(it, found[key]));
}
