import * as z from 'zod';
import { type Contact, contactsOf, countOfContacts } from '../storage/contacts.ts';
import type { Ref } from '../storage/facts.ts';
import { countedTo } from '../storage/lists.ts';
import { outside } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import { Problem } from '../terms/problem.ts';
import { csvLine } from './csv.ts';
import { type Desk, reading } from './operation.ts';
import { Paging, Words } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { workspaceFor } from './workspaces.ts';

const filters = {
  workspace: z.string().max(200).optional().describe('Name or id; needed only where you may see several audiences.'),
  query: Words(200).optional().describe('Part of an email or name.'),
};

async function audience(desk: Desk, workspace: string | undefined): Promise<Ref<'workspace'>> {
  const id = await workspaceFor(desk, 'audience_viewer', workspace, {
    none: 'You may not see the audience of any workspace.',
    advice: 'Ask an admin of a workspace to switch audience_viewer on for you.',
  });
  return { noun: 'workspace', id };
}

export const listAudience = reading({
  name: 'list_audience',
  action: 'audience.list',
  input: z.strictObject({ ...filters, ...Paging }),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        email: z.string(),
        name: z.string().optional(),
        attributes: z.record(z.string(), z.unknown()),
        source: z.object({ id: z.string(), name: z.string() }).optional(),
        collected_at: z.string(),
      }),
    ),
    total: z.int().optional(),
    more_than: z.int().optional(),
    next_cursor: z.string().optional(),
  }),
  find: (desk, { workspace }) => audience(desk, workspace),
  async run(desk, target, { query, limit, cursor }) {
    const asked = [target.subject.id, query ?? null];
    const after = cursor === undefined ? undefined : desk.placeOf(asked, cursor);
    const { items, next } = await contactsOf(desk.tx, target, { query, limit, after });
    const sources = await sourcesOf(desk, items);
    const shown = lightest(
      items.map((it) => shownOf(it, sources)),
      roomOfAnswer,
    );
    const last = shown.length < items.length ? items[shown.length - 1]?.id : next;
    const total = await countOfContacts(desk.tx, target, query, countedTo);
    return {
      items: shown,
      ...(total > countedTo ? { more_than: countedTo } : { total }),
      ...(last && { next_cursor: desk.cursor(asked, last) }),
    };
  },
});

const writers = {
  csv: {
    head: csvLine(['email', 'name', 'collected_at', 'source', 'source_name', 'attributes']),
    line: ({ email, name = '', collected_at, source, attributes }: Shown) =>
      csvLine([email, name, collected_at, source?.id ?? '', source?.name ?? '', JSON.stringify(attributes)]),
  },
  jsonl: { head: '', line: (it: Shown) => `${JSON.stringify(it)}\n` },
} as const;

/** A page of the export: as many contacts as fit into `room`, in estimated tokens, and `most` at most. */
const exporting = ({ room, most }: { readonly room: number; readonly most: number }) =>
  reading({
    name: 'export_audience',
    costly: true,
    action: 'audience.list',
    input: z.strictObject({
      ...filters,
      format: z.enum(['csv', 'jsonl']).default('csv'),
      cursor: Paging.cursor,
    }),
    output: z.object({
      format: z.string(),
      data: z.string(),
      rows: z.int(),
      /** Where there is HTTP: the address of the whole export. */
      link: z.string().optional(),
      next_cursor: z.string().optional(),
    }),
    find: (desk, { workspace }) => audience(desk, workspace),
    async run(desk, target, { query, format, cursor }) {
      const asked = [target.subject.id, query ?? null, format];
      const after = cursor === undefined ? undefined : desk.placeOf(asked, cursor);
      const { items, next } = await contactsOf(desk.tx, target, { query, limit: most, after });
      const sources = await sourcesOf(desk, items);
      const { head, line } = writers[format];
      const lines = lightest(
        items.map((it) => line(shownOf(it, sources))),
        room,
      );
      const last = lines.length < items.length ? items[lines.length - 1]?.id : next;
      return {
        format,
        data: (after === undefined ? head : '') + lines.join(''),
        rows: lines.length,
        ...(last && { next_cursor: desk.cursor(asked, last) }),
      };
    },
  });

export const exportAudience = exporting({ room: roomOfAnswer, most: 200 });

/** The same operation for a door that streams: pages of a thousand, whole. */
export const exportAudienceWhole = exporting({ room: Number.POSITIVE_INFINITY, most: 1000 });

type Sources = ReadonlyMap<string, { readonly id: string; readonly name: string }>;

/** What collected these, as far as the caller can open it: of the rest nothing is told (EXT-12). */
async function sourcesOf(desk: Desk, items: readonly Contact[]): Promise<Sources> {
  const open = new Map<string, { id: string; name: string }>();
  const asked = new Map(
    items.flatMap(({ source_id, source_kind }) =>
      source_id && source_kind ? [[source_id, source_kind] as const] : [],
    ),
  );
  for (const [id, kind] of asked) {
    const source = await desk.may('resource.open', { noun: 'resource', kind: kind as Kind, id });
    if (!(source instanceof Problem)) open.set(id, { id: outside(kind, id), name: source.subject.name });
  }
  return open;
}

/** A contact as it is shown and exported. */
type Shown = ReturnType<typeof shownOf>;

function shownOf({ id, email, name, attributes, source_id, collected_at }: Contact, sources: Sources) {
  const source = source_id ? sources.get(source_id) : undefined;
  return {
    id: outside('contact', id),
    email,
    ...(name && { name }),
    attributes,
    ...(source && { source }),
    collected_at: new Date(collected_at).toISOString(),
  };
}
