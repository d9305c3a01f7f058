import * as z from 'zod';
import { changesBetween } from '../documents/changes.ts';
import type { JsonValue } from '../documents/json.ts';
import { applyMerge, applyPatch } from '../documents/patch.ts';
import type { Decided } from '../storage/decided.ts';
import { updateResource } from '../storage/resources.ts';
import {
  insertRevision,
  type RevisionBody,
  type RevisionHead,
  revisionBody,
  revisionsOf,
} from '../storage/revisions.ts';
import { Problem } from '../terms/problem.ts';
import { DocumentIn, documentOf, JsonIn, type ReadDocument, read, rejected, revisionFrom } from './documents.ts';
import { Opened } from './opened.ts';
import { changing, type Desk, reading } from './operation.ts';
import { Id, Name, Paging, text } from './shapes.ts';
import { lightest, roomOfAnswer, weightOf } from './weight.ts';
import { reopened, workflow } from './workflows.ts';

/** Estimated tokens that changes between two revisions take of one answer. */
const roomOfChanges = 2_500;

type Editing = Decided<'resource.edit' | 'resource.revert'>;

export const editWorkflow = changing({
  name: 'edit_workflow',
  action: 'resource.edit',
  input: z
    .strictObject({
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
    })
    .refine(({ patch, merge, document }) => [patch, merge, document].filter((it) => it !== undefined).length < 2, {
      message: 'Only one of patch, merge and document goes.',
    })
    .refine(
      ({ name, description, patch, merge, document }) =>
        [name, description, patch, merge, document].some((it) => it !== undefined),
      {
        message: 'Nothing is to be changed: name, description, patch, merge or document says what.',
      },
    ),
  output: Opened,
  target: ({ id }) => workflow(id),
  async run(desk, target, { revision, name, description, ...change }) {
    const { subject } = target;
    const newest = await newestOf(desk, target, revision);
    const it = edited(newest, change);
    const next = {
      name: name ?? subject.name,
      description: description === undefined ? subject.description : description,
      revision: subject.revision + 1,
    };
    await keep(desk, target, it, next);
    return {
      outcome: { id: subject.id },
      before: { revision: subject.revision, name: subject.name, digest: newest.digest },
      after: { revision: next.revision, name: next.name, digest: it.digest },
    };
  },
  answer: (desk, { id }) => reopened(desk, id),
});

/** The newest revision, or a conflict that shows what became of the one that was edited (VER-1). */
async function newestOf({ tx }: Desk, target: Editing, revision: number): Promise<RevisionBody> {
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
  { patch, merge, document }: { patch?: unknown; merge?: unknown; document?: unknown },
): ReadDocument {
  const format = newest.format as ReadDocument['format'];
  if (document !== undefined) return read(document, format, '/document');
  if (patch === undefined && merge === undefined) return read(newest.source ?? documentOf(newest), format, '');
  const value = documentOf(newest) as JsonValue;
  const [at, result] =
    patch === undefined
      ? (['/merge', applyMerge(value, merge)] as const)
      : (['/patch', applyPatch(value, patch)] as const);
  if ('errors' in result) throw rejected('invalid_argument', result.errors, at);
  return { ...read(result.value, format, ''), media: newest.media };
}

async function keep(
  { tx }: Desk,
  target: Editing,
  it: ReadDocument,
  next: { name: string; description: string | null; revision: number },
  restoredFrom: number | null = null,
) {
  const { id, workspace_id } = target.subject;
  await insertRevision(
    tx,
    target,
    revisionFrom(it, { resource: id, workspace: workspace_id, number: next.revision, name: next.name, restoredFrom }),
  );
  await updateResource(tx, target, next);
}

const Revision = z.object({
  revision: z.int(),
  name: z.string(),
  by: z.string().optional(),
  /** The key that made it, so that agents are told apart (EXP-5). */
  key: z.string().optional(),
  at: z.string(),
  format: z.string(),
  bytes: z.int(),
  restored_from: z.int().optional(),
});

export const listRevisions = reading({
  name: 'list_revisions',
  action: 'resource.revisions',
  input: z.strictObject({
    id: Id,
    compare: z
      .strictObject({ from: z.int().min(1), to: z.int().min(1) })
      .optional()
      .describe('Two revisions: what changed between them.'),
    ...Paging,
  }),
  output: z.object({
    items: z.array(Revision),
    total: z.int(),
    next_cursor: z.string().optional(),
    changes: z.array(z.object({ pointer: z.string(), change: z.string() })).optional(),
    changes_total: z.int().optional(),
  }),
  target: ({ id }) => workflow(id),
  async run(desk, target, { id, compare, limit, cursor }) {
    const before = cursor === undefined ? undefined : Number(desk.placeOf(id, cursor));
    const { items, next } = await revisionsOf(desk.tx, target, { limit, before });
    const compared =
      compare &&
      changesBetween(
        (await documentAt(desk, target, compare.from)) as JsonValue,
        (await documentAt(desk, target, compare.to)) as JsonValue,
      );
    const changes = compared && lightest(compared.changes, roomOfChanges);
    const fitting = lightest(items.map(revisionShown), roomOfAnswer - weightOf(changes ?? []));
    const last = fitting.length < items.length ? String(fitting.at(-1)?.revision) : next;
    return {
      items: fitting,
      total: target.subject.revision,
      ...(last && { next_cursor: desk.cursor(id, last) }),
      ...(compared && { changes, changes_total: compared.total }),
    };
  },
});

const revisionShown = (it: RevisionHead): z.output<typeof Revision> => ({
  revision: it.number,
  name: it.name,
  ...(it.email && { by: it.email }),
  ...(it.credential && { key: it.credential }),
  at: new Date(it.created_at).toISOString(),
  format: it.format,
  bytes: it.bytes,
  ...(it.restored_from && { restored_from: it.restored_from }),
});

async function documentAt({ tx }: Desk, target: Decided<'resource.revisions'>, number: number) {
  const body = await revisionBody(tx, target, number);
  if (!body) throw noRevision('/compare');
  return documentOf(body);
}

const noRevision = (pointer: string) =>
  new Problem('invalid_argument', `${pointer}: There is no such revision.`, {
    pointer,
    advice: 'list_revisions tells which there are.',
  });

export const restoreRevision = changing({
  name: 'restore_revision',
  action: 'resource.revert',
  input: z.strictObject({
    id: Id,
    restore: z.int().min(1).describe('The revision to bring back; it becomes a new one, and none is lost.'),
    revision: z.int().min(1).describe('The newest that you know of.'),
  }),
  output: Opened,
  target: ({ id }) => workflow(id),
  async run(desk, target, { restore, revision }) {
    const { subject } = target;
    const newest = await newestOf(desk, target, revision);
    const old = await revisionBody(desk.tx, target, restore);
    if (!old) throw noRevision('/restore');
    const it = read(old.source ?? documentOf(old), old.format as ReadDocument['format'], '');
    const next = { name: old.name, description: subject.description, revision: subject.revision + 1 };
    await keep(desk, target, it, next, restore);
    return {
      outcome: { id: subject.id },
      before: { revision: subject.revision, name: subject.name, digest: newest.digest },
      after: { revision: next.revision, name: next.name, digest: it.digest, restored_from: restore },
    };
  },
  answer: (desk, { id }) => reopened(desk, id),
});
