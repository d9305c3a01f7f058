import { prefixes } from '../terms/ids.ts';
import { kindNames } from '../terms/kinds.ts';
import { operations } from '../workspace/operations.ts';
import type { Session } from '../workspace/session.ts';
import { within } from './tool.ts';
import { isKind } from './views.ts';

export interface Argument {
  readonly name: string;
  readonly value: string;
}

export type Completion = { completion: { values: string[]; hasMore?: boolean } };

/** What may stand in a resource's address: kinds, and ids of what the caller can open. */
export async function complete(session: Session, { name, value }: Argument, kind = 'workflow'): Promise<Completion> {
  if (name === 'kind') return oneOf(kindNames, value);
  if (name !== 'id' || !isKind(kind)) return nothing;
  return completeId(session, value, kind);
}

/** Ids by their beginning or by name, of what the caller can open (EXT-1); of every kind, where none is named. */
export async function completeId(session: Session, value: string, kind?: keyof typeof prefixes): Promise<Completion> {
  if (!within(session, operations.list_resources)) return nothing;
  const byId = isIdOf(kind ? [kind] : kindNames, value);
  const page = await session.perform(operations.list_resources, {
    limit: 50,
    ...(kind && { kind }),
    ...(value && !byId && { query: value }),
  });
  const ids = (page.items as { id: string }[]).map(({ id }) => id);
  return found(byId ? ids.filter((id) => id.startsWith(value)) : ids, page.next_cursor !== undefined);
}

/** Ids of teams and groups, and emails of people, of those that the caller finds (DIR-1). */
export async function completePrincipal(session: Session, value: string, type: 'person' | 'team' | 'group') {
  if (!within(session, operations.search_directory)) return nothing;
  const page = await session.perform(operations.search_directory, { query: value.slice(0, 200), type, limit: 50 });
  const items = page.items as { id: string; email?: string }[];
  return found(
    items.map(({ id, email }) => email ?? id),
    page.next_cursor !== undefined,
  );
}

export const oneOf = (known: readonly string[], value: string): Completion =>
  found(
    known.filter((it) => it.startsWith(value)),
    false,
  );

export const nothing: Completion = { completion: { values: [] } };

const found = (values: string[], hasMore: boolean): Completion => ({ completion: { values, hasMore } });

const isIdOf = (kinds: readonly (keyof typeof prefixes)[], value: string) =>
  kinds.some((kind) => value.startsWith(`${prefixes[kind]}_`));
