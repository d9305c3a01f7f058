import { Problem } from '../terms/problem.ts';

/** What an answer may hold that says that something is not there for the caller. */
interface Telling {
  readonly items?: unknown;
  readonly rows?: unknown;
  readonly outline?: { readonly links?: readonly object[] };
}

/**
 * Whether an answer comes of something that is not there for the caller, so that its time must not tell why (EXT-2, EXT-12): what is not
 * found, a list that holds nothing, as where one filters by what is hidden, and a link whose target the caller can't open.
 */
export function isMiss(answer: Record<string, unknown> | Problem): boolean {
  if (answer instanceof Problem) return answer.code === 'not_found';
  const { items, rows, outline } = answer as Telling;
  return (
    (Array.isArray(items) && items.length === 0) ||
    rows === 0 ||
    (outline?.links ?? []).some((link) => !Object.hasOwn(link, 'id'))
  );
}
