import { scope } from '../../src/access/scope.ts';
import {
  countOfEntries,
  entriesOf,
  keysOfLog,
  type LogWanted,
  peopleOfLog,
  reachOfLog,
  workspacesOfLog,
} from '../../src/storage/activity-list.ts';
import { figuresOf } from '../../src/storage/figures.ts';
import { listedArea } from '../../src/storage/lists.ts';
import { knownCircles, openNow } from '../../src/storage/log-entities.ts';
import { standings } from '../../src/storage/standing.ts';
import { here } from './boundary.ts';
import type { Bench } from './read-bench.ts';

const reach = async ({ tx, decided }: Bench) =>
  reachOfLog(tx, await decided('activity.list', { noun: 'organization' }), undefined);

const entity = (noun: string, name: string, kind: 'workflow' | null = null) => ({
  noun,
  kind,
  entity_id: here.uuid(name),
});

/** Every way of asking, each with an index of its own. */
const wants = (): LogWanted[] => [
  {},
  { people: [here.uuid('ada')] },
  { credentials: [here.uuid('ada')] },
  { workspaces: [here.uuid('growth')] },
  { entity: { id: here.uuid('payroll'), sort: 'workflow' } },
  { actions: ['resource.open'], refusals: true, sort: 'workflow', outcome: 'allow' },
];

/** What is read of the log, and of figures. */
export const logReads: Readonly<Record<string, (bench: Bench) => Promise<() => Promise<unknown>>>> = {
  reachOfLog: async (bench) => () => reach(bench),
  entriesOf: async (bench) => {
    const of = await reach(bench);
    return async () => {
      for (const wanted of wants()) {
        await entriesOf(bench.tx, of, wanted, 50);
        await entriesOf(bench.tx, { ...of, all: true }, wanted, 50);
      }
    };
  },
  countOfEntries: async (bench) => {
    const of = await reach(bench);
    return () => countOfEntries(bench.tx, of, {}, 50);
  },
  peopleOfLog:
    async ({ tx, me }) =>
    () =>
      peopleOfLog(tx, me, 'ada@acme.test'),
  keysOfLog:
    async ({ tx, me }) =>
    () =>
      keysOfLog(tx, me, { text: 'key' }),
  workspacesOfLog: async (bench) => {
    const of = await reach(bench);
    return () => workspacesOfLog(bench.tx, of, { text: 'growth' });
  },
  openNow:
    async ({ tx, me }) =>
    () =>
      openNow(tx, me, false, [
        entity('resource', 'payroll', 'workflow'),
        entity('request', 'asked'),
        entity('workspace', 'growth'),
        entity('project', 'spring'),
        entity('person', 'bo'),
        entity('group', 'ops'),
        entity('team', 'launch'),
        entity('invitation', 'asked'),
      ]),
  knownCircles:
    async ({ tx, me }) =>
    () =>
      knownCircles(tx, me, [here.uuid('ops')]),
  listedArea:
    async ({ tx, me }) =>
    async () =>
      listedArea(tx, await standings(tx, me, false), me, { kind: 'workflow', limit: 50 }),
  figuresOf:
    async ({ tx, me }) =>
    () =>
      figuresOf(tx, scope('resource.open', { override: false }), me, {
        workspaces: [here.uuid('growth')],
        since: new Date(0),
        period: 'day',
      }),
};
