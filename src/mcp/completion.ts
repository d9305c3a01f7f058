import { prefixes } from '../terms/ids.ts';
import type { Session } from '../workspace/session.ts';
import { within } from './tool.ts';
import { isKind, kinds } from './views.ts';

/** What may stand in a resource's address: kinds, and ids by their beginning or by name, of what the caller can open (EXT-1). */
export async function complete(session: Session, { name, value }: { name: string; value: string }, kind = 'workflow') {
  if (name === 'kind') return { completion: { values: Object.keys(kinds).filter((known) => known.startsWith(value)) } };
  if (name !== 'id' || !isKind(kind) || !within(session, kinds[kind].list)) return { completion: { values: [] } };
  const byId = value.startsWith(`${prefixes[kind]}_`);
  const page = await session.perform(kinds[kind].list, { limit: 50, ...(value && !byId && { query: value }) });
  const ids = (page.items as { id: string }[]).map(({ id }) => id);
  return {
    completion: {
      values: byId ? ids.filter((id) => id.startsWith(value)) : ids,
      hasMore: page.next_cursor !== undefined,
    },
  };
}
