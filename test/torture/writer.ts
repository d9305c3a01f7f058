import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, type Caller, isLost, Refused } from './caller.ts';
import type { Random } from './seeded.ts';

/** A workflow as whoever made it knows it. */
interface Thing {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly document: { readonly n: number };
  readonly visibility: string;
  readonly grants: Readonly<Record<string, string>>;
  readonly binned: boolean;
}

/** One write: what is called, and how things stand once it is done. */
interface Deed {
  readonly name: string;
  readonly args: Answer;
  readonly key: string;
  readonly before: Thing | undefined;
  after(answer: Answer): Thing;
  /** The token of its preview, where it has one. */
  confirm?: string;
}

export type Writer = ReturnType<typeof writer>;

/** Someone who makes and changes workflows of their own, and remembers what was acknowledged. Nobody else writes to those. */
export function writer(who: string, others: readonly string[], random: Random) {
  const things = new Map<string, Thing>();
  /** What is not verified since it was touched. */
  const touched = new Set<string>();
  let pending: Deed | undefined;
  let made = 0;
  let acknowledged = 0;

  return {
    things,
    acknowledged: () => acknowledged,
    pending: () => pending,
    /** Writes until it is told to stop, or a call never comes to an answer. */
    async write(call: Caller, isOver: () => boolean): Promise<void> {
      while (!isOver()) {
        pending = nextDeed();
        try {
          await carryOut(call, pending);
        } catch (thrown) {
          if (isLost(thrown)) return;
          throw thrown;
        }
      }
    },
    /** What was never answered is there wholly or not at all; called again with its key, it is done once (EXT-9). */
    async settle(call: Caller, isKept: (key: string) => Promise<boolean>): Promise<'done' | 'not done' | undefined> {
      if (!pending) return undefined;
      const deed = pending;
      const wasDone = await isKept(deed.key);
      const found = deed.before && (await lookAt(call, deed.before));
      const after = await carryOut(call, deed);
      if (found && !isDeepStrictEqual(found, wasDone ? after : deed.before))
        throw new Error(
          `${deed.name} was half done: ${JSON.stringify({ wasDone, found, before: deed.before, after })}`,
        );
      return wasDone ? 'done' : 'not done';
    },
    /** Reads back all that was touched. */
    async verify(call: Caller): Promise<number> {
      const ids = [...touched];
      for (const id of ids) {
        const thing = things.get(id) as Thing;
        const found = await lookAt(call, thing);
        if (!isDeepStrictEqual(found, thing))
          throw new Error(`acknowledged and not there: ${JSON.stringify([thing, found])}`);
      }
      touched.clear();
      return ids.length;
    },
  };

  /** The first call of what is confirmed does nothing, so that only the second can have been done unheard. */
  async function carryOut(call: Caller, deed: Deed): Promise<Thing> {
    const { name, args, key, before } = deed;
    if (confirmedOnes.has(name) && deed.confirm === undefined) deed.confirm = (await call(name, args)).confirm;
    const answer = await call(name, args, { key, ...(deed.confirm !== undefined && { confirm: deed.confirm }) });
    const after = deed.after(answer);
    if (before && before.id !== after.id) throw new Error(`${name} answered another one`);
    things.set(after.id, after);
    touched.delete(after.id);
    touched.add(after.id);
    acknowledged++;
    pending = undefined;
    return after;
  }

  function nextDeed(): Deed {
    const thing = random.once(3) ? undefined : random.pick([...things.values()]);
    if (!thing) return making();
    const kind = thing.binned
      ? 'restore'
      : random.pick(['edit', 'edit', 'edit', 'share', 'unshare', 'visibility', 'delete']);
    return changing(thing, kind);
  }

  function making(): Deed {
    const name = `${who} ${made++}`;
    const document = { n: random.below(1_000_000) };
    return {
      name: 'create_workflow',
      args: { name, document },
      key: randomUUID(),
      before: undefined,
      after: ({ id }) => ({ id, name, revision: 1, document, visibility: 'private', grants: {}, binned: false }),
    };
  }

  function changing(before: Thing, kind: string): Deed {
    const { id, revision, grants } = before;
    const deed = (name: string, args: Answer, change: Partial<Thing>): Deed => ({
      name,
      args: { id, ...args },
      key: randomUUID(),
      before,
      after: () => ({ ...before, ...change }),
    });
    const other = random.pick(others);
    const left = Object.fromEntries(Object.entries(grants).filter(([it]) => it !== other));
    const document = { n: random.below(1_000_000) };
    const visibility = random.pick(['private', 'everyone', 'shared']);
    const shared = before.visibility === 'private' ? 'shared' : before.visibility;
    if (kind === 'share')
      return deed(
        'share_resource',
        { with: `person:${other}`, role: 'editor' },
        { visibility: shared, grants: { ...grants, [other]: 'editor' } },
      );
    if (kind === 'unshare') return deed('unshare_resource', { with: `person:${other}` }, { grants: left });
    if (kind === 'visibility')
      return deed('set_visibility', { visibility }, { visibility, ...(visibility === 'private' && { grants: {} }) });
    if (kind === 'delete') return deed('delete_workflow', {}, { binned: true });
    if (kind === 'restore') return deed('restore_workflow', {}, { binned: false });
    return deed('edit_workflow', { revision, document }, { revision: revision + 1, document });
  }

  /** As it is there now. */
  async function lookAt(call: Caller, thing: Thing): Promise<Thing | undefined> {
    const { id, name } = thing;
    try {
      const { revision, document, visibility } = await call('open_workflow', { id, include: ['document'] });
      const { grants } = await call('get_access', { id });
      const held = Object.fromEntries((grants as Answer[]).map((it) => [it.name, it.role]));
      return { id, name, revision, document, visibility, grants: held, binned: false };
    } catch (thrown) {
      if (thrown instanceof Refused && thrown.code === 'not_found') return { ...thing, binned: true };
      throw thrown;
    }
  }
}

const confirmedOnes = new Set(['set_visibility', 'delete_workflow']);
