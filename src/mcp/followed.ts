import type { Session } from '../workspace/session.ts';
import { namedBy } from '../workspace/shapes.ts';
import { follow } from '../workspace/watching.ts';
import { within } from './tool.ts';
import { views } from './views.ts';

/** What is followed as a whole, by its address. */
export const viewAt = {
  'postern://me': 'me',
  'postern://requests/incoming': 'incoming',
  'postern://requests/sent': 'sent',
  'postern://notifications': 'notifications',
} as const;

export type View = (typeof viewAt)[keyof typeof viewAt];

/** One address that a connection follows. */
export interface Followed {
  readonly uri: string;
  readonly view?: View;
  /** The resource there, by its address and inside. */
  readonly id?: string;
  readonly uuid?: string;
}

/** Of these addresses those that can be followed: the caller's own, and each resource that they can open, decided and logged so. */
export async function followable(session: Session, uris: readonly string[]): Promise<Followed[]> {
  const all = [...new Set(uris)].flatMap((uri): Followed[] => {
    const view = viewAt[uri as keyof typeof viewAt];
    if (view && Object.hasOwn(viewAt, uri))
      return views[uri] && within(session, views[uri].operation) ? [{ uri, view }] : [];
    const uuid = uri.startsWith('postern://') && within(session, follow) ? namedBy(uri).id : undefined;
    return uuid ? [{ uri, id: uri, uuid }] : [];
  });
  const ids = all.flatMap(({ id }) => id ?? []);
  if (ids.length === 0) return all;
  const { open } = await session.perform(follow, { ids });
  return all.filter(({ id }) => id === undefined || (open as string[]).includes(id));
}
