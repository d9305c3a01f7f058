import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonValue, mostFindings } from './json.ts';
import { type Path, shown } from './pointer.ts';

/** One place at which `to` differs from `from`. What was removed is named by its pointer in `from`, all else by that in `to`. */
export interface Change {
  readonly pointer: string;
  readonly change: 'added' | 'removed' | 'changed';
}

export interface Changes {
  /** The first 20. */
  readonly changes: readonly Change[];
  readonly total: number;
}

/** What became of `from` in `to`: at a conflict, of the revision an edit started from in the newest one (VER-1). */
export function changesBetween(from: JsonValue, to: JsonValue): Changes {
  const changes: Change[] = [];
  const path: (string | number)[] = [];
  let total = 0;
  compare(from, to);
  return { changes, total };

  function compare(a: JsonValue, b: JsonValue): void {
    if (isObject(a) && isObject(b)) members(a, b);
    else if (Array.isArray(a) && Array.isArray(b)) lists(a, b);
    else if (a !== b) note([], 'changed');
  }

  function members(a: Record<string, JsonValue>, b: Record<string, JsonValue>): void {
    for (const key of Object.keys(a)) if (!Object.hasOwn(b, key)) note([key], 'removed');
    for (const [key, member] of Object.entries(b)) {
      if (!Object.hasOwn(a, key)) note([key], 'added');
      else descend(key, a[key] as JsonValue, member);
    }
  }

  /** Lists of one length are compared item by item; else what both begin and end with is left out. */
  function lists(a: readonly JsonValue[], b: readonly JsonValue[]): void {
    if (a.length === b.length) {
      for (const [i, item] of b.entries()) descend(i, a[i] as JsonValue, item);
      return;
    }
    const shorter = Math.min(a.length, b.length);
    let start = 0;
    while (start < shorter && isDeepStrictEqual(a[start], b[start])) start++;
    let end = 0;
    while (end < shorter - start && isDeepStrictEqual(a.at(-1 - end), b.at(-1 - end))) end++;
    for (let i = start; i < shorter - end; i++) note([i], 'changed');
    for (let i = shorter - end; i < a.length - end; i++) note([i], 'removed');
    for (let i = shorter - end; i < b.length - end; i++) note([i], 'added');
  }

  function descend(step: string | number, a: JsonValue, b: JsonValue): void {
    path.push(step);
    compare(a, b);
    path.pop();
  }

  function note(below: Path, change: Change['change']): void {
    if (++total <= mostFindings) changes.push({ pointer: shown([...path, ...below]), change });
  }
}
