import { expect, test } from 'vitest';
import { changesBetween } from '../../src/documents/changes.ts';
import { invisibleIn } from '../../src/documents/invisible.ts';
import type { JsonValue } from '../../src/documents/json.ts';
import { part } from '../../src/documents/pointer.ts';
import { cleanLine, cleanText } from '../../src/terms/text.ts';

const rfc6901 = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

// biome-ignore format: a table is read down its columns
const pointers: [pointer: string, value: unknown][] = [
  ['', rfc6901], ['/foo', ['bar', 'baz']], ['/foo/0', 'bar'], ['/', 0], ['/a~1b', 1], ['/c%d', 2], ['/e^f', 3], ['/g|h', 4], ['/i\\j', 5], ['/k"l', 6], ['/ ', 7], ['/m~0n', 8],
];

test.each(pointers)('%j names its part, as RFC 6901 says (DOC-3)', (pointer, value) => {
  expect(part(rfc6901, pointer)).toEqual({ found: true, value });
});

test.each([
  'foo',
  '/foo/2',
  '/foo/-',
  '/foo/00',
  '/foo/length',
  '/foo/0/0',
  '/m~n',
  '/toString',
  '/__proto__',
  '/constructor/name',
  '/nowhere',
])('%j names nothing', (pointer) => expect(part(rfc6901, pointer)).toEqual({ found: false }));

// biome-ignore format: a table is read down its columns
const hidden: [what: string, text: string, seen: string][] = [
  ['control',                'a\u0000b\u001b[1mc\u007fd\u0085e', 'ab[1mcde'],
  ['bidirectional',          'a\u202eb\u2066c\u200fd\u061ce',    'abcde'],
  ['tag',                    'a\u{e0001}\u{e0068}\u{e007f}b',    'ab'],
  ['zero-width',             'a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg', 'abcdefg'],
  ['filler and selector',    'a\u3164b\u{e0100}c\ufe01d',        'abcd'],
  ['line separator',         'a\u2028b',                         'ab'],
];

test.each(hidden)(
  '%s characters are taken out of names and messages, and found in documents (section 14)',
  (_, text, seen) => {
    expect(cleanText(text)).toBe(seen);
    expect(invisibleIn({ a: ['x', { b: text }] })).toEqual(['/a/1/b']);
  },
);

test('what a reader sees stays: line ends, tabs, accents, emoji with their selector', () => {
  const text = 'Ein\tTag\r\nin Zürich ⚙️ 😀 שלום';
  expect(cleanText(text)).toBe(text);
  expect(invisibleIn({ text })).toEqual([]);
  expect(cleanLine(` ${text} `)).toBe('Ein Tag in Zürich ⚙️ 😀 שלום');
  expect(cleanText('a\ud800b')).toBe('a\ufffdb');
});

test('a key that hides something is named by what holds it, and twenty places are enough', () => {
  expect(invisibleIn({ a: { 'k\u200b': { b: '\u202e' } } })).toEqual(['/a']);
  expect(invisibleIn({ list: Array(50).fill('\u200b') })).toHaveLength(20);
});

// biome-ignore format: a table is read down its columns
const changes: [from: JsonValue, to: JsonValue, told: string[]][] = [
  [{ a: 1, b: 2 },                  { a: 1, b: 3, c: 4 },             ['changed /b', 'added /c']],
  [{ a: { b: 1 }, c: 1 },           { a: {} },                        ['removed /c', 'removed /a/b']],
  [{ a: [1, 2, 3] },                { a: [1, 9, 3] },                 ['changed /a/1']],
  [{ a: [1, 2, 3] },                { a: [0, 1, 2, 3] },              ['added /a/0']],
  [{ a: [1, 2, 3] },                { a: [1, 3] },                    ['removed /a/1']],
  [{ a: [1, 2, 3] },                { a: [9, 3] },                    ['changed /a/0', 'removed /a/1']],
  [{ a: [1] },                      { a: { 0: 1 } },                  ['changed /a']],
  [{ a: null },                     {},                               ['removed /a']],
  [{ a: { b: 1, c: 2 } },           { a: { c: 2, b: 1 } },            []],
];

test.each(changes)('from %j to %j (VER-1)', (from, to, told) => {
  expect(changesBetween(from, to).changes.map(({ change, pointer }) => `${change} ${pointer}`)).toEqual(told);
});

test('twenty changes are named, all are counted', () => {
  const { changes, total } = changesBetween({ a: Array(500).fill(1) }, { a: Array(500).fill(2) });
  expect([changes.length, total]).toEqual([20, 500]);
});
