import * as z from 'zod';
import { levelOf, viaOf } from '../access/decide.ts';
import { textOf } from '../documents/document.ts';
import { invisibleIn } from '../documents/invisible.ts';
import type { Outline } from '../documents/outline.ts';
import type { Decided } from '../storage/decided.ts';
import { projectSeen } from '../storage/projects.ts';
import { revisionBody, revisionHead } from '../storage/revisions.ts';
import { outside } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import { type Finding, Problem } from '../terms/problem.ts';
import { fitting, partAt } from './excerpts.ts';
import { factsOfIntegration } from './integrations.ts';
import type { Desk } from './operation.ts';
import { namedBy, organizationOwned, Row } from './shapes.ts';
import { lightest, roomOfAnswer, weightOf } from './weight.ts';

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

/** An integration tells also whether a secret is kept for it, and whom it is installed for; the secret itself nobody is told. */
export const OpenedOfAnyKind = Opened.extend({
  secret: z.object({ set_at: z.string(), by: z.string().optional() }).optional(),
  installed: z.string().optional(),
});

/** Estimated tokens that a description keeps in an answer; a longer one is cut. */
const roomOfDescription = 1_500;

const roomOfHidden = 500;
const roomOfLinks = 1_000;

/** A resource as it is opened: its row and outline, and of its document what was asked for and fits (DOC-3), as it is or once was (VER-2). */
export async function opened(
  desk: Desk,
  target: Decided<'resource.open'>,
  { include, at, from = 0 }: Wish = {},
  revision = target.subject.revision,
): Promise<z.input<typeof OpenedOfAnyKind>> {
  const { subject, facts } = target;
  const wanted = include?.length || at?.length;
  const body = wanted ? await revisionBody(desk.tx, target, revision) : undefined;
  const head = body ?? (await revisionHead(desk.tx, target, revision));
  if (!head) throw noRevision('/revision');
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
    ...(subject.kind === 'integration' && (await factsOfIntegration(desk, target))),
  };
  if (!body) return shown;
  const { media, source } = body;
  const pointers = [...(include ?? []).map((it) => (it === 'source' ? it : '')), ...(at ?? [])];
  const found = (pointer: string) =>
    pointer === 'source'
      ? textOf({ value: document, media, ...(source !== null && { source }) })
      : partAt(document, pointer);
  return { ...shown, ...fitting(found, pointers, from, roomOfAnswer - weightOf(shown)) };
}

export const noRevision = (pointer: string) =>
  new Problem('invalid_argument', `${pointer}: There is no such revision.`, {
    pointer,
    advice: 'list_revisions tells which there are.',
  });

/** A resource after a change to it, as whoever changed it can open it now. */
export async function reopened(
  desk: Desk,
  { id, kind }: { readonly id: string; readonly kind: Kind },
  warnings: readonly Finding[] = [],
): Promise<z.input<typeof OpenedOfAnyKind>> {
  const target = await desk.may('resource.open', { noun: 'resource', kind, id });
  if (target instanceof Problem) throw target;
  const it = await opened(desk, target);
  return warnings.length ? { ...it, warnings: [...warnings, ...(it.warnings ?? [])] } : it;
}

function cutTo(room: number, text: string): string {
  let kept = text;
  while (weightOf(kept) > room) kept = kept.slice(0, Math.floor(kept.length * 0.8)).toWellFormed();
  return kept === text ? text : `${kept}…`;
}

/** Links to other resources, each named only where the caller can open its target (section 14). */
async function linksOf(desk: Desk, links: Outline['links']) {
  const shown = [];
  for (const { pointer, id } of links) {
    const to = await desk.may('resource.open', { noun: 'resource', ...namedBy(id) });
    shown.push(to instanceof Problem ? { pointer } : { pointer, id, name: to.subject.name });
  }
  return lightest(shown, roomOfLinks);
}
