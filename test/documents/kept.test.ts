import { expect, test } from 'vitest';
import { readDocument, textOf } from '../../src/documents/document.ts';
import { read } from './world.ts';

// biome-ignore format: a table is read down its columns
const taken: [what: string, text: string, value: unknown][] = [
  ['constructor and prototype are keys like others', '{"constructor":{"prototype":1}}', { constructor: { prototype: 1 } }],
  ['200 levels',                 `{"a":${'['.repeat(199)}${']'.repeat(199)}}`,  JSON.parse(`{"a":${'['.repeat(199)}${']'.repeat(199)}}`)],
  ['a byte order mark',          '\ufeff{"a":1}',                               { a: 1 }],
  ['an empty key',               '{"":{"":1}}',                                 { '': { '': 1 } }],
  ['escapes and astral letters', '{"a":"\\u00e9\\\\ \\" 😀\\ud83d\\ude00"}',    { a: 'é\\ " 😀😀' }],
  ['YAML dates stay text',       'a: 2026-11-01\nb: 2026-11-01T10:00:00Z',      { a: '2026-11-01', b: '2026-11-01T10:00:00Z' }],
  ['YAML 1.2 words stay text',   'a: yes\nb: off\nc: 0o17\nd: 017',             { a: 'yes', b: 'off', c: 15, d: 17 }],
  ['aliases are repeated',       'a: &x {b: 1}\nc: *x\nd: [*x]',                { a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] }],
  ['merge keys are merged',      'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}', { a: { x: 1, y: 1 }, b: { y: 2, z: 2 }, c: { x: 1, y: 1, z: 3 } }],
  ['a quoted << is a key',       'a: {"<<": 1}',                                { a: { '<<': 1 } }],
  ['numbers as YAML keys',       'a: {200: ok, true: yes, 1.0: x}',             { a: { 200: 'ok', true: 'yes', '1.0': 'x' } }],
  ['core tags',                  'a: !!str 1\nb: !!int "2"',                    { a: '1', b: 2 }],
  ['comments and a directive',   '%YAML 1.2\n---\n# why\na: 1 # so\n',          { a: 1 }],
];

test.each(taken)('%s (DOC-1)', (_, text, value) => {
  expect(read(text).value).toEqual(value);
  expect(textOf(read(text))).toBe(text);
});

test('exactly 1 MiB goes in (DOC-1)', () => {
  const text = `{"a":"${'x'.repeat(1024 * 1024 - 8)}"}`;
  expect(read(text).bytes).toBe(1024 * 1024);
});

test('compact JSON and values need no source kept beside them', () => {
  expect(read('{"a":1}').source).toBeUndefined();
  expect(read({ a: 1 })).toEqual({ format: 'json', value: { a: 1 }, media: 'json', bytes: 7, warnings: [], warned: 0 });
  expect(read('{ "a": 1 }').source).toBe('{ "a": 1 }');
});

test('what is kept shares nothing with what came', () => {
  const came = { a: { b: [1] } };
  const { value } = read(came);
  came.a.b.push(2);
  expect(value).toEqual({ a: { b: [1] } });
});

test.each(['{"id":12345678901234567890}', 'id: 12345678901234567890'])(
  'integers that are rounded come with a warning: %s',
  (text) => {
    expect(read(text).warnings).toEqual([
      { pointer: '/id', message: 'Too long for a number: it is read as 12345678901234567000.' },
    ]);
  },
);

test('integers that are kept exactly come with none', () => {
  expect(read('{"a":9007199254740993,"b":9007199254740992,"c":10000000000000000000000}').warnings).toHaveLength(1);
});

test('minus zero is kept as zero, with a warning', () => {
  const { value, warnings } = read('{"a":[-0]}');
  expect(value).toEqual({ a: [0] });
  expect(warnings).toEqual([{ pointer: '/a/0', message: 'Minus zero is kept as 0.' }]);
});

// biome-ignore format: a table is read down its columns
const shapes: [value: object, format: string][] = [
  [{ nodes: [], connections: {} },                                   'n8n'],
  [{ nodes: [{ name: 'a', type: 'n8n-nodes-base.set' }] },           'n8n'],
  [{ nodes: [{ name: 'a', type: '@n8n/n8n-nodes-langchain.agent' }] }, 'n8n'],
  [{ nodes: [{ id: 1 }], edges: [] },                                'json'],
  [{ nodes: 'many', connections: {} },                               'json'],
  [{ document: { title: 'x' } },                                     'json'],
  [{},                                                               'json'],
];

test.each(shapes)('%j is found to be %s (DOC-1)', (value, format) => {
  expect(readDocument(value)).toMatchObject({ format });
});
