import fc from 'fast-check';
import { createPatch, type Operation, Pointer, applyPatch as reference } from 'rfc6902';
import { describe, expect, test } from 'vitest';
import { readDocument } from '../../src/documents/document.ts';
import type { JsonValue } from '../../src/documents/json.ts';
import { applyMerge, applyPatch } from '../../src/documents/patch.ts';

const surrogates = { first: 0xd800, count: 0x800 };
/** Like fast-check's own `binary`, which makes a table of all of Unicode first. */
const character = fc.nat(0x10ffff - surrogates.count).map(
  (n) => String.fromCodePoint(n < surrogates.first ? n : n + surrogates.count),
  (it) => {
    const n = String(it).codePointAt(0) ?? 0;
    if (String.fromCodePoint(n) !== it) throw new Error('No character.');
    return n < surrogates.first ? n : n - surrogates.count;
  },
);
const json = fc
  .jsonValue({ maxDepth: 3, stringUnit: character })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const key = fc.constantFrom('a', 'b', '', '~', '/', '0', 'm~n');
const tree: fc.Arbitrary<JsonValue> = fc.letrec<{ tree: JsonValue }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  ),
})).tree;

// biome-ignore format: a table is read down its columns
const cases: [what: string, value: JsonValue, patch: unknown, result: JsonValue | string][] = [
  ['A.1 adding a member',             { foo: 'bar' },                  [{ op: 'add', path: '/baz', value: 'qux' }],                 { foo: 'bar', baz: 'qux' }],
  ['A.2 adding an item',              { foo: ['bar', 'baz'] },         [{ op: 'add', path: '/foo/1', value: 'qux' }],               { foo: ['bar', 'qux', 'baz'] }],
  ['A.3 removing a member',           { baz: 'qux', foo: 'bar' },      [{ op: 'remove', path: '/baz' }],                            { foo: 'bar' }],
  ['A.4 removing an item',            { foo: ['bar', 'qux', 'baz'] },  [{ op: 'remove', path: '/foo/1' }],                          { foo: ['bar', 'baz'] }],
  ['A.5 replacing',                   { baz: 'qux', foo: 'bar' },      [{ op: 'replace', path: '/baz', value: 'boo' }],             { baz: 'boo', foo: 'bar' }],
  ['A.6 moving a member',             { a: { b: 1, c: 2 }, d: {} },    [{ op: 'move', from: '/a/b', path: '/d/e' }],                { a: { c: 2 }, d: { e: 1 } }],
  ['A.7 moving an item',              { foo: [1, 2, 3, 4] },           [{ op: 'move', from: '/foo/1', path: '/foo/3' }],            { foo: [1, 3, 4, 2] }],
  ['A.8 a test that holds',           { baz: 'qux', foo: ['a', 2] },   [{ op: 'test', path: '/foo', value: ['a', 2] }],             { baz: 'qux', foo: ['a', 2] }],
  ['A.9 a test that fails',           { baz: 'qux' },                  [{ op: 'test', path: '/baz', value: 'bar' }],                '/0'],
  ['A.10 adding a nested object',     { foo: 'bar' },                  [{ op: 'add', path: '/child', value: { a: {} } }],           { foo: 'bar', child: { a: {} } }],
  ['A.11 unknown members',            { foo: 'bar' },                  [{ op: 'add', path: '/baz', value: 1, xyz: 123 }],           { foo: 'bar', baz: 1 }],
  ['A.12 adding to what is not there', { foo: 'bar' },                 [{ op: 'add', path: '/baz/bat', value: 'qux' }],             '/0'],
  ['A.14 escapes in their order',     { '/': 9, '~1': 10 },            [{ op: 'test', path: '/~01', value: 10 }],                   { '/': 9, '~1': 10 }],
  ['A.15 text is no number',          { '/': 9, '~1': 10 },            [{ op: 'test', path: '/~01', value: '10' }],                 '/0'],
  ['A.16 adding a list at the end',   { foo: ['bar'] },                [{ op: 'add', path: '/foo/-', value: ['abc'] }],             { foo: ['bar', ['abc']] }],
  ['replacing all',                   { a: 1 },                        [{ op: 'replace', path: '', value: { b: 1 } }],              { b: 1 }],
  ['an index past the end',           { a: [1] },                      [{ op: 'add', path: '/a/2', value: 1 }],                     '/0'],
  ['an index with a leading zero',    { a: [1, 2] },                   [{ op: 'replace', path: '/a/01', value: 1 }],                '/0'],
  ['replacing after the end',         { a: [1] },                      [{ op: 'replace', path: '/a/-', value: 1 }],                 '/0'],
  ['removing a list’s length',        { a: [1] },                      [{ op: 'remove', path: '/a/length' }],                       '/0'],
  ['a step into text',                { a: 'text' },                   [{ op: 'add', path: '/a/0', value: 1 }],                     '/0'],
  ['a copy of an inherited method',   { a: {} },                       [{ op: 'copy', from: '/a/toString', path: '/b' }],           '/0'],
  ['a null is something',             { a: null },                     [{ op: 'test', path: '/a', value: null }, { op: 'remove', path: '/a' }], {}],
  ['a missing member is no null',     {},                              [{ op: 'test', path: '/a', value: null }],                   '/0'],
  ['minus zero equals zero',          { a: 0 },                        [{ op: 'test', path: '/a', value: -0 }],                     { a: 0 }],
  ['constructor is a key',            { constructor: { x: 1 } },       [{ op: 'replace', path: '/constructor/x', value: 2 }],       { constructor: { x: 2 } }],
  ['moving into itself',              { a: { b: 1 } },                 [{ op: 'move', from: '/a', path: '/a/b/c' }],                '/0'],
  ['moving beside a longer name',     { a: 1, ab: {} },                [{ op: 'move', from: '/a', path: '/ab/c' }],                 { ab: { c: 1 } }],
  ['removing all',                    { a: 1 },                        [{ op: 'remove', path: '' }],                                '/0'],
  ['the second of two failing',       { a: 1 },                        [{ op: 'remove', path: '/a' }, { op: 'remove', path: '/a' }], '/1'],
  ['no list',                         {},                              { op: 'add' },                                               ''],
  ['an operation that is none',       {},                              [null],                                                      '/0'],
  ['an unknown op',                   {},                              [{ op: 'toString', path: '' }],                              '/0/op'],
  ['no value',                        {},                              [{ op: 'add', path: '/a' }],                                 '/0/value'],
  ['no path',                         {},                              [{ op: 'remove' }],                                          '/0/path'],
  ['no from',                         {},                              [{ op: 'copy', path: '/a' }],                                '/0/from'],
  ['a pointer without its slash',     { a: 1 },                        [{ op: 'remove', path: 'a' }],                               '/0/path'],
  ['a pointer with a bare tilde',     { '~': 1 },                      [{ op: 'remove', path: '/~' }],                              '/0/path'],
  ['__proto__ in a path',             {},                              [{ op: 'add', path: '/__proto__/x', value: 1 }],             '/0/path'],
  ['__proto__ in a from',             {},                              [{ op: 'copy', from: '/__proto__', path: '/x' }],            '/0/from'],
  ['__proto__ in a value',            {},                              JSON.parse('[{"op":"add","path":"/a","value":{"__proto__":{"x":1}}}]'), '/0/value/__proto__'],
];

