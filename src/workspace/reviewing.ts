import * as z from 'zod';
import type { ListedRow } from '../storage/list-rows.ts';
import { pageOfResources } from '../storage/lists.ts';
import { type Finding, type Found, findings, findingsOn } from '../storage/reviews.ts';
import { outside } from '../terms/ids.ts';
import { type Desk, reading } from './operation.ts';
import { Paging } from './shapes.ts';
import { handleOf } from './sharing.ts';
import { unnamed } from './vias.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { whereToLook } from './workspaces.ts';

const Item = z.object({
  resource: z.object({ id: z.string(), kind: z.string(), name: z.string(), workspace: z.string() }),
  finding: z.enum(findings),
  with: z.string().optional(),
  name: z.string().optional(),
  role: z.string().optional(),
  since: z.string().optional(),
  last_used: z.string().optional(),
  clean_up: z.record(z.string(), z.string()).describe('An item for clean_up_access.'),
});

/** How many resources are looked through for one page of findings. */
const stride = 100;
const strides = 10;

/** Where a review goes on: behind this resource, after so many findings of the next. */
interface Place {
  readonly after?: string | undefined;
  readonly skip: number;
}

export const reviewAccess = reading({
  name: 'review_access',
  costly: true,
  action: 'review.see',
  input: z.strictObject({
    workspace: z.string().max(200).optional().describe('Name or id; all if left out.'),
    findings: z.array(z.enum(findings)).min(1).optional().describe('All if left out.'),
    unused_days: z.int().min(1).max(3650).default(90),
    ...Paging,
  }),
  output: z.object({ items: z.array(Item), next_cursor: z.string().optional() }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { cursor, limit, ...query }) {
    const workspaces = await whereToLook(desk, query.workspace);
    if (workspaces?.length === 0) return { items: [] };
    const from = cursor === undefined ? { skip: 0 } : (JSON.parse(desk.placeOf(query, cursor)) as Place);
    const { found, next } = await reviewed(desk, { ...query, workspaces, limit }, from);
    const items = lightest(
      found.slice(0, limit).map(({ row, it }) => shown(desk, row, it)),
      roomOfAnswer,
    );
    const last = items.length < found.length ? placeBehind(found, items.length, from) : next;
    return { items, ...(last && { next_cursor: desk.cursor(query, JSON.stringify(last)) }) };
  },
});

interface Reviewed {
  readonly row: ListedRow;
  readonly it: Found;
}

interface Wanted {
  readonly workspaces: readonly string[] | undefined;
  readonly findings?: readonly Finding[] | undefined;
  readonly unused_days: number;
  readonly limit: number;
}

/** The findings on what the caller may review, newest resources first; a page may hold fewer than it could and still go on. */
async function reviewed(
  desk: Desk,
  { workspaces, findings: kinds = findings, unused_days, limit }: Wanted,
  { after, skip }: Place,
): Promise<{ found: Reviewed[]; next: Place | undefined }> {
  const found: Reviewed[] = [];
  let place = after;
  for (let left = strides; left > 0; left--) {
    const page = await pageOfResources(desk.tx, desk.scope('resource.audience'), desk.me, {
      workspaces,
      access: 'owner',
      limit: stride,
      after: place,
    });
    const rows = new Map(page.items.map((row) => [row.id, row]));
    const all = await findingsOn(desk.tx, desk.me, [...rows.keys()], { kinds, unusedDays: unused_days });
    found.push(...all.map((it) => ({ it, row: rows.get(it.resource) as ListedRow })));
    place = page.next;
    if (found.length > limit + skip || !place) break;
  }
  return { found: found.slice(skip), next: place === undefined ? undefined : { after: place, skip: 0 } };
}

/** Behind the first so many findings: some of one resource's may be shown already. */
function placeBehind(found: readonly Reviewed[], count: number, from: Place): Place {
  const last = found[count - 1];
  const resource = found[count]?.row.id;
  if (!last || resource === undefined) return from;
  const earlier = found.slice(0, count).findLast(({ row }) => row.id !== resource)?.row.id;
  const skip = found.slice(0, count).filter(({ row }) => row.id === resource).length;
  return earlier === undefined ? { ...from, skip: from.skip + skip } : { after: earlier, skip };
}

function shown(desk: Desk, row: ListedRow, it: Found): z.input<typeof Item> {
  const id = outside(row.kind, row.id);
  const isGrant = it.finding === 'outside_grant' || it.finding === 'unused_grant';
  const whom = it.principal &&
    it.principal_id &&
    isGrant && {
      with: it.hidden
        ? handleOf(desk, row.id, { ...it, principal: it.principal, principal_id: it.principal_id })
        : `${it.principal}:${outside(it.principal, it.principal_id)}`,
    };
  return {
    resource: { id, kind: row.kind, name: row.name, workspace: outside('workspace', row.workspace_id) },
    finding: it.finding,
    ...whom,
    ...(it.name && { name: it.hidden && it.principal ? unnamed(it.principal) : it.name }),
    ...(it.level && { role: it.level }),
    ...(it.since && { since: new Date(it.since).toISOString() }),
    ...(it.last_used && { last_used: new Date(it.last_used).toISOString() }),
    clean_up: whom
      ? { id, do: 'unshare', with: whom.with }
      : { id, do: it.finding === 'owner_gone' ? 'transfer' : 'make_private' },
  };
}
