import * as z from 'zod';
import { levelOf, viaOf } from '../access/decide.ts';
import { textOf } from '../documents/document.ts';
import { invisibleIn } from '../documents/invisible.ts';
import type { Outline } from '../documents/outline.ts';
import { part, pathOf } from '../documents/pointer.ts';
import type { Decided } from '../storage/decided.ts';
import { projectSeen } from '../storage/projects.ts';
import { revisionBody, revisionHead } from '../storage/revisions.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import type { Desk } from './operation.ts';
import { organizationOwned, Row } from './shapes.ts';
import { lightest, roomOfAnswer, weightOf } from './weight.ts';

/** In characters, as they may be asked for. */
export const longestPointer = 500;

/** What may be asked of an opened document. */
export interface Wish {
  /** `source` is the text in the form in which the document came (DOC-5). */
  readonly include?: readonly ('document' | 'source')[] | undefined;
  readonly at?: readonly string[] | undefined;
  /** Where to go on in the one text that is asked for, in characters as JavaScript counts them. */
  readonly from?: number | undefined;
}

export const Opened = Row.extend({
  description: z.string().optional(),
  workspace: z.string(),
  project: z.string().optional(),
  revision: z.int(),
  format: z.string(),
  outline: z.record(z.string(), z.unknown()),
  warnings: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  hidden_characters: z.array(z.string()).optional(),
  document: z.unknown().optional(),
  parts: z.record(z.string(), z.unknown()).optional(),
  omitted: z
    .array(
      z.object({
        pointer: z.string(),
        bytes: z.int(),
        inside: z.array(z.string()).optional(),
        more: z.int().optional(),
        from: z.int().optional(),
        next: z.int().optional(),
      }),
    )
    .optional(),
});

/** Estimated tokens that documents may take of one answer at most. */
const roomOfDocument = 5_500;
/** Estimated tokens that a description keeps in an answer; a longer one is cut. */
const roomOfDescription = 1_500;

/** Of the numbers beside the pointer of something omitted. */
const roomOfPlace = 40;
const roomOfHidden = 500;
const roomOfLinks = 1_000;

/** A resource as it is opened: its row and outline, and of its document what was asked for and fits (DOC-3). */
export async function opened(
  desk: Desk,
  target: Decided<'resource.open'>,
  { include, at, from = 0 }: Wish = {},
  revision = target.subject.revision,
): Promise<z.input<typeof Opened>> {
  const { subject, facts } = target;
  const wanted = include?.length || at?.length;
  const body = wanted ? await revisionBody(desk.tx, target, revision) : undefined;
  const head = body ?? (await revisionHead(desk.tx, target, revision));
  if (!head)
    throw new Problem('not_found', 'There is no such revision.', { advice: 'list_revisions tells which there are.' });
  const document = body && JSON.parse(body.document);
  const source =
    body && textOf({ value: document, media: body.media, ...(body.source !== null && { source: body.source }) });
  const hidden = body ? invisibleIn(document) : [];
  const { warnings, ...outline } = head.outline as Outline;
  const project = subject.project_id && (await projectSeen(desk.tx, desk.me, facts.override, subject.project_id));
  const shown = {
    id: outside(subject.kind, subject.id),
    kind: subject.kind,
    name: subject.name,
    visibility: subject.visibility,
    owner: head.owner ?? organizationOwned,
    access: levelOf(facts) ?? 'viewer',
    via: viaOf(facts),
    updated_at: new Date(subject.updated_at).toISOString(),
    ...(subject.description && { description: cutTo(roomOfDescription, subject.description) }),
    workspace: outside('workspace', subject.workspace_id),
    ...(project && { project: outside('project', project.id) }),
    revision: head.number,
    format: head.format,
    outline: { ...outline, links: await linksOf(desk, outline.links) },
    ...(warnings.length && { warnings: [...warnings] }),
    ...(hidden.length && { hidden_characters: lightest(hidden, roomOfHidden) }),
  };
  if (document === undefined) return shown;
  const pointers = [...(include ?? []).map((it) => (it === 'source' ? it : '')), ...(at ?? [])];
  const found = (pointer: string) => (pointer === 'source' ? source : partAt(document, pointer));
  return { ...shown, ...fitting(found, pointers, from, roomOfAnswer - weightOf(shown)) };
}

function cutTo(room: number, text: string): string {
  let kept = text;
  while (weightOf(kept) > room) kept = kept.slice(0, Math.floor(kept.length * 0.8)).toWellFormed();
  return kept === text ? text : `${kept}…`;
}

