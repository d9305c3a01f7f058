import * as z from 'zod';
import type { Kind } from '../terms/kinds.ts';
import { longestPointer } from './excerpts.ts';
import { Opened, OpenedOfAnyKind, opened } from './opened.ts';
import { reading } from './operation.ts';
import { Id, namedBy } from './shapes.ts';

const input = z
  .strictObject({
    id: Id.describe('An id, postern:// URI or link.'),
    revision: z.int().min(1).optional().describe('An earlier one; the newest if left out.'),
    include: z
      .array(z.enum(['document', 'source']))
      .max(2)
      .optional()
      .describe('The whole document, where it fits; source: its text in the form it came in.'),
    at: z.array(z.string().max(longestPointer)).max(20).optional().describe('JSON Pointers of parts to show.'),
    from: z.int().min(0).optional().describe('To go on in one long text: next of its pointer in omitted.'),
  })
  .refine(
    ({ include = [], at = [], from }) =>
      from === undefined || (include.length + at.length === 1 && include[0] !== 'document'),
    {
      path: ['from'],
      message: 'It goes with exactly one pointer in at, or with source alone.',
    },
  );

const opening = <O extends typeof OpenedOfAnyKind | typeof Opened>(name: string, output: O, only?: Kind) =>
  reading({
    name,
    action: 'resource.open',
    input,
    output,
    target: ({ id }) => ({ noun: 'resource', ...namedBy(id, only) }) as const,
    run: (desk, target, { revision, ...wish }) => opened(desk, target, wish, revision) as Promise<z.input<O>>,
  });

export const openWorkflow = opening('open_workflow', Opened, 'workflow');
export const openResource = opening('open_resource', OpenedOfAnyKind);
