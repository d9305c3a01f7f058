import { expect, test } from 'vitest';
import { readDocument } from '../../src/documents/document.ts';
import { refusal } from './world.ts';

const MiB = 1024 * 1024;
const deep = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
const at = (code: string, pointer: string, message: string) => [`${code} ${pointer}: ${message}`];
const invalid = (pointer: string, message: string) => at('invalid_argument', pointer, message);
const large = at('too_large', '', `A document holds ${MiB} bytes at most.`);
const tooDeep = 'Nested more than 200 levels deep.';
const proto = 'The key __proto__ is not taken.';
const twice = 'This key is there twice.';
const twin: Record<string, unknown> = {};
twin.left = twin;

// biome-ignore format: a table is read down its columns
const hostile: [what: string, input: unknown, refused: string[]][] = [
  ['a list at the top',            '[1]',                                      invalid('', 'A document is an object at its top.')],
  ['nothing',                      '',                                         invalid('', 'A document is an object at its top.')],
  ['a scalar',                     'hello',                                    invalid('', 'A document is an object at its top.')],
  ['no value at all',              undefined,                                  invalid('', 'A document is an object at its top.')],
  ['JSON cut off',                 '{"a": {"b": [1, 2',                        invalid('/a/b/1', 'Line 1, column 18: not valid JSON (expected a comma or the end of this part).')],
  ['a comma too many',             '{\n  "a": 1,\n}',                          invalid('/a', 'Line 3, column 1: not valid JSON (expected a key in double quotes).')],
  ['a bare word in JSON',          '{"a": nope}',                              invalid('/a', 'Line 1, column 7: not valid JSON (expected a value).')],
  ['two JSON documents',           '{"a":1}{"b":2}',                           invalid('', 'Line 1, column 8: not valid JSON (expected nothing more).')],
  ['a bracket of the wrong kind',  '{"a":[1}}',                                invalid('/a/0', 'Line 1, column 8: not valid JSON (expected a comma or the end of this part).')],
  ['a line end in a JSON text',    '{"a":"b\nc"}',                             invalid('', 'Line 1, column 8: not valid JSON (an escape, control character or number that JSON does not have).')],
  ['YAML badly indented',          'a:\n  b: 1\n c: 2',                        invalid('', 'Line 3, column 1: not valid YAML (bad indent).')],
  ['two YAML documents',           'a: 1\n---\nb: 2',                          invalid('', 'Line 2, column 1: not valid YAML (only one document).')],
  ['1 MiB and a byte',             `{"a":"${'x'.repeat(MiB - 7)}"}`,           large],
  ['1 MiB in two-byte letters',    `{"a":"${'é'.repeat(MiB / 2)}"}`,           large],
  ['1 MiB, most of it spaces',     `{"a":1${' '.repeat(MiB)}}`,                large],
  ['a value over 1 MiB',           { a: 'é'.repeat(MiB / 2) },                 large],
  ['10,000 levels of JSON',        deep(10_000),                               invalid(`/a${'/0'.repeat(99)}`, tooDeep)],
  ['100,000 levels of JSON',       deep(100_000),                              invalid(`/a${'/0'.repeat(99)}`, tooDeep)],
  ['201 levels of JSON',           deep(200),                                  invalid(`/a${'/0'.repeat(99)}`, tooDeep)],
  ['10,000 levels as a value',     JSON.parse(deep(10_000)),                   invalid(`/a${'/0'.repeat(99)}`, tooDeep)],
  ['10,000 levels of flow YAML',   `a: ${'['.repeat(10_000)}`,                 invalid('', tooDeep)],
  ['10,000 levels of block YAML',  `a:\n${'- '.repeat(10_000)}a`,              invalid('', tooDeep)],
  ['300 levels of YAML',           `a: ${'['.repeat(300)}${']'.repeat(300)}`,  invalid(`/a${'/0'.repeat(99)}`, tooDeep)],
  ['a cycle',                      twin,                                       invalid('/left'.repeat(40), tooDeep)],
  ['__proto__ in JSON',            '{"a":[{"__proto__":{"x":1}}]}',            invalid('/a/0/__proto__', proto)],
  ['__proto__ in YAML',            'a:\n  __proto__: {x: 1}',                  invalid('/a/__proto__', proto)],
  ['__proto__ in a value',         JSON.parse('{"__proto__":1}'),              invalid('/__proto__', proto)],
  ['a key twice in JSON',          '{"a":{"b":1,"b":2}}',                      invalid('/a/b', twice)],
  ['a key twice, once escaped',    '{"a":1,"\\u0061":2}',                      invalid('/a', twice)],
  ['a key twice in YAML',          'a: 1\nb: 2\na: 3',                         invalid('/a', twice)],
  ['a number and its text as keys','1: a\n"1": b',                             invalid('/1', twice)],
  ['half a surrogate pair',        '{"a":"\\ud800"}',                          invalid('/a', 'Text holds half of a surrogate pair.')],
  ['half a pair in a key',         '{"a":{"\\udc00":1}}',                      invalid('/a/\ufffd', 'A key holds half of a surrogate pair.')],
  ['NUL',                          '{"a":["\\u0000"]}',                        invalid('/a/0', 'Text holds the character NUL (U+0000).')],
  ['NUL in a key',                 '{"a":{"\\u0000":1}}',                      invalid('/a', 'A key holds the character NUL (U+0000).')],
  ['NUL in YAML',                  'a: "\\0"',                                 invalid('/a', 'Text holds the character NUL (U+0000).')],
  ['a number past all bounds',     '{"a":1e999}',                              invalid('/a', 'A number that JSON cannot keep.')],
  ['.nan',                         'a: .nan',                                  invalid('/a', 'A number that JSON cannot keep.')],
  ['a date object',                { a: new Date(0) },                         invalid('/a', 'Only lists and plain objects are kept as JSON.')],
  ['a member that is undefined',   { a: undefined },                           invalid('/a', 'JSON has nothing of the type undefined.')],
  ['a custom tag',                 'a: !ruby/object {}',                       invalid('/a', 'Only YAML tags that JSON has a type for are taken.')],
  ['binary',                       'a: !!binary aGk=',                         invalid('/a', 'Only YAML tags that JSON has a type for are taken.')],
  ['an alias of nothing',          'a: *b',                                    invalid('/a', 'An alias of an anchor that is not set before it.')],
  ['an alias within its anchor',   'a: &a [*a]',                               invalid('/a/0', 'An alias of an anchor that is not set before it.')],
  ['a list as a YAML key',         '? [a]\n: 1',                               invalid('', 'A key must be text, a number, true or false.')],
];

