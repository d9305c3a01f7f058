import type { News } from '../workspace/session.ts';
import type { Followed, View } from './followed.ts';

/** What is looked at in one call. */
export interface Wanted {
  readonly me: boolean;
  readonly notifications: boolean;
  readonly resources: readonly string[];
  /** Requests that were heard of. */
  readonly incoming: readonly string[];
  readonly sent: readonly string[];
}

/** What the call answers. */
export interface State {
  readonly resources: Readonly<Record<string, string>>;
  readonly me?: string;
  readonly notifications?: string;
  readonly held: boolean;
  readonly incoming: boolean;
  readonly sent: boolean;
  readonly left?: number;
}

export const isBox = ({ view }: Followed) => view === 'incoming' || view === 'sent';

const concerning: Readonly<Record<View, readonly News['noun'][]>> = {
  me: ['person', 'credential', 'organization'],
  notifications: ['person'],
  incoming: ['request'],
  sent: ['request'],
};

export const concerns = ({ noun, ids }: News, { view, uuid = '' }: Followed): boolean =>
  noun === 'anything' || (view ? concerning[view].includes(noun) : noun === 'resource' && ids.has(uuid));

export const stateOf = ({ id, view }: Followed, state: State) =>
  id === undefined ? state[view as 'me' | 'notifications'] : state.resources[id];

export const isLookedAt = (wanted: Wanted, { id, view }: Followed) =>
  id === undefined ? view !== undefined && wanted[view] !== false : wanted.resources.includes(id);

/** How all of these stand. */
export const everything = (those: readonly Followed[]): Wanted => {
  const heard = gathering();
  for (const it of those) heard.add(it, new Set());
  return heard.take();
};

/** Gathers what is to be looked at next. */
export function gathering() {
  let views = { me: false, notifications: false };
  const ids = { resources: new Set<string>(), incoming: new Set<string>(), sent: new Set<string>() };
  return {
    add({ id, view }: Followed, requests: ReadonlySet<string>): void {
      if (id) ids.resources.add(id);
      else if (view === 'incoming' || view === 'sent') for (const request of requests) ids[view].add(request);
      else if (view) views[view] = true;
    },
    put({ me, notifications, ...rest }: Wanted): void {
      views = { me: views.me || me, notifications: views.notifications || notifications };
      for (const box of ['resources', 'incoming', 'sent'] as const) for (const id of rest[box]) ids[box].add(id);
    },
    take(): Wanted {
      const taken = { ...views, resources: [...ids.resources], incoming: [...ids.incoming], sent: [...ids.sent] };
      views = { me: false, notifications: false };
      for (const set of Object.values(ids)) set.clear();
      return taken;
    },
  };
}
