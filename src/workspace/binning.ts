import * as z from 'zod';
import { purge } from '../storage/bin.ts';
import type { Decided } from '../storage/decided.ts';
import { setBinned } from '../storage/resources.ts';
import { outside } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import { Problem } from '../terms/problem.ts';
import { Opened, OpenedOfAnyKind, reopened } from './opened.ts';
import { changing } from './operation.ts';
import { Id, namedBy, restorableUntil } from './shapes.ts';

type Binning = Decided<'resource.delete'>;

const deleting = (name: string, only?: Kind) =>
  changing({
    name,
    action: ({ for_good }) => (for_good ? 'resource.purge' : 'resource.delete'),
    actions: ['resource.delete', 'resource.purge'],
    input: z.strictObject({
      id: Id,
      for_good: z.boolean().optional().describe('Of what is in the bin: nothing brings it back.'),
    }),
    output: z.object({ id: z.string(), deleted: z.boolean(), restorable_until: z.string().optional() }),
    target: ({ id, for_good }) => ({ noun: for_good ? 'bin' : 'resource', ...namedBy(id, only) }) as const,
    async run({ tx }, target) {
      const { subject } = target;
      const isForGood = target.action === 'resource.purge';
      await (isForGood ? purge(tx, target as Decided<'resource.purge'>) : setBinned(tx, target as Binning, true));
      return {
        outcome: { id: subject.id, kind: subject.kind },
        before: { name: subject.name, revision: subject.revision, deleted: isForGood },
        after: { name: subject.name, deleted: true, ...(isForGood && { for_good: true }) },
      };
    },
    async answer(desk, { id, kind }) {
      const bin = await desk.may('resource.bin', { noun: 'bin', kind, id });
      const until = bin instanceof Problem ? undefined : restorableUntil(bin.subject.deleted_at ?? '');
      return { id: outside(kind, id), deleted: true, ...(until && { restorable_until: until }) };
    },
  });

export const deleteWorkflow = deleting('delete_workflow', 'workflow');
export const deleteResource = deleting('delete_resource');

const restoring = <O extends typeof OpenedOfAnyKind | typeof Opened>(name: string, output: O, only?: Kind) =>
  changing({
    name,
    action: 'resource.restore',
    input: z.strictObject({ id: Id.describe('Of what was deleted in the last 30 days.') }),
    output,
    target: ({ id }) => ({ noun: 'bin', ...namedBy(id, only) }) as const,
    async run({ tx }, target) {
      await setBinned(tx, target, false);
      const { id, kind } = target.subject;
      return { outcome: { id, kind }, before: { deleted: true }, after: { deleted: false } };
    },
    answer: (desk, { id, kind }) => reopened(desk, { id, kind }) as Promise<z.input<O>>,
  });

export const restoreWorkflow = restoring('restore_workflow', Opened, 'workflow');
export const restoreResource = restoring('restore_resource', OpenedOfAnyKind);
