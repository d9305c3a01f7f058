import type { Finding } from '../terms/problem.ts';
import { shown } from './pointer.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** In bytes of UTF-8, as the document came and as compact JSON (DOC-1). */
export const largest = 1024 * 1024;
/** Lists and objects in one another. */
export const deepest = 200;
/** At most so many findings of one sort are told; the last says how many there are beside them. */
export const mostFindings = 20;

/** What a format says of a document of its own: errors refuse it, warnings go beside the answer (DOC-2). */
export interface Judgement {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

export interface Inspection {
  readonly errors: Finding[];
  readonly warnings: Finding[];
  /** Its compact JSON would surely outgrow `largest`; what came after that point was not looked at. */
  readonly large: boolean;
}

/** Whether a value is one that JSON keeps, whoever made it: cycles, shared parts, classes and all. */
export function inspect(value: unknown): Inspection {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  const path: (string | number)[] = [];
  let bytes = 0;
  visit(value);
  return { errors, warnings, large: bytes > largest };

  function visit(at: unknown): void {
    bytes += 2;
    if (bytes > largest) return;
    if (typeof at === 'string') text(at, 'Text');
    else if (typeof at === 'number') number(at);
    else if (typeof at === 'object' && at !== null) holder(at);
    else if (at !== null && typeof at !== 'boolean') wrong(`JSON has nothing of the type ${typeof at}.`);
  }

  function holder(at: object): void {
    if (path.length >= deepest) wrong(`Nested more than ${deepest} levels deep.`);
    else if (Array.isArray(at)) list(at);
    else if (isPlain(at)) object(at);
    else wrong('Only lists and plain objects are kept as JSON.');
  }

  function object(at: object): void {
    for (const [key, member] of Object.entries(at)) {
      if (bytes > largest) return;
      path.push(key);
      bytes += 2;
      text(key, 'A key');
      if (key === '__proto__') wrong('The key __proto__ is not taken.');
      else visit(member);
      path.pop();
    }
  }

  function list(items: readonly unknown[]): void {
    for (let i = 0; i < items.length && bytes <= largest; i++) {
      path.push(i);
      visit(items[i]);
      path.pop();
    }
  }

  function text(at: string, what: string): void {
    bytes += at.length;
    if (at.includes('\0')) wrong(`${what} holds the character NUL (U+0000).`);
    if (!at.isWellFormed()) wrong(`${what} holds half of a surrogate pair.`);
  }

  function number(at: number): void {
    if (!Number.isFinite(at)) wrong('A number that JSON cannot keep.');
    if (Object.is(at, -0)) warnings.push({ pointer: shown(path), message: 'Minus zero is kept as 0.' });
  }

  function wrong(message: string): void {
    errors.push({ pointer: errors.length < mostFindings ? shown(path) : '', message });
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function capped(findings: readonly Finding[], most: number = mostFindings): Finding[] {
  if (findings.length <= most) return [...findings];
  return [...findings.slice(0, most), { pointer: '', message: `There are ${findings.length - most} more like these.` }];
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
