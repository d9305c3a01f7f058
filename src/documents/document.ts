import type { Finding } from '../terms/problem.ts';
import { capped, inspect, isObject, type JsonObject, type Judgement, largest, mostFindings } from './json.ts';
import { type Read, readJson } from './json-text.ts';
import { type ShapedFormat, shapeChecks } from './kinds.ts';
import { checkN8n, looksLikeN8n } from './n8n.ts';
import { checkServerless, looksLikeServerless } from './serverless.ts';
import { readYaml, writeYaml } from './yaml-text.ts';

/** Of workflows; every other kind has one of its own, named like it. */
export const formats = ['n8n', 'serverless-workflow', 'json'] as const;
export type Format = (typeof formats)[number] | ShapedFormat;
export type Media = 'json' | 'yaml';

/** A document as it is kept: the value, and the text where the value alone would not give it back (DOC-1, DOC-5). */
export interface Document {
  readonly format: Format;
  readonly value: JsonObject;
  readonly media: Media;
  /** The text as it came: YAML, or JSON that is not compact. */
  readonly source?: string;
  /** UTF-8 bytes of what came; of its compact JSON where it came as a value. */
  readonly bytes: number;
  /** The first 20. */
  readonly warnings: readonly Finding[];
  /** How many warnings there are in all. */
  readonly warned: number;
}

export interface Refused {
  readonly code: 'invalid_argument' | 'too_large';
  readonly errors: readonly Finding[];
}

const checks: Record<Format, (value: JsonObject) => Judgement> = {
  n8n: checkN8n,
  'serverless-workflow': checkServerless,
  json: () => ({ errors: [], warnings: [] }),
  ...shapeChecks,
};

/** Reads what a caller sent, a value or a text of JSON or YAML. Tells all errors at once, with pointers. */
export function readDocument(input: unknown, format?: Format): Document | Refused {
  const source = typeof input === 'string' ? input : undefined;
  if (source !== undefined && Buffer.byteLength(source) > largest) return tooLarge();

  const { media, ...read } =
    source === undefined ? { media: 'json' as const, value: input, errors: [], warnings: [] } : readText(source);
  if (!('value' in read)) return refused(read.errors);
  if (!isObject(read.value))
    return refused([...read.errors, { pointer: '', message: 'A document is an object at its top.' }]);

  const { errors, warnings, large } = inspect(read.value);
  if (read.errors.length || errors.length) return refused([...read.errors, ...errors]);
  if (large) return tooLarge();

  const json = JSON.stringify(read.value);
  const bytes = Buffer.byteLength(json);
  if (bytes > largest) return tooLarge();

  const value: JsonObject = JSON.parse(json);
  const found = format ?? formatOf(value);
  const judged = checks[found](value);
  if (judged.errors.length) return refused(judged.errors);
  const all = [...read.warnings, ...warnings, ...judged.warnings];
  return {
    format: found,
    value,
    media,
    ...(source !== undefined && source !== json && { source }),
    bytes: source === undefined ? bytes : Buffer.byteLength(source),
    warnings: all.slice(0, mostFindings),
    warned: all.length,
  };
}

/** The document as a file, in the form in which it came (DOC-5). */
export function textOf({ value, media, source }: Pick<Document, 'value' | 'media' | 'source'>): string {
  return source ?? (media === 'yaml' ? writeYaml(value) : JSON.stringify(value));
}

/** The format that a workflow tells by its shape. */
function formatOf(value: JsonObject): Format {
  if (looksLikeServerless(value)) return 'serverless-workflow';
  return looksLikeN8n(value) ? 'n8n' : 'json';
}

/** A text that begins as JSON does is judged as JSON, so that a comma too many is not silently YAML. */
function readText(text: string): Read & { readonly media: Media } {
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text;
  return /^\s*[{["]/.test(bare) ? { media: 'json', ...readJson(bare) } : { media: 'yaml', ...readYaml(bare) };
}

function refused(errors: readonly Finding[]): Refused {
  return { code: 'invalid_argument', errors: capped(errors) };
}

function tooLarge(): Refused {
  return { code: 'too_large', errors: [{ pointer: '', message: `A document holds ${largest} bytes at most.` }] };
}
