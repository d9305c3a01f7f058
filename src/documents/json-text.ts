import type { Finding } from '../terms/problem.ts';
import { deepest, mostFindings } from './json.ts';
import { measured } from './json-size.ts';
import { shown } from './pointer.ts';

/** What reading a text found; `value` is missing where it could not be read at all. */
export interface Read {
  readonly value?: unknown;
  readonly errors: Finding[];
  readonly warnings: Finding[];
}

interface Open {
  /** Of an object; a list has none. */
  readonly keys?: Set<string>;
  /** The key or index that is being read. */
  step: string | number;
}

/** `first` is a value or the end of a list, `key` a key or, right after the brace, the end of an object. */
type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'end';

const lexeme = /[ \t\n\r]*(?:([{}[\],:])|("[^"\\]*(?:\\[\s\S][^"\\]*)*")|(-?\d[\d.eE+-]*)|(true|false|null))/y;
const wanted: Record<Expected, string> = {
  value: 'a value',
  'first value': 'a value or ]',
  key: 'a key in double quotes',
  'first key': 'a key in double quotes or }',
  colon: 'a colon',
  comma: 'a comma or the end of this part',
  end: 'nothing more',
};

/**
 * Reads JSON as `JSON.parse` does, and tells what that passes over in silence: keys said twice, integers rounded.
 * It keeps its own stack, so no depth of nesting can overflow the machine's.
 */
export function readJson(text: string, levels: number = deepest): Read {
  const plain = plainly(text, levels);
  if (plain) return { ...plain, errors: [], warnings: [] };
  const scanned = scan(text, levels);
  if (scanned.fatal) return { errors: [scanned.fatal], warnings: [] };
  try {
    return { value: JSON.parse(text), errors: scanned.errors, warnings: scanned.warnings };
  } catch (error) {
    const at = /at position (\d+)/.exec(String(error))?.[1];
    return {
      errors: [syntax(text, Number(at ?? 0), 'an escape, control character or number that JSON does not have')],
      warnings: [],
    };
  }
}

/** A text of which there is nothing to tell, as nearly all are: to see that takes a fraction of the time that it takes to say where. */
function plainly(text: string, levels: number): { readonly value: unknown } | undefined {
  const { outgrown, keys } = measured(text, levels);
  if (outgrown || /\d{16}/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return keysOf(value) === keys ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** How many keys there are in all, which are fewer than were said where one was said twice. */
function keysOf(value: unknown): number {
  const open = [value];
  let keys = 0;
  while (open.length > 0) {
    const it = open.pop();
    if (typeof it !== 'object' || it === null) continue;
    const members: unknown[] = Object.values(it);
    if (!Array.isArray(it)) keys += members.length;
    for (const member of members) open.push(member);
  }
  return keys;
}

/** Where in a text a syntax error is: lines and columns count from 1. */
export function position(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `Line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}`;
}

function syntax(text: string, offset: number, what: string, path: (string | number)[] = []): Finding {
  return { pointer: shown(path), message: `${position(text, offset)}: not valid JSON (${what}).` };
}

function scan(text: string, levels: number): Read & { readonly fatal?: Finding } {
  const found: Read = { errors: [], warnings: [] };
  const open: Open[] = [];
  let expected = 'value' as Expected;
  lexeme.lastIndex = 0;
  for (;;) {
    const from = lexeme.lastIndex;
    const [whole, mark, string, number] = lexeme.exec(text) ?? [];
    if (whole === undefined) {
      const rest = text.slice(from).search(/[^ \t\n\r]/);
      if (rest < 0 && expected === 'end') return found;
      return fail(rest < 0 ? text.length : from + rest);
    }
    const next: Expected | undefined = mark
      ? marked(mark)
      : expected === 'key' || expected === 'first key'
        ? key(string)
        : value(number);
    if (!next) return fail(lexeme.lastIndex - whole.trimStart().length);
    if (open.length > levels) {
      return { ...found, fatal: { pointer: shown(path()), message: `Nested more than ${levels} levels deep.` } };
    }
    expected = next;
  }

  function marked(mark: string): Expected | undefined {
    const inner = open.at(-1);
    if (mark === ':') return expected === 'colon' ? 'value' : undefined;
    if (mark === ',') {
      if (expected !== 'comma' || !inner) return undefined;
      if (inner.keys) return 'key';
      inner.step = Number(inner.step) + 1;
      return 'value';
    }
    if (mark === '{' || mark === '[') {
      if (expected !== 'value' && expected !== 'first value') return undefined;
      open.push(mark === '{' ? { keys: new Set(), step: '' } : { step: 0 });
      return mark === '{' ? 'first key' : 'first value';
    }
    const closes = inner && (inner.keys ? mark === '}' : mark === ']');
    if (!closes || (expected !== 'comma' && !expected.startsWith('first'))) return undefined;
    open.pop();
    return open.length ? 'comma' : 'end';
  }

  function key(string: string | undefined): Expected | undefined {
    const inner = open.at(-1);
    if (!string || !inner?.keys) return undefined;
    inner.step = unquoted(string);
    if (inner.keys.has(inner.step))
      found.errors.push({
        pointer: found.errors.length < mostFindings ? shown(path()) : '',
        message: 'This key is there twice.',
      });
    inner.keys.add(inner.step);
    return 'colon';
  }

  function value(number: string | undefined): Expected | undefined {
    if (expected !== 'value' && expected !== 'first value') return undefined;
    if (number && isRounded(number)) {
      found.warnings.push({
        pointer: shown(path()),
        message: `Too long for a number: it is read as ${Number(number)}.`,
      });
    }
    return open.length ? 'comma' : 'end';
  }

  function fail(offset: number) {
    return { ...found, fatal: syntax(text, offset, `expected ${wanted[expected]}`, path()) };
  }

  function path(): (string | number)[] {
    return open.filter(({ step }, depth) => depth < open.length - 1 || step !== '').map(({ step }) => step);
  }
}

/** Whether an integer has more digits than a number keeps. */
export function isRounded(literal: string): boolean {
  const rounded = Number(literal);
  return (
    /^[-+]?\d{16,309}$/.test(literal) &&
    Number.isFinite(rounded) &&
    BigInt(literal.replace('+', '')) !== BigInt(rounded)
  );
}

function unquoted(string: string): string {
  try {
    return JSON.parse(string);
  } catch {
    return string;
  }
}