describe('JSON Patch (RFC 6902)', () => {
  test.each(cases)('%s (DOC-4)', (_, value, patch, result) => {
    const before = structuredClone(value);
    const patched = applyPatch(value, patch);
    if (typeof result === 'string') expect(patched).toMatchObject({ errors: [{ pointer: result }] });
    else expect(patched).toEqual({ value: result });
    expect(value).toEqual(before);
  });

  test('what another implementation finds to be the difference, makes the one into the other', () => {
    fc.assert(
      fc.property(tree, tree, (from, to) => {
        const patched = applyPatch(from, createPatch(from, to));
        expect(patched).toEqual({ value: to });
      }),
      { numRuns: 500 },
    );
  });

  /** The other one looks up where a move ends before it takes away what moves; RFC 6902 (4.4) has it the other way round. */
  test('a patch applies as another implementation applies it, or not at all', () => {
    const steps = fc
      .array(fc.constantFrom('a', 'b', '0', '1', '-'), { minLength: 1, maxLength: 2 })
      .map((path) => path.map((step) => `/${step}`).join(''));
    const operation = fc.record({
      op: fc.constantFrom('add', 'copy', 'move', 'remove', 'replace', 'test'),
      path: steps,
      from: steps,
      value: fc.integer({ max: 2, min: 0 }),
    });
    let applied = 0;
    const small: fc.Arbitrary<JsonValue> = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.integer({ max: 2, min: 0 }),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', '0'), tie('tree')),
      ),
    })).tree;
    fc.assert(
      fc.property(small, fc.array(operation, { minLength: 1, maxLength: 2 }), (value, patch) => {
        const before = structuredClone(value);
        const patched = applyPatch(value, patch);
        expect(value).toEqual(before);
        if ('errors' in patched) return;
        applied++;
        const theirs = structuredClone(value);
        for (const { op, path, from, value } of patch) {
          const moved = [
            { op: 'remove', path: from } as const,
            { op: 'add', path, value: Pointer.fromJSON(from).get(theirs) } as const,
          ];
          const errors = reference(theirs, op === 'move' ? moved : ([{ op, path, from, value }] as Operation[]));
          expect(errors.every((error) => error === null)).toBe(true);
        }
        expect(patched.value).toEqual(theirs);
      }),
      { numRuns: 5000 },
    );
    expect(applied).toBeGreaterThan(100);
  });

  test('copies of copies are bounded', () => {
    const doubling = Array(40).fill({ op: 'copy', from: '/a', path: '/a/-' });
    expect(applyPatch({ a: ['x'.repeat(1000)] }, doubling)).toMatchObject({
      errors: [{ message: expect.stringContaining('1048576') }],
    });
  });

  test('a patch of more than 1,000 operations is refused', () => {
    expect(applyPatch({}, Array(1001).fill({ op: 'test', path: '', value: {} }))).toMatchObject({
      errors: [{ pointer: '' }],
    });
  });

  test('a result that is no document is refused when it is read', () => {
    const levels = Array.from({ length: 250 }, (_, i) => ({ op: 'add', path: '/a'.repeat(i + 1), value: {} }));
    const patched = applyPatch({}, levels);
    expect(patched).toHaveProperty('value');
    if ('value' in patched) expect(readDocument(patched.value)).toMatchObject({ code: 'invalid_argument' });
  });
});

