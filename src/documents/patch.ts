import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../terms/problem.ts';
import { capped, inspect, isObject, type JsonObject, type JsonValue, largest } from './json.ts';
import { has, indexPattern, part, pathOf } from './pointer.ts';

/** What a patch makes of a value, or why it was not applied; whoever keeps the result reads it as a document first. */
export type Patched = { readonly value: JsonValue } | { readonly errors: readonly Finding[] };

const mostOperations = 1000;

/** What an operation meets that it can't do; said at the operation's own place in the patch. */
class Unfit extends Error {}

type Holder = Record<string, unknown> | unknown[];

/** A JSON Patch (RFC 6902): wholly or not at all. Pointers of errors lead into the patch. */
export function applyPatch(value: JsonValue, patch: unknown): Patched {
  const errors = wrongPatch(patch);
  if (errors.length) return { errors: capped(errors) };
  const whole: { top: unknown } = { top: structuredClone(value) };
  const budget = { copied: 0 };
  const operations: JsonObject[] = JSON.parse(JSON.stringify(patch));
  for (const [i, operation] of operations.entries()) {
    try {
      apply(whole, operation, budget);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      return { errors: [{ pointer: `/${i}`, message: error.message }] };
    }
  }
  return { value: whole.top as JsonValue };
}

/** A merge patch (RFC 7396): null takes a member out, anything but an object replaces. */
export function applyMerge(value: JsonValue, merge: unknown): Patched {
  const { errors, large } = inspect(merge);
  if (large) errors.push({ pointer: '', message: `A merge patch holds ${largest} bytes at most.` });
  return errors.length
    ? { errors: capped(errors) }
    : { value: merged(structuredClone(value), structuredClone(merge) as JsonValue) };
}

function merged(target: JsonValue, merge: JsonValue): JsonValue {
  if (!isObject(merge)) return merge;
  const result: Record<string, JsonValue> = isObject(target) ? { ...target } : {};
  for (const [key, member] of Object.entries(merge)) {
    if (member === null) delete result[key];
    else result[key] = merged(Object.hasOwn(result, key) ? (result[key] as JsonValue) : null, member);
  }
  return result;
}

/** All that is wrong with a patch before it meets a document. */
export function wrongPatch(patch: unknown): Finding[] {
  if (!Array.isArray(patch)) return [{ pointer: '', message: 'A JSON Patch is a list of operations.' }];
  if (patch.length > mostOperations) {
    return [{ pointer: '', message: `A patch has ${mostOperations} operations at most; send the whole document.` }];
  }
  const { errors, large } = inspect(patch);
  if (large) errors.push({ pointer: '', message: `A patch holds ${largest} bytes at most.` });
  if (errors.length) return errors;
  return patch.flatMap((operation, i) => {
    if (!isObject(operation)) return [{ pointer: `/${i}`, message: 'An operation is an object.' }];
    const { op } = operation;
    const pointers = op === 'move' || op === 'copy' ? ['path', 'from'] : ['path'];
    if (!['add', 'remove', 'replace', 'move', 'copy', 'test'].includes(op as string)) {
      return [{ pointer: `/${i}/op`, message: 'The op is add, remove, replace, move, copy or test.' }];
    }
    const wrong = pointers.flatMap((member) => wrongPointer(operation[member], `/${i}/${member}`));
    if (['add', 'replace', 'test'].includes(op as string) && !Object.hasOwn(operation, 'value')) {
      wrong.push({ pointer: `/${i}/value`, message: `The op ${op} needs a value.` });
    }
    return wrong;
  });
}

function wrongPointer(pointer: JsonValue | undefined, at: string): Finding[] {
  const path = typeof pointer === 'string' ? pathOf(pointer) : undefined;
  if (!path) return [{ pointer: at, message: 'This is a JSON Pointer: empty, or / before each step.' }];
  return path.includes('__proto__') ? [{ pointer: at, message: 'The key __proto__ is not taken.' }] : [];
}

function apply(whole: { top: unknown }, operation: JsonObject, budget: { copied: number }) {
  const path = String(operation.path);
  const from = String(operation.from);
  switch (operation.op) {
    case 'add':
      return add(whole, path, operation.value);
    case 'remove':
      return remove(whole, path);
    case 'replace':
      existing(whole, path, 'path');
      return replace(whole, path, operation.value);
    case 'move': {
      if (path.startsWith(`${from}/`)) throw new Unfit('A value cannot be moved into itself.');
      const value = existing(whole, from, 'from');
      remove(whole, from);
      return add(whole, path, value);
    }
    case 'copy':
      return add(whole, path, copied(existing(whole, from, 'from'), budget));
    case 'test':
      if (!isDeepStrictEqual(existing(whole, path, 'path'), operation.value))
        throw new Unfit('The test failed: the value is another.');
  }
}

/** Thirty copies of copies would make a gigabyte, so what they hold together is bounded as a document is. */
function copied(value: unknown, budget: { copied: number }): unknown {
  const { large, errors } = inspect(value);
  if (large || errors.length) throw new Unfit('What is copied is too large or too deep.');
  budget.copied += JSON.stringify(value).length;
  if (budget.copied > largest) throw new Unfit(`Copies hold ${largest} bytes at most together.`);
  return structuredClone(value);
}

function existing(whole: { top: unknown }, pointer: string, member: string): unknown {
  const found = part(whole.top, pointer);
  if (!found.found) throw new Unfit(`Nothing is at its ${member}.`);
  return found.value;
}

function add(whole: { top: unknown }, pointer: string, value: unknown) {
  const { holder, step } = lastStep(whole, pointer);
  if (!Array.isArray(holder)) return replace(whole, pointer, value);
  const index = step === '-' ? holder.length : indexPattern.test(step) ? Number(step) : Number.NaN;
  if (!(index <= holder.length)) throw new Unfit('The last step of its path is no index of that list.');
  holder.splice(index, 0, value);
}

function remove(whole: { top: unknown }, pointer: string) {
  const { holder, step } = lastStep(whole, pointer);
  if (!has(holder, step) || holder === whole) throw new Unfit('Nothing that can be removed is at its path.');
  if (Array.isArray(holder)) holder.splice(Number(step), 1);
  else delete holder[step];
}

function replace(whole: { top: unknown }, pointer: string, value: unknown) {
  const { holder, step } = lastStep(whole, pointer);
  (holder as Record<string, unknown>)[step] = value;
}

/** What holds the place that a pointer names; the whole document is held by `whole`. */
function lastStep(whole: { top: unknown }, pointer: string): { holder: Holder; step: string } {
  const path = pathOf(pointer) ?? [];
  const step = path.pop();
  if (step === undefined) return { holder: whole, step: 'top' };
  const found = part(whole.top, pointer.slice(0, pointer.lastIndexOf('/')));
  if (!found.found || typeof found.value !== 'object' || found.value === null)
    throw new Unfit('Nothing holds the place at its path.');
  return { holder: found.value as Holder, step };
}
