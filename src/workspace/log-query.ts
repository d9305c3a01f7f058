import * as z from 'zod';
import { actionsOfType, type LogType, logTypes } from '../access/log-type.ts';
import {
  keysOfLog,
  type LogReach,
  type LogRow,
  type LogWanted,
  peopleOfLog,
  reachOfLog,
  workspacesOfLog,
} from '../storage/activity-list.ts';
import type { Decided } from '../storage/decided.ts';
import { inside, type Named, prefixes } from '../terms/ids.ts';
import { kindNames } from '../terms/kinds.ts';
import { Problem } from '../terms/problem.ts';
import type { Desk } from './operation.ts';
import { Id, Words } from './shapes.ts';
import { whereToLook } from './workspaces.ts';

const changes = logTypes.filter((it) => it !== 'opened' && it !== 'denied');

/** What the log can be asked for: by whom, where, of which type, on what, when, by which key, how it ended (ACT-2). */
export const logFilters = {
  email: Words(320).optional().describe('Who did it.'),
  key: Words(200).optional().describe('Name or id of the key that did it.'),
  workspace: Words(200).optional().describe('Name or id.'),
  type: z
    .array(z.enum([...logTypes, 'changed']))
    .min(1)
    .max(8)
    .optional()
    .describe('Any of these; changed is all but opened and denied.'),
  entity_type: z
    .enum([
      ...kindNames,
      'workspace',
      'project',
      'group',
      'team',
      'person',
      'request',
      'invitation',
      'credential',
      'organization',
    ])
    .optional(),
  id: Id.optional().describe('Of what it was done to.'),
  outcome: z.enum(['allowed', 'refused']).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
};

export type LogQuery = z.output<z.ZodObject<typeof logFilters>>;

/** A question to the log, ready to be put. */
export interface LogSearch {
  readonly reach: LogReach;
  readonly wanted: LogWanted;
  /** Whether an entry that shows by id and action alone could be found by more than it shows. */
  readonly telling: boolean;
  fits(row: LogRow, isShown: boolean): boolean;
}

/** Nothing where the question names what the log does not know of for the caller. */
export async function searchOf(
  desk: Desk,
  target: Decided<'activity.list'>,
  query: LogQuery,
): Promise<LogSearch | undefined> {
  const audit = await desk.may('activity.audit', { noun: 'organization' });
  const reach = await reachOfLog(desk.tx, target, audit instanceof Problem ? undefined : audit);
  const { email, key, outcome, type, from, to } = query;
  const entity = query.id === undefined ? undefined : entityOf(query.id);
  if (query.id !== undefined && !entity) return undefined;
  const types = type && new Set(type.flatMap((it) => (it === 'changed' ? changes : [it])));
  const done =
    types &&
    [...types].filter((it) => it !== 'denied').flatMap((it) => actionsOfType(it as Exclude<LogType, 'denied'>));
  const refusals = types?.has('denied') ?? false;
  const telling =
    !reach.override && (reach.all || reach.overseen.length > 0) && Boolean(email ?? key ?? outcome ?? type);
  const wanted: LogWanted = {
    people: email === undefined ? undefined : await peopleOfLog(desk.tx, desk.me, email.trim()),
    credentials:
      key === undefined
        ? undefined
        : await keysOfLog(desk.tx, desk.me, { id: inside('credential', key), text: key.trim() }),
    workspaces: await workspacesFrom(desk, reach, query.workspace),
    ...(entity && (entity.sort === 'organization' ? { sort: entity.sort } : { entity })),
    ...(query.entity_type && { sort: query.entity_type }),
    actions: done,
    refusals,
    outcome: outcome ? (outcome === 'allowed' ? 'allow' : 'refused') : done && !telling ? 'allow' : undefined,
    from,
    to,
  };
  return {
    reach,
    wanted,
    telling,
    fits: (row, isShown) =>
      isShown
        ? !done || (row.outcome === 'allow' ? done.includes(row.action) : refusals)
        : (email ?? key ?? outcome) === undefined && (!done || done.includes(row.action)),
  };
}

/** What an id names, told by its form alone; of another organization's id nothing comes, since its entries are not in reach. */
function entityOf(text: string): LogWanted['entity'] {
  for (const named of Object.keys(prefixes) as Named[]) {
    const id = inside(named, text);
    if (id) return { id, sort: named };
  }
  return undefined;
}

async function workspacesFrom(desk: Desk, reach: LogReach, named: string | undefined) {
  if (named === undefined || !(reach.all && reach.override)) return whereToLook(desk, named);
  return workspacesOfLog(desk.tx, reach, { id: inside('workspace', named), text: named.trim() });
}
