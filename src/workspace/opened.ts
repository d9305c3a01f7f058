import * as z from 'zod';
import { levelOf } from '../access/decide.ts';
import { invisibleIn } from '../documents/invisible.ts';
import type { Outline } from '../documents/outline.ts';
import { part, pathOf } from '../documents/pointer.ts';
import type { Decided } from '../storage/decided.ts';
import { ownerEmail } from '../storage/people.ts';
import { revisionBody, revisionHead } from '../storage/revisions.ts';
import { inside, outside } from '../terms/ids.ts';
import { highest } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import type { Desk } from './operation.ts';
import { organizationOwned, Row } from './shapes.ts';
import { weightOf } from './weight.ts';

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
    .array(z.object({ pointer: z.string(), bytes: z.int(), inside: z.array(z.string()).optional() }))
    .optional(),
});

/** Estimated tokens that documents may take of one answer, the outline beside them. */
const room = 5_500;

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
  return {
    id: outside(subject.kind, subject.id),
    kind: subject.kind,
    name: subject.name,
    visibility: subject.visibility,
    owner: subject.owner_id ? await ownerEmail(desk.tx, desk.me, subject.owner_id) : organizationOwned,
    access: levelOf(facts) ?? 'viewer',
    via: viaOf(target),
    updated_at: new Date(subject.updated_at).toISOString(),
    ...(subject.description && { description: subject.description }),
    workspace: outside('workspace', subject.workspace_id),
    ...(subject.project_id && { project: outside('project', subject.project_id) }),
    revision: head.number,
    format: head.format,
    outline: { ...outline, links: await linksOf(desk, outline.links) },
    ...(warnings.length && { warnings: [...warnings] }),
    ...(hidden.length && { hidden_characters: hidden }),
    ...(document !== undefined && fitting(document, include?.includes('document') ?? false, at ?? [])),
  };
}

/** The plainest of the paths that give the highest rung. */
export function viaOf({
  facts: { paths, override },
  decision,
}: Pick<Decided<'resource.open'>, 'facts' | 'decision'>): string {
  const counted = paths.filter((path) => path.noun === 'resource' && (override || !path.override));
  const top = highest('resource', counted.map(({ rung }) => rung) as ('viewer' | 'editor' | 'owner')[]);
  const vias = counted.filter(({ rung }) => rung === top).map(({ via }) => via);
  const plain = (via: string) => ['owner', 'grant', 'everyone', 'override'].indexOf(via);
  return vias.sort((a, b) => plain(a) - plain(b))[0] ?? decision.by[0]?.via ?? '';
}

/** Links to other workflows, each named only where the caller can open its target (section 14). */
async function linksOf(desk: Desk, links: Outline['links']) {
  const shown = [];
  for (const { pointer, id } of links) {
    const to = await desk.may('resource.open', { noun: 'resource', kind: 'workflow', id: inside('workflow', id) });
    shown.push(to instanceof Problem ? { pointer } : { pointer, id, name: to.subject.name });
  }
  return shown;
}

/** The whole, or parts by pointer, as far as they fit in one answer; the rest is told with the pointers that lead into it. */
function fitting(document: unknown, whole: boolean, pointers: readonly string[]) {
  let left = room;
  const omitted: { pointer: string; bytes: number; inside?: string[] }[] = [];
  const parts: Record<string, unknown> = {};
  for (const pointer of new Set([...(whole ? [''] : []), ...pointers])) {
    const found = part(document, pointer);
    if (!found.found || !pathOf(pointer)) {
      throw new Problem('invalid_argument', '/at: Nothing in the document is at one of these pointers.', {
        pointer: '/at',
        advice: 'Take pointers from the outline.',
      });
    }
    const weight = weightOf(found.value);
    if (weight <= left) {
      parts[pointer] = found.value;
      left -= weight;
    } else
      omitted.push({
        pointer,
        bytes: Buffer.byteLength(JSON.stringify(found.value)),
        inside: within(pointer, found.value),
      });
  }
  const { '': document_, ...rest } = parts;
  return {
    ...('' in parts && { document: document_ }),
    ...(Object.keys(rest).length && { parts: rest }),
    ...(omitted.length && { omitted }),
  };
}

/** The first pointers below one that was too large to show. */
const within = (pointer: string, value: unknown): string[] =>
  Object.keys(value as object)
    .slice(0, 20)
    .map((key) => `${pointer}/${key.slice(0, 60).replaceAll('~', '~0').replaceAll('/', '~1')}`);
