import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { changesBetween } from '../../src/documents/changes.ts';
import { readDocument, textOf } from '../../src/documents/document.ts';
import { checkN8n } from '../../src/documents/n8n.ts';
import { outlineOf } from '../../src/documents/outline.ts';
import { part } from '../../src/documents/pointer.ts';
import { isConnection, read, realDocuments, toNowhere } from './world.ts';

const files = realDocuments();

test('there are a dozen examples in three formats', () => {
  const formats: string[] = files.slice(0, 12).map(({ text }) => read(text).format);
  const count = (wanted: string) => formats.filter((format) => format === wanted).length;
  expect([count('n8n'), count('serverless-workflow'), count('json')]).toEqual([5, 4, 3]);
});

test.each(files)(
  '$name is read as its format, deep-equal, and comes back as it came (DOC-1, DOC-5)',
  ({ name, text }) => {
    const document = read(text);
    const isYaml = name.endsWith('.yaml');
    expect(document.value).toEqual(isYaml ? parse(text) : JSON.parse(text));
    expect(document.media).toBe(isYaml ? 'yaml' : 'json');
    expect(textOf(document)).toBe(text);
    expect(document.bytes).toBe(Buffer.byteLength(text));
    if (/^\d{4}_/.test(name)) expect(document.format).toBe('n8n');
    else if (isYaml) expect(document.format).toBe('serverless-workflow');
  },
);

test.each(files)('$name, written anew after an edit, reads back to the same (DOC-5)', ({ text }) => {
  const { value, media } = read(text);
  expect(read(textOf({ value, media })).value).toEqual(value);
});

test.each(files)('the outline of $name is short and its places are there (DOC-3)', ({ text }) => {
  const document = read(text);
  const outline = outlineOf(document);
  expect(encode(JSON.stringify(outline)).length).toBeLessThan(1500);
  expect(outline.steps.length + outline.triggers.length).toBeGreaterThan(0);
  for (const { at } of [...outline.steps, ...outline.triggers]) expect(part(document.value, at).found).toBe(true);
});

test('an n8n export is warned of exactly its connections from and to nodes that are not there (DOC-2)', () => {
  const exports = files.filter(({ text }) => read(text).format === 'n8n');
  for (const { name, text } of exports) {
    const told = checkN8n(read(text).value).warnings.map(({ pointer }) => pointer);
    expect(told.filter(isConnection).sort(), name).toEqual(toNowhere(JSON.parse(text)).sort());
  }
  const broken = exports.filter(({ text }) => toNowhere(JSON.parse(text)).length > 0);
  if (exports.length > 60) expect(broken.length).toBeGreaterThan(30);
});

test('a document differs from itself nowhere', () => {
  for (const { text } of files) expect(changesBetween(read(text).value, read(text).value).total).toBe(0);
});

test('a format that is told is the one that judges (DOC-1)', () => {
  const n8n = files.find(({ name }) => name === 'lead-intake.json')?.text;
  expect(readDocument(n8n, 'json')).toMatchObject({ format: 'json' });
  expect(readDocument(n8n, 'serverless-workflow')).toMatchObject({ code: 'invalid_argument' });
});
