import * as z from 'zod';
import { logTypeOf } from '../access/log-type.ts';
import { countedTo } from '../storage/lists.ts';
import { csvLine } from './csv.ts';
import { countOfLog, entityId, pageOfLog, placeOf, type Seen, withoutHidden } from './log-pages.ts';
import { type LogQuery, type LogSearch, logFilters, searchOf } from './log-query.ts';
import { type Desk, reading } from './operation.ts';
import { Paging } from './shapes.ts';
import { lightest, roomOfAnswer, weightOf } from './weight.ts';

const Entry = z.object({
  id: z.string().optional(),
  action: z.string(),
  type: z.string().optional(),
  at: z.string().optional(),
  by: z.string().optional(),
  key: z.string().optional(),
  surface: z.string().optional(),
  entity_type: z.string().optional(),
  name: z.string().optional(),
  workspace: z.string().optional(),
  outcome: z.string().optional(),
  because: z.string().optional(),
  via: z.string().optional(),
  override: z.boolean().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  /** Before and after are too long for here. */
  cut: z.boolean().optional(),
});
type Shown = z.output<typeof Entry>;

export const listActivity = reading({
  name: 'list_activity',
  action: 'activity.list',
  input: z.strictObject({ ...logFilters, ...Paging }),
  output: z.object({
    items: z.array(Entry),
    total: z.int().optional(),
    more_than: z.int().optional(),
    next_cursor: z.string().optional(),
  }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, target, { limit, cursor, ...query }) {
    const after = cursor === undefined ? undefined : desk.placeOf(query, cursor);
    const search = await searchOf(desk, target, query);
    if (!search) return { items: [], total: 0 };
    const { items, next } = await pageOfLog(desk, search, { limit, after });
    const shown = lightest(await shownOf(desk, search, items, roomInList), roomOfAnswer);
    const last = shown.length < items.length ? placeOf((items[shown.length - 1] as Seen).row) : next;
    const total = after || next ? await countOfLog(desk, search) : items.length;
    return {
      items: shown,
      ...(total === 'many' ? { more_than: countedTo } : total !== undefined && { total }),
      ...(last && { next_cursor: desk.cursor(query, last) }),
    };
  },
});

/** What an export puts into columns, in this order. */
const columns = [
  'at',
  'type',
  'outcome',
  'action',
  'by',
  'key',
  'surface',
  'entity_type',
  'id',
  'name',
  'workspace',
  'via',
  'override',
  'because',
  'before',
  'after',
] as const;

/** The same as a file, a page at a time: `room` bounds a page, and `each`` what an entry says of before and after, where it goes to a model; nothing does where it goes to a disk. */
const exporting = ({ room, each, most }: { room: number; each: number; most: number }) =>
  reading({
    name: 'export_activity',
    costly: true,
    action: 'activity.list',
    input: z.strictObject({
      ...logFilters,
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
    target: () => ({ noun: 'organization' }) as const,
    async run(desk, target, { cursor, ...query }) {
      const { format, ...asked } = query;
      const after = cursor === undefined ? undefined : desk.placeOf(query, cursor);
      const search = await searchOf(desk, target, asked satisfies LogQuery);
      const { items, next } = search ? await pageOfLog(desk, search, { limit: most, after }) : { items: [] };
      const entries = search ? await shownOf(desk, search, items, each) : [];
      const head = format === 'csv' && after === undefined ? [csvLine(columns)] : [];
      const lines = entries.map((it) =>
        format === 'csv' ? csvLine(columns.map((column) => it[column])) : jsonLine(it),
      );
      const fitting = lightest(lines, room - weightOf(head));
      const last = fitting.length < items.length ? placeOf((items[fitting.length - 1] as Seen).row) : next;
      return {
        format,
        data: [...head, ...fitting].join(''),
        rows: fitting.length,
        ...(last && { next_cursor: desk.cursor(query, last) }),
      };
    },
  });

export const exportActivity = exporting({ room: roomOfAnswer, each: 3_000, most: 200 });

/** The same operation for a door that streams: pages of a thousand, whole. */
export const exportActivityWhole = exporting({
  room: Number.POSITIVE_INFINITY,
  each: Number.POSITIVE_INFINITY,
  most: 1000,
});

const jsonLine = (it: object) => `${JSON.stringify(it)}\n`;

/** Estimated tokens that before and after of one entry may take in a list. */
const roomInList = 300;

async function shownOf(desk: Desk, search: LogSearch, seen: readonly Seen[], room: number): Promise<Shown[]> {
  const open = seen.filter(({ isOpen }) => isOpen);
  const told = await withoutHidden(desk, search, open);
  return seen.map((it) => shown(desk, search, it, told, room));
}

/** An entry on what the caller can't open now shows id and action alone (ACT-2). */
function shown(
  desk: Desk,
  { reach }: LogSearch,
  { row, isOpen, isOwn, name }: Seen,
  told: (value: unknown) => unknown,
  room: number,
): Shown {
  const id = entityId(desk, row);
  const least = { ...(id && { id }), action: row.action };
  if (!isOpen) return least;
  const before = row.before === null ? undefined : told(row.before);
  const after = row.after === null ? undefined : told(row.after);
  const isLong = weightOf([before, after]) > room;
  const isPlain = isOwn || (reach.all && reach.override);
  return {
    ...least,
    type: logTypeOf(row.action, row.outcome),
    at: new Date(row.at).toISOString(),
    by: row.email ?? row.surface,
    ...(row.key !== null && { key: row.key }),
    surface: row.surface,
    entity_type: row.kind ?? row.noun,
    ...(name !== undefined && { name }),
    ...(row.workspace !== null && { workspace: row.workspace }),
    outcome: row.outcome === 'allow' ? 'allowed' : 'refused',
    ...(row.outcome !== 'allow' && row.because !== null && { because: row.because }),
    ...(row.via !== null && { via: isPlain ? row.via : row.via.replace(/(group|team):.*/s, '$1') }),
    ...(row.overridden && { override: true }),
    ...(isLong ? { cut: true } : { ...(before !== undefined && { before }), ...(after !== undefined && { after }) }),
  };
}
