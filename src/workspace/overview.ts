import * as z from 'zod';
import { type ActivityFigure, figuresOf, type ResourceFigure } from '../storage/figures.ts';
import { incomingRequests, type Listed } from '../storage/request-lists.ts';
import { outside } from '../terms/ids.ts';
import { kindNames } from '../terms/kinds.ts';
import { visibilities } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { reading } from './operation.ts';
import { Words } from './shapes.ts';
import { lightest } from './weight.ts';
import { standingsOf, workspacesNamed } from './workspaces.ts';

const Resources = z.object({
  kind: z.string(),
  total: z.int(),
  private: z.int(),
  shared: z.int(),
  everyone: z.int(),
});

export const getOverview = reading({
  name: 'get_overview',
  costly: true,
  action: 'overview.see',
  input: z.strictObject({
    workspace: Words(200).optional().describe('Name or id; all of yours if left out.'),
    days: z.int().min(1).max(365).default(30).describe('How far back.'),
  }),
  output: z.object({
    workspaces: z.int(),
    since: z.string(),
    /** Of what the caller can open; of everything there, where an override counts. */
    resources: z.array(Resources),
    activity: z.object({
      by: z.string(),
      opens: z.int(),
      edits: z.int(),
      periods: z.array(z.object({ from: z.string(), opens: z.int(), edits: z.int() })),
    }),
    requests: z.object({
      pending: z.int(),
      approved: z.int(),
      denied: z.int(),
      cancelled: z.int(),
      expired: z.int(),
      median_wait_hours: z.number().optional(),
      longest_wait_hours: z.number().optional(),
    }),
    by_workspace: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        resources: z.int(),
        opens: z.int(),
        edits: z.int(),
        pending_requests: z.int(),
      }),
    ),
    more_workspaces: z.int().optional(),
    complete: z.boolean(),
  }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { workspace, days }) {
    const all = await standingsOf(desk);
    const those = workspace === undefined ? all : workspacesNamed(all, workspace);
    if (workspace !== undefined && those.length === 0) throw noWorkspace();
    const since = new Date(desk.now.getTime() - days * day);
    const by = days > 31 ? 'week' : 'day';
    const workspaces = those.map((it) => it.workspace);
    const scope = desk.scope('resource.open');
    const figures = await figuresOf(desk.tx, scope, desk.me, { workspaces, since, period: by });
    const incoming = await incomingRequests(desk.tx, scope, desk.me, { limit: mostRequests });
    const asked = incoming.items.filter(
      (it) =>
        workspaces.includes(it.workspace_id ?? '') && (it.status === 'pending' || new Date(it.created_at) >= since),
    );
    const each = those.map((it) => workspaceShown(it, figures, asked));
    each.sort((a, b) => b.resources - a.resources || (a.id < b.id ? -1 : 1));
    const shown = lightest(each.slice(0, 20), roomOfWorkspaces);
    return {
      workspaces: those.length,
      since: since.toISOString(),
      resources: resourcesShown(figures.resources),
      activity: { by, ...activityShown(figures.activity) },
      requests: requestsShown(asked, desk.now),
      by_workspace: shown,
      ...(each.length > shown.length && { more_workspaces: each.length - shown.length }),
      complete: figures.complete && !incoming.next,
    };
  },
});

/** In milliseconds. */
const day = 86_400_000;
const hour = 3_600_000;
/** How many requests are looked at, the newest. */
const mostRequests = 1000;
/** Estimated tokens. */
const roomOfWorkspaces = 3_000;

/** In the words of whatever else takes a workspace by name. */
const noWorkspace = () =>
  new Problem('not_found', 'No workspace of this name or id is there for you.', {
    advice: 'whoami shows your workspaces.',
  });

const sum = (numbers: readonly number[]) => numbers.reduce((all, n) => all + n, 0);

function resourcesShown(figures: readonly ResourceFigure[]): z.output<typeof Resources>[] {
  return kindNames.flatMap((kind) => {
    const of = figures.filter((it) => it.kind === kind);
    if (of.length === 0) return [];
    const [priv, shared, everyone] = visibilities.map((level) =>
      sum(of.filter(({ visibility }) => visibility === level).map(({ n }) => n)),
    ) as [number, number, number];
    return [{ kind, total: priv + shared + everyone, private: priv, shared, everyone }];
  });
}

function activityShown(figures: readonly ActivityFigure[]) {
  const starts = [...new Set(figures.map(({ period }) => period))].sort();
  const periods = starts.map((from) => ({ from, ...countsOf(figures.filter(({ period }) => period === from)) }));
  return { ...countsOf(figures), periods };
}

const countsOf = (figures: readonly ActivityFigure[]) => ({
  opens: sum(figures.map(({ opens }) => opens)),
  edits: sum(figures.map(({ edits }) => edits)),
});

/** How long those waited that were decided, in the middle of them, and how long the oldest pending one has. */
function requestsShown(requests: readonly Listed[], now: Date) {
  const of = (status: Listed['status']) => requests.filter((it) => it.status === status);
  const ages = of('pending').map(({ created_at }) => hours(created_at, now));
  const waits = requests
    .filter(({ status, decided_at }) => (status === 'approved' || status === 'denied') && decided_at)
    .map(({ created_at, decided_at }) => hours(created_at, new Date(decided_at ?? now)))
    .sort((a, b) => a - b);
  const median = waits[Math.floor((waits.length - 1) / 2)];
  return {
    pending: ages.length,
    approved: of('approved').length,
    denied: of('denied').length,
    cancelled: of('cancelled').length,
    expired: of('expired').length,
    ...(median !== undefined && { median_wait_hours: median }),
    ...(ages.length > 0 && { longest_wait_hours: Math.max(...ages) }),
  };
}

const hours = (from: string, to: Date) => Math.round((10 * (to.getTime() - new Date(from).getTime())) / hour) / 10;

function workspaceShown(
  { workspace, name }: { workspace: string; name: string },
  { resources, activity }: { resources: readonly ResourceFigure[]; activity: readonly ActivityFigure[] },
  requests: readonly Listed[],
) {
  return {
    id: outside('workspace', workspace),
    name,
    resources: sum(resources.filter((it) => it.workspace === workspace).map(({ n }) => n)),
    ...countsOf(activity.filter((it) => it.workspace === workspace)),
    pending_requests: requests.filter((it) => it.workspace_id === workspace && it.status === 'pending').length,
  };
}
