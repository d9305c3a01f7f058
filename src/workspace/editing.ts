import * as z from 'zod';
import { changesBetween } from '../documents/changes.ts';
import type { JsonValue } from '../documents/json.ts';
import { applyMerge, applyPatch } from '../documents/patch.ts';
import type { Decided } from '../storage/decided.ts';
import { updateResource } from '../storage/resources.ts';
import { insertRevision, type RevisionBody, revisionBody } from '../storage/revisions.ts';
import type { Kind } from '../terms/kinds.ts';
import { Problem } from '../terms/problem.ts';
import {
  below,
  DocumentIn,
  documentOf,
  JsonIn,
  type ReadDocument,
  read,
  rejected,
  revisionFrom,
  withRounded,
} from './documents.ts';
import { dropped, dropWithAddress, type Extras, extras, keepExtras, ofIntegrations } from './integrations.ts';
import { Opened, OpenedOfAnyKind, reopened } from './opened.ts';
import { changing, type Desk } from './operation.ts';
import { Id, Name, namedBy, text } from './shapes.ts';
import { lightest } from './weight.ts';

/** Estimated tokens that changes between two revisions take of one answer. */
export const roomOfChanges = 2_500;

type Editing = Decided<'resource.edit' | 'resource.revert'>;

const parts = {
  id: Id,
  revision: z.int().min(1).describe('The one you opened; if it is not the newest, the edit is refused.'),
  name: Name.optional(),
  description: text(2000).nullable().optional(),
  patch: z
    .array(z.record(z.string(), z.unknown()))
    .max(1000)
    .optional()
    .describe('JSON Patch (RFC 6902) of the document.'),
  merge: JsonIn.optional().describe('Or a merge patch (RFC 7396).'),
  document: DocumentIn.optional().describe('Or the whole document.'),
};

interface DocumentChange {
  readonly patch?: unknown;
  readonly merge?: unknown;
  readonly document?: unknown;
}

interface Wish extends Extras, DocumentChange {
  readonly id: string;
  readonly revision: number;
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
}

const oneOf: Check = [
  ({ patch, merge, document }) => [patch, merge, document].filter((it) => it !== undefined).length < 2,
  { message: 'Only one of patch, merge and document goes.' },
];
const something = (...more: string[]): Check => [
  ({ id: _, revision: __, ...changes }) => Object.values(changes).some((it) => it !== undefined),
  {
    message: `Nothing is to be changed: ${['name', 'description', ...more].join(', ')}, patch, merge or document says what.`,
  },
];
type Check = [(given: Record<string, unknown>) => boolean, { message: string }];

const editing = <O extends typeof OpenedOfAnyKind | typeof Opened>(
  name: string,
  { input, output, only }: { input: z.ZodObject; output: O; only?: Kind },
) =>
  changing({
    name,
    action: 'resource.edit',
    input,
    output,
    target: ({ id }) => ({ noun: 'resource', ...namedBy(id as string, only) }) as const,
    async run(desk, target, given) {
      const { revision, name, description, secret, install, ...change } = given as unknown as Wish;
      const { subject } = target;
      const newest = await newestOf(desk, target, revision);
      const isEdited = [name, description, change.patch, change.merge, change.document].some((it) => it !== undefined);
      const it = edited(newest, change, desk);
      const next = {
        name: name ?? subject.name,
        description: description === undefined ? subject.description : description,
        revision: subject.revision + (isEdited ? 1 : 0),
      };
      const lost = isEdited && (await keep(desk, target, { it, was: newest, next }));
      const kept = await keepExtras(desk, target, subject, { secret, install });
      return {
        outcome: { id: subject.id, kind: subject.kind, lost: lost && secret === undefined },
        before: { revision: subject.revision, name: subject.name, digest: newest.digest },
        after: {
          revision: next.revision,
          name: next.name,
          digest: it.digest,
          ...(lost && { secret: 'dropped' }),
          ...kept,
        },
      };
    },
    answer: (desk, { lost, ...made }) => reopened(desk, made, lost ? [dropped] : []) as Promise<z.input<O>>,
  });

export const editWorkflow = editing('edit_workflow', {
  input: z
    .strictObject(parts)
    .refine(...oneOf)
    .refine(...something()),
  output: Opened,
  only: 'workflow',
});

export const editResource = editing('edit_resource', {
  input: z
    .strictObject({ ...parts, ...extras })
    .refine(...oneOf)
    .refine(...something('secret', 'install'))
    .refine(...ofIntegrations('secret'))
    .refine(...ofIntegrations('install')),
  output: OpenedOfAnyKind,
});

/** The newest revision, or a conflict that shows what became of the one that was edited (VER-1). */
export async function newestOf({ tx }: Desk, target: Editing, revision: number): Promise<RevisionBody> {
  const { subject } = target;
  const newest = await revisionBody(tx, target, subject.revision);
  if (!newest) throw new Error(`resource ${subject.id} lacks its revision ${subject.revision}`);
  if (revision === subject.revision) return newest;
  const yours = await revisionBody(tx, target, revision);
  const since = yours && changesBetween(documentOf(yours) as JsonValue, documentOf(newest) as JsonValue);
  throw new Problem('conflict', `You edited revision ${revision}; the newest is ${subject.revision}.`, {
    current: {
      revision: subject.revision,
      by: newest.email,
      at: new Date(newest.created_at).toISOString(),
      ...(since && { changes: lightest(since.changes, roomOfChanges), total: since.total }),
    },
  });
}

/** The document after the change; one that is not changed is kept as it came. */
function edited(
  newest: RevisionBody,
  { patch, merge, document }: DocumentChange,
  { rounded }: Pick<Desk, 'rounded'>,
): ReadDocument {
  const format = newest.format as ReadDocument['format'];
  if (document !== undefined) return read(document, format, '/document', { rounded });
  if (patch === undefined && merge === undefined) return read(newest.source ?? documentOf(newest), format, '');
  const value = documentOf(newest) as JsonValue;
  const [at, result] =
    patch === undefined
      ? (['/merge', applyMerge(value, merge)] as const)
      : (['/patch', applyPatch(value, patch)] as const);
  if ('errors' in result) throw rejected('invalid_argument', result.errors, at);
  const it = { ...read(result.value, format, '', { whole: at }), media: newest.media };
  return withRounded(it, rounded, (pointer) => below(pointer, '/merge') ?? placeOfPatched(pointer, patch));
}

/** Where what a patch sets stands in the document. */
function placeOfPatched(pointer: string, patch: DocumentChange['patch']): string | undefined {
  const [, at, rest = ''] = /^\/patch\/(\d+)\/value(\/.*)?$/s.exec(pointer) ?? [];
  const path = at === undefined ? undefined : (patch as readonly { path?: unknown }[] | undefined)?.[Number(at)]?.path;
  return typeof path === 'string' ? `${path}${rest}` : undefined;
}

interface Next {
  readonly it: ReadDocument;
  readonly was: RevisionBody;
  readonly next: { readonly name: string; readonly description: string | null; readonly revision: number };
  readonly restoredFrom?: number | null;
}

/** Makes a revision the newest; answers whether the secret of an integration went with its address (WS-4). */
export async function keep(
  desk: Desk,
  target: Editing,
  { it, was, next, restoredFrom = null }: Next,
): Promise<boolean> {
  const { id, workspace_id } = target.subject;
  await insertRevision(
    desk.tx,
    target,
    revisionFrom(it, { resource: id, workspace: workspace_id, number: next.revision, name: next.name, restoredFrom }),
  );
  await updateResource(desk.tx, target, next);
  return dropWithAddress(desk, target, documentOf(was), it.value);
}
