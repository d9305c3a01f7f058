import { hidesSomething } from '../terms/text.ts';

/** What a JSON Pointer (RFC 6901) names, step by step: keys of objects, indexes of lists. */
export type Path = readonly (string | number)[];

/** Longer pointers name the place around it instead, so that a key of 1 MiB is never echoed. */
const longest = 200;

/** The steps of a pointer; nothing where it is not written as RFC 6901 says. */
export function pathOf(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer as it is written, for looking up. */
export function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The pointer as it is shown: it ends before a key that hides something or would make it too long. */
export function shown(path: Path): string {
  let pointer = '';
  for (const step of path) {
    const next =
      typeof step === 'string' && (step.length > longest || hidesSomething(step)) ? undefined : pointerOf([step]);
    if (next === undefined || pointer.length + next.length > longest) break;
    pointer += next;
  }
  return pointer.toWellFormed();
}

/** The value that a pointer names. Only an object's own keys are looked at. */
export function part(
  value: unknown,
  pointer: string,
): { readonly found: true; readonly value: unknown } | { readonly found: false } {
  let at = value;
  for (const step of pathOf(pointer) ?? [undefined]) {
    if (step === undefined || !has(at, step)) return { found: false };
    at = at[step];
  }
  return { found: true, value: at };
}

/** Whether a list or object holds something under that step; `01`, `-` and `length` are no indexes. */
export function has(holder: unknown, step: string): holder is Record<string, unknown> {
  if (typeof holder !== 'object' || holder === null) return false;
  return Array.isArray(holder) ? indexPattern.test(step) && Number(step) < holder.length : Object.hasOwn(holder, step);
}

export const indexPattern = /^(?:0|[1-9]\d*)$/;