/** Links to other workflows, each named only where the caller can open its target (section 14). */
async function linksOf(desk: Desk, links: Outline['links']) {
  const shown = [];
  for (const { pointer, id } of links) {
    const to = await desk.may('resource.open', { noun: 'resource', kind: 'workflow', id: inside('workflow', id) });
    shown.push(to instanceof Problem ? { pointer } : { pointer, id, name: to.subject.name });
  }
  return lightest(shown, roomOfLinks);
}

/** Something that was asked for and does not fit. */
interface Large {
  readonly pointer: string;
  readonly whole: unknown;
  /** What is left to show of a text that no answer holds. */
  readonly text: string | undefined;
}

/**
 * Parts by pointer, as far as they fit in one answer; of texts that no answer holds, stretches in the room that is left. The rest is
 * told with the pointers that lead into it, or with where its text goes on.
 */
function fitting(find: (pointer: string) => unknown, pointers: readonly string[], from: number, room: number) {
  const limit = Math.min(roomOfDocument, room);
  const parts: Record<string, unknown> = {};
  const large: Large[] = [];
  let used = 0;
  for (const pointer of new Set(pointers)) {
    const whole = find(pointer);
    const value = from ? restOf(whole, from) : whole;
    const weight = weightOf(pointer) + weightOf(value);
    if (used + weight > limit) {
      large.push({ pointer, whole, text: typeof value === 'string' && weight > limit ? value : undefined });
    } else {
      parts[pointer] = value;
      used += weight;
    }
  }
  const places = large.reduce((sum, { pointer }) => sum + weightOf(pointer) + roomOfPlace, 0);
  const left = Math.min(limit, room - places) - used;
  const stretches = stretched(large, from, left, parts);
  used = Object.entries(parts).reduce((sum, [pointer, value]) => sum + weightOf(pointer) + weightOf(value), 0);
  const { '': document_, ...rest } = parts;
  const spare = Math.min(room - used, Math.max(limit - used, roomOfAnswer - roomOfDocument));
  return {
    ...('' in parts && { document: document_ }),
    ...(Object.keys(rest).length && { parts: rest }),
    ...(large.length && {
      omitted: lightest(
        large.map((it, i) => ({ ...omission(it, spare / large.length), ...stretches[i] })),
        spare,
      ),
    }),
  };
}

/** Puts the beginning of each text into `parts` as far as there is room; answers where each begins and goes on, in characters. */
function stretched(large: readonly Large[], from: number, room: number, parts: Record<string, unknown>) {
  let left = room;
  return large.map(({ pointer, text }) => {
    if (text === undefined) return undefined;
    const stretch = text.slice(0, lengthWithin(left - weightOf(pointer), text));
    if (stretch) {
      parts[pointer] = stretch;
      left -= weightOf(pointer) + weightOf(stretch);
    }
    return { from, next: from + stretch.length };
  });
}

function partAt(document: unknown, pointer: string): unknown {
  const found = part(document, pointer);
  if (found.found && pathOf(pointer)) return found.value;
  throw new Problem('invalid_argument', '/at: Nothing in the document is at one of these pointers.', {
    pointer: '/at',
    advice: 'Take pointers from the outline.',
  });
}

function restOf(value: unknown, from: number): string {
  if (typeof value === 'string' && from < value.length) return value.slice(from);
  throw new Problem('invalid_argument', `/from: No text at that pointer goes on at character ${from}.`, {
    pointer: '/from',
    advice: 'Take it from next, beside the pointer in omitted; without next, all of the text was shown.',
  });
}

/** How many characters of a text fit into `room`; a pair of surrogates stays together. */
function lengthWithin(room: number, text: string): number {
  let [fits, most] = [0, Math.min(text.length, Math.max(0, Math.floor(room * mostOfAToken)))];
  while (fits < most) {
    const half = Math.ceil((fits + most) / 2);
    if (weightOf(text.slice(0, half)) <= room) fits = half;
    else most = half - 1;
  }
  return /[\uD800-\uDBFF]/.test(text[fits - 1] ?? '') ? fits - 1 : fits;
}

/** No estimate gives a token more characters. */
const mostOfAToken = 5;

/** What was too large to show whole: how large, and the pointers below it as far as `room` goes; the rest of them are counted. */
function omission({ pointer, whole }: Large, room: number) {
  const bytes = Buffer.byteLength(JSON.stringify(whole));
  if (typeof whole !== 'object' || whole === null) return { pointer, bytes };
  const below = Object.keys(whole).map((key) => `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  const inside = lightest(
    below.filter((it) => it.length <= longestPointer),
    room - weightOf(pointer) - 30,
  );
  return { pointer, bytes, inside, ...(below.length > inside.length && { more: below.length - inside.length }) };
}
