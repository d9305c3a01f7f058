import type { Actor } from '../access/actor.ts';
import { levelsOn } from '../storage/audience.ts';
import type { Entrance, Tx } from '../storage/database.ts';
import { useConfirmation } from '../storage/idempotency.ts';
import { newId } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Change } from './operation.ts';
import { digestOf, seal, unseal } from './seal.ts';

type Levels = Awaited<ReturnType<typeof levelsOn>>;

/** What a change comes to, seen by doing it: its own account of itself, and who reaches what before and after. */
export interface Rehearsed<R> {
  readonly change: Change<R>;
  readonly preview: Readonly<Record<string, unknown>>;
  /** Of all that the preview rests on, so that a second look tells whether it still holds. */
  readonly digest: string;
}

/** Does the change in the transaction at hand and compares reach before and after; whether it stays is for the caller to say. */
export async function rehearse<R>(
  tx: Tx,
  me: Actor,
  resources: readonly { readonly id: string; readonly kind: Kind }[],
  change: () => Promise<Change<R>>,
): Promise<Rehearsed<R>> {
  const before = await levelsOn(tx, me, resources);
  const done = await change();
  const after = await levelsOn(tx, me, resources);
  const { gains, loses } = compared(before, after);
  return {
    change: done,
    preview: { from: done.before, to: done.after, gains: shown(gains), loses: shown(loses) },
    digest: digestOf([[...before], [...after], done.before, done.after]),
  };
}

interface Difference {
  readonly person: string;
  readonly before: string;
  readonly after: string;
}

function compared(before: Levels, after: Levels): { gains: Difference[]; loses: Difference[] } {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const rank = (level: string | undefined) => ['viewer', 'editor', 'owner'].indexOf(level ?? '');
  const all = keys.map((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    return {
      person: (was ?? is)?.email ?? '',
      before: was?.level ?? 'none',
      after: is?.level ?? 'none',
      up: rank(is?.level) - rank(was?.level),
    };
  });
  all.sort((a, b) => (a.person < b.person ? -1 : 1));
  const plain = ({ up: _, ...it }: (typeof all)[number]) => it;
  return { gains: all.filter(({ up }) => up > 0).map(plain), loses: all.filter(({ up }) => up < 0).map(plain) };
}

const shown = (those: readonly Difference[]) => ({ total: those.length, people: those.slice(0, 20) });

/** How long a confirm token holds, in ms (EXT-8). */
const holds = 5 * 60_000;

/** What a token is bound to: the caller, the operation and its arguments. */
export interface Bound {
  readonly key: Buffer;
  readonly entrance: Entrance;
  readonly operation: string;
  readonly args: string;
}

const boundTo = ({ entrance, operation, args }: Bound) =>
  ['confirm', entrance.organization, entrance.credential, operation, args].join('|');

export function tokenFor(bound: Bound, digest: string): string {
  return seal(bound.key, JSON.stringify({ nonce: newId(), until: Date.now() + holds, digest }), boundTo(bound));
}

/** Whether the token speaks of exactly what was just seen, in time, and for the first time; it is used up by that. */
export async function confirms(tx: Tx, bound: Bound, token: string, digest: string): Promise<boolean> {
  const sealed = unseal(bound.key, token, boundTo(bound));
  if (sealed === undefined) return false;
  const it: { nonce: string; until: number; digest: string } = JSON.parse(sealed);
  return it.until > Date.now() && it.digest === digest && (await useConfirmation(tx, bound.entrance, it.nonce));
}
