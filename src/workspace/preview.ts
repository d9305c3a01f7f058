import type { Actor } from '../access/actor.ts';
import type { Tx } from '../storage/database.ts';
import { groundsOf, levelsIn, type Someone, type Standing, type Subject } from '../storage/grounds.ts';
import { type Bearing, type Block, type PairPlace, pairsTouched } from '../storage/touched.ts';
import { outside } from '../terms/ids.ts';
import { type Level, reaches } from '../terms/ladders.ts';
import type { Change, Desk } from './operation.ts';
import { digestOf } from './seal.ts';
import { lightest, roomOfAnswer, weightOf } from './weight.ts';

/** What a change comes to, seen by doing it: its own account of itself, and who reaches what before and after. */
export interface Rehearsed<R> {
  readonly change: Change<R>;
  /** By how much each pair that was looked at differs, newest resources first, people by id. */
  readonly differences: readonly Difference[];
  /** Where to go on, if more pairs may differ than were looked at. */
  readonly next: PairPlace | undefined;
}

/** What one person gains or loses on one resource; `none` is no access. */
export interface Difference {
  readonly person: Someone;
  readonly resource: Subject;
  readonly before: Level | 'none';
  readonly after: Level | 'none';
}

/** How many pairs to look at, about, and behind which to begin. */
export interface Looking {
  readonly most: number;
  readonly from?: PairPlace | undefined;
}

/**
 * Does the change in the transaction at hand and compares reach before and after; whether it stays is for the caller to say. It looks at
 * what the caller can open and at no more than `most` pairs of person and resource; of a resource that is itself the target, at all.
 */
export async function rehearse<R>(
  { tx, me, scope }: Pick<Desk, 'tx' | 'me' | 'scope'>,
  bearing: Bearing,
  change: () => Promise<Change<R>>,
  { most, from }: Looking,
): Promise<Rehearsed<R>> {
  const { blocks, next } = await pairsTouched(tx, scope('resource.open'), me, bearing, { most, from });
  const before = await levelsOf(tx, me, blocks);
  const done = await change();
  const after = await levelsOf(tx, me, blocks);
  return { change: done, differences: compared(before, after), next };
}

type Levels = ReadonlyMap<string, Standing>;

async function levelsOf(tx: Tx, me: Actor, blocks: readonly Block[]): Promise<Levels> {
  const levels = new Map<string, Standing>();
  for (const { people, resources } of blocks) {
    for (const [pair, standing] of levelsIn(await groundsOf(tx, me, people, resources))) levels.set(pair, standing);
  }
  return levels;
}

function compared(before: Levels, after: Levels): Difference[] {
  const pairs = [...new Set([...before.keys(), ...after.keys()])].filter(
    (pair) => before.get(pair)?.level !== after.get(pair)?.level,
  );
  const all = pairs.map((pair) => {
    const { person, resource } = (before.get(pair) ?? after.get(pair)) as Standing;
    return { person, resource, before: levelIn(before, pair), after: levelIn(after, pair) };
  });
  const order = ({ person, resource }: Difference) => [resource.id, person.id] as const;
  return all.toSorted((a, b) => {
    const [[r1, p1], [r2, p2]] = [order(a), order(b)];
    return r1 === r2 ? (p1 < p2 ? -1 : 1) : r1 > r2 ? -1 : 1;
  });
}

const levelIn = (levels: Levels, pair: string): Difference['before'] => levels.get(pair)?.level ?? 'none';

/** Whether someone can do more afterwards. */
export const isGain = ({ before, after }: Difference): boolean =>
  before === 'none' || (after !== 'none' && reaches('resource', after, before));

/** A difference as previews and simulations show it; of a change to one resource that one need not be named. */
export const differenceShown = ({ person, resource, before, after }: Difference, isNamed: boolean) => ({
  person: person.email,
  ...(isNamed && { resource: { id: outside(resource.kind, resource.id), name: resource.name } }),
  before,
  after,
});

/** What a preview says of a change, and a digest of all that it rests on (EXT-8). */
export function previewOf(
  { change, differences, next }: Rehearsed<unknown>,
  isNamed: boolean,
): { readonly preview: Readonly<Record<string, unknown>>; readonly digest: string } {
  const room = (roomOfAnswer - roomOfToken - weightOf([change.before, change.after])) / 2;
  const rows = (those: readonly Difference[]) => ({
    total: those.length,
    people: lightest(
      those
        .map((it) => differenceShown(it, isNamed))
        .toSorted((a, b) => (a.person < b.person ? -1 : 1))
        .slice(0, 20),
      room,
    ),
  });
  const gains = differences.filter(isGain);
  const loses = differences.filter((it) => !isGain(it));
  const plain = differences.map(({ person, resource, before, after }) => [person.id, resource.id, before, after]);
  return {
    preview: {
      from: change.before,
      to: change.after,
      gains: rows(gains),
      loses: rows(loses),
      ...(isNamed && { note: next ? `${unnamed} simulate_access pages through all of it.` : unnamed }),
    },
    digest: digestOf([plain, change.before, change.after]),
  };
}

/** Estimated tokens of a confirm token and what stands around it. */
const roomOfToken = 600;

/** Says what there may be without a number (EXT-8). */
const unnamed = 'Only what you can open is named; there may be more.';
