import * as z from 'zod';
import { changesBetween } from '../documents/changes.ts';
import type { JsonValue } from '../documents/json.ts';
import type { Decided } from '../storage/decided.ts';
import { type RevisionHead, revisionBody, revisionsOf } from '../storage/revisions.ts';
import { documentOf, type ReadDocument, read } from './documents.ts';
import { keep, newestOf, roomOfChanges } from './editing.ts';
import { dropped } from './integrations.ts';
import { noRevision, OpenedOfAnyKind, reopened } from './opened.ts';
import { changing, type Desk, reading } from './operation.ts';
import { Id, Paging } from './shapes.ts';
import { resource } from './sharing.ts';
import { lightest, roomOfAnswer, weightOf } from './weight.ts';

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
  target: ({ id }) => resource(id),
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

export const restoreRevision = changing({
  name: 'restore_revision',
  action: 'resource.revert',
  input: z.strictObject({
    id: Id,
    restore: z.int().min(1).describe('The revision to bring back; it becomes a new one, and none is lost.'),
    revision: z.int().min(1).describe('The newest that you know of.'),
  }),
  output: OpenedOfAnyKind,
  target: ({ id }) => resource(id),
  async run(desk, target, { restore, revision }) {
    const { subject } = target;
    const newest = await newestOf(desk, target, revision);
    const old = await revisionBody(desk.tx, target, restore);
    if (!old) throw noRevision('/restore');
    const it = read(old.source ?? documentOf(old), old.format as ReadDocument['format'], '');
    const next = { name: old.name, description: subject.description, revision: subject.revision + 1 };
    const lost = await keep(desk, target, { it, was: newest, next, restoredFrom: restore });
    return {
      outcome: { id: subject.id, kind: subject.kind, lost },
      before: { revision: subject.revision, name: subject.name, digest: newest.digest },
      after: {
        revision: next.revision,
        name: next.name,
        digest: it.digest,
        restored_from: restore,
        ...(lost && { secret: 'dropped' }),
      },
    };
  },
  answer: (desk, { lost, ...made }) => reopened(desk, made, lost ? [dropped] : []),
});
