import { Problem } from '../terms/problem.ts';
import type { News, Session } from '../workspace/session.ts';
import { mostFollowed, watch } from '../workspace/watching.ts';
import { type Followed, followable } from './followed.ts';
import { concerns, everything, gathering, isBox, isLookedAt, type State, stateOf, type Wanted } from './heard.ts';

/** What one connection follows: it is told that something reads otherwise now, never what. */
export interface Following {
  /** Follows what the caller may read of these addresses, each decided like reading it, and answers those. */
  add(uris: readonly string[]): Promise<readonly string[]>;
  remove(uris: readonly string[]): void;
  /** Stops hearing. */
  end(): void;
}

/** What a session follows, wherever its client hears. */
export interface Shared {
  add(uris: readonly string[]): Promise<readonly string[]>;
  remove(uris: readonly string[]): Promise<void>;
}

interface Told {
  /** What is at this address reads otherwise now, and the caller may read it. */
  updated(uri: string): void;
  /** The credential, or the token for it, no longer holds: nothing is followed any more. */
  ended(): void;
}

/** In milliseconds: when it is looked again for what can't be read yet, or where looking failed; and the furthest a timer goes. */
const pauses = { first: 50, longest: 2_000, furthest: 86_400_000 };

/** Follows addresses for one connection. Each thing that is heard of is decided again, in a call of its own, before anything is told. */
export function followingOf(session: Session, { updated, ended }: Told): Following {
  const followed = new Map<string, Followed>();
  /** How each stood when it was last looked at; nothing where it could not be read. */
  const states = new Map<string, string | undefined>();
  const heard = gathering();
  let hearing: Promise<() => void> | undefined;
  let isOver = false;
  let isLooking = false;
  let isDue = false;
  let pause = pauses.first;
  let timer: NodeJS.Timeout | undefined;
  let expiry: NodeJS.Timeout | undefined;

  return {
    async add(uris) {
      const news = uris.filter((uri) => !followed.has(uri));
      if (followed.size + news.length > mostFollowed)
        throw new Problem('rate_limited', `One connection follows ${mostFollowed} things at most.`);
      hearing ??= session.hear(hears);
      await hearing;
      const wanted = await followable(session, news).catch(orEnded);
      // From here on what is heard of them counts, so that nothing is lost between this look and the next.
      for (const it of wanted) followed.set(it.uri, it);
      const state = await look(everything(wanted));
      for (const it of wanted) if (!states.has(it.uri)) states.set(it.uri, stateOf(it, state));
      return uris.filter((uri) => followed.has(uri));
    },
    remove(uris) {
      for (const uri of uris) {
        followed.delete(uri);
        states.delete(uri);
      }
    },
    end() {
      isOver = true;
      stop();
    },
  };

  /** Follows nothing any more, and hears nothing until it follows again. */
  function stop(): void {
    clearTimeout(timer);
    clearTimeout(expiry);
    isDue = false;
    followed.clear();
    states.clear();
    heard.take();
    void hearing?.then((stop) => stop());
    hearing = undefined;
  }

  function hears(news: News): void {
    const concerned = [...followed.values()].filter((it) => concerns(news, it));
    const mayEnd = news.noun === 'credential' || news.noun === 'person' || news.noun === 'organization';
    if (isOver || (concerned.length === 0 && !mayEnd)) return;
    for (const it of concerned) {
      // What came into a box and went again is not found there any more, so that whoever follows it looks.
      if (news.noun === 'anything' && isBox(it)) updated(it.uri);
      heard.add(it, news.ids);
    }
    void check();
  }

  /** One look at a time: what is heard meanwhile is looked at afterwards. */
  async function check(): Promise<void> {
    clearTimeout(timer);
    isDue = true;
    if (isLooking) return;
    isLooking = true;
    while (isDue && !isOver) {
      isDue = false;
      await tell(heard.take());
    }
    isLooking = false;
  }

  async function tell(wanted: Wanted): Promise<void> {
    try {
      const state = await look(wanted);
      for (const it of followed.values()) if (isLookedAt(wanted, it)) tellOf(it, state);
      if (state.held) again({ ...wanted, resources: [], incoming: [], sent: [], me: false });
      else pause = pauses.first;
    } catch (thrown) {
      if (!isEnd(thrown)) again(wanted);
    }
  }

  function tellOf(it: Followed, state: State): void {
    if (isBox(it)) {
      if (state[it.view as 'incoming' | 'sent']) updated(it.uri);
      return;
    }
    const now = stateOf(it, state);
    if (states.has(it.uri) && now !== undefined && now !== states.get(it.uri)) updated(it.uri);
    states.set(it.uri, now);
  }

  function again(wanted: Wanted): void {
    if (isOver) return;
    heard.put(wanted);
    timer = setTimeout(() => void check(), pause).unref();
    pause = Math.min(2 * pause, pauses.longest);
  }

  /** Decides anew on all that is wanted; where the credential has an end, it is looked again then. */
  async function look(wanted: Wanted): Promise<State> {
    const state = (await session.perform(watch, wanted).catch(orEnded)) as unknown as State;
    clearTimeout(expiry);
    if (state.left !== undefined && !isOver) {
      const wait = Math.min(Math.max(state.left + 5, pauses.first), pauses.furthest);
      expiry = setTimeout(() => void check(), wait).unref();
    }
    return state;
  }

  /** Whoever learns of the end first says so, be it in following something. */
  function orEnded(thrown: unknown): never {
    if (isEnd(thrown)) {
      stop();
      ended();
    }
    throw thrown;
  }
}

const isEnd = (thrown: unknown): boolean => thrown instanceof Problem && thrown.code === 'unauthenticated';