describe('merge patch (RFC 7396)', () => {
  // biome-ignore format: a table is read down its columns
  const merges: [value: JsonValue, merge: JsonValue, result: JsonValue][] = [
    [{ a: 'b' },              { a: 'c' },                   { a: 'c' }],
    [{ a: 'b' },              { b: 'c' },                   { a: 'b', b: 'c' }],
    [{ a: 'b' },              { a: null },                  {}],
    [{ a: 'b', b: 'c' },      { a: null },                  { b: 'c' }],
    [{ a: ['b'] },            { a: 'c' },                   { a: 'c' }],
    [{ a: 'c' },              { a: ['b'] },                 { a: ['b'] }],
    [{ a: { b: 'c' } },       { a: { b: 'd', c: null } },   { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] },     { a: [1] },                   { a: [1] }],
    [['a', 'b'],              ['c', 'd'],                   ['c', 'd']],
    [{ a: 'b' },              ['c'],                        ['c']],
    [{ a: 'foo' },            null,                         null],
    [{ e: null },             { a: 1 },                     { e: null, a: 1 }],
    [[1, 2],                  { a: 'b', c: null },          { a: 'b' }],
    [{},                      { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{},                      { toString: { a: 1 } },       { toString: { a: 1 } }],
  ];
  test.each(merges)('%j with %j is %j (DOC-4)', (value, merge, result) => {
    const before = structuredClone(value);
    expect(applyMerge(value, merge)).toEqual({ value: result });
    expect(value).toEqual(before);
  });

  test('merging twice changes no more than merging once', () => {
    fc.assert(
      fc.property(tree, json, (value, merge) => {
        const once = applyMerge(value, merge);
        if ('value' in once) expect(applyMerge(once.value, merge)).toEqual(once);
      }),
    );
  });

  test('__proto__ is refused and harms nothing', () => {
    const merge = JSON.parse('{"a":{"__proto__":{"hacked":true}}}');
    expect(applyMerge({ a: {} }, merge)).toMatchObject({ errors: [{ pointer: '/a/__proto__' }] });
    expect(({} as Record<string, unknown>).hacked).toBeUndefined();
  });
});
