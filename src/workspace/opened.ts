import * as z from 'zod';
import { levelOf, viaOf } from '../access/decide.ts';
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
  readonly include?: readonly 'document'[] | undefined;
  readonly at?: readonly string[] | undefined;
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
      }),
    )
    .optional(),
});

/** Estimated tokens that documents may take of one answer at most. */
const roomOfDocument = 5_500;
/** Estimated tokens that a description keeps in an answer; a longer one is cut. */
const roomOfDescription = 1_500;

const roomOfHidden = 500;
const roomOfLinks = 1_000;

/** A resource as it is opened: its row and outline, and of its document what was asked for and fits (DOC-3). */
export async function opened(
  desk: Desk,
  target: Decided<'resource.open'>,
  { include, at }: Wish = {},
  revision = target.subject.revision,
): Promise<z.input<typeof Opened>> {
  const { subject, facts } = target;
  const wanted = include?.length || at?.length;
  const body = wanted ? await revisionBody(desk.tx, target, revision) : undefined;
  const head = body ?? (await revisionHead(desk.tx, target, revision));
  if (!head)
    throw new Problem('not_found', 'There is no such revision.', { advice: 'list_revisions tells which there are.' });
  const document = body && JSON.parse(body.document);
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
  const left = Math.min(roomOfDocument, roomOfAnswer - weightOf(shown));
  return { ...shown, ...fitting(document, include?.includes('document') ?? false, at ?? [], left) };
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

/** The whole, or parts by pointer, as far as they fit in one answer; the rest is told with the pointers that lead into it. */
function fitting(document: unknown, whole: boolean, pointers: readonly string[], room: number) {
  let left = room;
  const large: [string, unknown][] = [];
  const parts: Record<string, unknown> = {};
  for (const pointer of new Set([...(whole ? [''] : []), ...pointers])) {
    const found = part(document, pointer);
    if (!found.found || !pathOf(pointer)) {
      throw new Problem('invalid_argument', '/at: Nothing in the document is at one of these pointers.', {
        pointer: '/at',
        advice: 'Take pointers from the outline.',
      });
    }
    const weight = weightOf(pointer) + weightOf(found.value);
    if (weight <= left) {
      parts[pointer] = found.value;
      left -= weight;
    } else large.push([pointer, found.value]);
  }
  const { '': document_, ...rest } = parts;
  const spare = Math.max(left, roomOfAnswer - roomOfDocument);
  return {
    ...('' in parts && { document: document_ }),
    ...(Object.keys(rest).length && { parts: rest }),
    ...(large.length && {
      omitted: lightest(
        large.map(([pointer, value]) => omission(pointer, value, spare / large.length)),
        spare,
      ),
    }),
  };
}

/** What was too large to show: how large, and the pointers below it as far as `room` goes; the rest of them are counted. */
function omission(pointer: string, value: unknown, room: number) {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (typeof value !== 'object' || value === null) return { pointer, bytes };
  const below = Object.keys(value).map((key) => `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  const inside = lightest(
    below.filter((it) => it.length <= longestPointer),
    room - weightOf(pointer) - 30,
  );
  return { pointer, bytes, inside, ...(below.length > inside.length && { more: below.length - inside.length }) };
}
