import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Document, formats, readDocument } from '../documents/document.ts';
import { isObject, mostFindings } from '../documents/json.ts';
import { outlineOf } from '../documents/outline.ts';
import type { NewRevision, RevisionBody } from '../storage/revisions.ts';
import { type Kind, kindTable } from '../terms/kinds.ts';
import { type Finding, Problem } from '../terms/problem.ts';

export const Format = z.enum(formats);

/** The one format of a kind that has no other; of workflows, which tell theirs themselves, nothing. */
export const formatOf = (kind: Kind): Document['format'] | undefined =>
  kindTable[kind].formats.length === 1 ? kindTable[kind].formats[0] : undefined;

/** An object as it came, keys and all: zod's own records leave some out without a word. */
export const JsonIn = z
  .unknown()
  .refine(isObject, 'It is an object.')
  .meta({ type: 'object', additionalProperties: {} });

/** Whatever a caller sends as a document; its format judges it. */
export const DocumentIn = z
  .unknown()
  .refine((it) => typeof it === 'string' || isObject(it), 'It is an object, or a text of JSON or YAML.')
  .meta({ anyOf: [{ type: 'object', additionalProperties: {} }, { type: 'string' }] });

/** A document that was read, and the digest by which the log knows it (ACT-2). */
export type ReadDocument = Document & { readonly digest: string };

interface Coming {
  /** The integers of the arguments that a number can't keep. */
  readonly rounded?: readonly Finding[];
  /** What of the arguments is wrong where all of the document is. */
  readonly whole?: string;
}

/** Reads a document or says all that is wrong with it; `at` is where it stands in the arguments. */
export function read(
  input: unknown,
  format: Document['format'] | undefined,
  at: string,
  { rounded = [], whole = at }: Coming = {},
): ReadDocument {
  const it = readDocument(input, format);
  if ('errors' in it) throw rejected(it.code, it.errors, at, whole);
  const read = { ...it, digest: digest(it.source ?? JSON.stringify(it.value)) };
  return withRounded(read, rounded, (pointer) => below(pointer, at));
}

/** A document with those of the arguments' rounded integers that stand in it; `placeIn` says where, and nothing of the others. */
export function withRounded(
  it: ReadDocument,
  rounded: readonly Finding[],
  placeIn: (pointer: string) => string | undefined,
): ReadDocument {
  const found = rounded.flatMap(({ pointer, message }) => {
    const place = placeIn(pointer);
    return place === undefined ? [] : [{ pointer: place, message }];
  });
  const warnings = [...found, ...it.warnings].slice(0, mostFindings);
  return { ...it, warnings, warned: it.warned + found.length };
}

/** A place of the arguments as one below another; nothing where it is elsewhere. */
export const below = (pointer: string, at: string): string | undefined =>
  pointer.startsWith(`${at}/`) ? pointer.slice(at.length) : undefined;

/** Findings inside a document or patch, as a refusal with the place of each in the arguments. */
export function rejected(
  code: 'invalid_argument' | 'too_large',
  errors: readonly Finding[],
  at: string,
  whole: string = at,
): Problem {
  const findings = errors.map(({ pointer, message }) => ({ pointer: pointer ? `${at}${pointer}` : whole, message }));
  return new Problem(
    code,
    findings
      .slice(0, 5)
      .map(({ pointer, message }) => `${pointer}: ${message}`)
      .join(' '),
    {
      findings: findings.slice(0, 20),
      ...(findings[0] && { pointer: findings[0].pointer }),
    },
  );
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

/** The row of a revision that holds a document. */
export function revisionFrom(
  it: ReadDocument,
  {
    restoredFrom = null,
    ...place
  }: Pick<NewRevision, 'resource' | 'workspace' | 'number' | 'name'> & { restoredFrom?: number | null },
): NewRevision {
  return {
    ...place,
    restoredFrom,
    format: it.format,
    media: it.media,
    document: JSON.stringify(it.value),
    source: it.source ?? null,
    bytes: it.bytes,
    digest: it.digest,
    outline: outlineOf(it),
  };
}

/** The document of a revision, as it was read once. */
export const documentOf = ({ document }: Pick<RevisionBody, 'document'>): Record<string, unknown> =>
  JSON.parse(document);