test.each(hostile)('%s is refused with its place (DOC-2)', (_, input, refused) => {
  expect(refusal(input)).toEqual(refused);
});

test('all errors are told at once', () => {
  expect(refusal('{"a":1,"a":2,"b":"\\u0000","c":1e999}').map((line) => line.split(' ')[1])).toEqual([
    '/a:',
    '/b:',
    '/c:',
  ]);
});

test('past twenty errors the rest is counted', () => {
  const errors = refusal({ list: Array(100).fill('\0') });
  expect(errors).toHaveLength(21);
  expect(errors.at(-1)).toContain('80 more');
});

test('no message echoes a long key', () => {
  expect(refusal({ ['k'.repeat(50_000)]: '\0' })).toEqual(invalid('', 'Text holds the character NUL (U+0000).'));
});

const repeated = (anchors: string[]) =>
  anchors.map((name, i) => `${name}: &${name} [${Array(10).fill(i ? `*${anchors[i - 1]}` : 1)}]`);
const hostileWork: [what: string, text: string, refused: string][] = [
  ['a billion laughs', repeated([...'abcdefghijkl']).join('\n'), 'too_large'],
  ['a million YAML tokens', `a: [${'a,'.repeat(500_000)}a]`, 'invalid_argument'],
  ['a hundred thousand YAML errors', `a: ${'"\n'.repeat(120_000)}`, 'invalid_argument'],
  [
    'a large map merged ten thousand times',
    `b: &b {${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`)}}\nl:\n${'- <<: *b\n'.repeat(10_000)}`.replaceAll(
      ',',
      ', ',
    ),
    'invalid_argument',
  ],
  ['a million spaces and an open brace', `${' '.repeat(MiB - 2)}{`, 'invalid_argument'],
];

test.each(hostileWork)('%s is refused within seconds', { timeout: 10_000 }, (_, text, code) => {
  expect(readDocument(text)).toMatchObject({ code });
});
