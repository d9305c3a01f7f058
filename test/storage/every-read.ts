import { scope } from '../../src/access/scope.ts';
import { audienceOf } from '../../src/storage/audience.ts';
import { pageOfBin } from '../../src/storage/bin.ts';
import { contactsOf, countOfContacts } from '../../src/storage/contacts.ts';
import { decideOn } from '../../src/storage/decided.ts';
import { findPrincipals, principalsNamed } from '../../src/storage/directory.ts';
import { factsAbout, factsFor } from '../../src/storage/facts.ts';
import { grantsOn, grantTo, hiddenPrincipals, personGranted } from '../../src/storage/grants.ts';
import { groundsOf } from '../../src/storage/grounds.ts';
import { keptUnder } from '../../src/storage/idempotency.ts';
import { areaOf } from '../../src/storage/incoming.ts';
import { secretFact } from '../../src/storage/integrations.ts';
import { rowsRead } from '../../src/storage/list-rows.ts';
import { countOfResources, pageOfResources } from '../../src/storage/lists.ts';
import { notificationStanding, notificationsOf } from '../../src/storage/notifications.ts';
import { ownerEmail } from '../../src/storage/people.ts';
import { projectSeen } from '../../src/storage/projects.ts';
import { incomingRequests, sentRequests } from '../../src/storage/request-lists.ts';
import { cameTrue, metOf, settleRequests } from '../../src/storage/request-settling.ts';
import { askedSoFar } from '../../src/storage/requests.ts';
import { reviewersOf } from '../../src/storage/reviewers.ts';
import { findings, findingsOn } from '../../src/storage/reviews.ts';
import { revisionBody, revisionHead, revisionsOf } from '../../src/storage/revisions.ts';
import { gatesOf, namesOf, reachOf, standings } from '../../src/storage/standing.ts';
import { pairsTouched } from '../../src/storage/touched.ts';
import { here, mine } from './boundary.ts';
import { logReads } from './log-reads.ts';
import { peopleReads, peopleWrites } from './people-reads.ts';
import type { Bench } from './read-bench.ts';
import { spaceReads, spaceWrites } from './space-reads.ts';

const payroll = () => ({ noun: 'resource', kind: 'workflow', id: here.uuid('payroll') }) as const;
const window = { limit: 50 };
const scoped = scope('resource.open', { override: false });

/** Every function of storage that reads as whoever is served; each with its module. */
export const reads: Readonly<Record<string, (bench: Bench) => Promise<() => Promise<unknown>>>> = {
  factsFor:
    async ({ tx }) =>
    async () => {
      for (const ref of [
        payroll(),
        { ...payroll(), noun: 'bin' },
        { noun: 'workspace', kind: 'workflow', id: here.uuid('growth') },
        { noun: 'request', id: here.uuid('asked') },
        { noun: 'organization' },
      ] as const) {
        await factsFor(tx, mine, ref);
      }
    },
  factsAbout:
    async ({ tx, me }) =>
    () =>
      factsAbout(tx, me, here.uuid('bo'), payroll()),
  decideOn:
    async ({ tx }) =>
    () =>
      decideOn(tx, mine, 'resource.edit', payroll()),
  /** What factsFor comes to in a transaction that only reads. */
  readFor:
    async ({ tx }) =>
    () =>
      factsFor(tx, mine, payroll()),
  reachOf:
    async ({ tx }) =>
    () =>
      reachOf(tx),
  gatesOf:
    async ({ tx, me }) =>
    () =>
      gatesOf(tx, me),
  standings:
    async ({ tx, me }) =>
    () =>
      standings(tx, me, true),
  namesOf:
    async ({ tx, me }) =>
    () =>
      namesOf(tx, me.organization, [here.uuid('ops'), here.uuid('launch')]),
  rowsRead:
    async ({ tx, me }) =>
    () =>
      rowsRead(tx, me.organization, [`\x1f\x1f\x1f\x1f0\x1f17:group:${here.uuid('ops')}\x1fworkflow\x1fname`]),
  pageOfResources:
    async ({ tx, me }) =>
    async () => {
      await pageOfResources(tx, scoped, me, { kind: 'workflow', ...window });
      await pageOfResources(tx, scoped, me, { kind: 'workflow', query: 'a', ...window });
    },
  pageOfBin:
    async ({ tx, me }) =>
    () =>
      pageOfBin(tx, scope('resource.bin', { override: false }), me, window, 10),
  countOfResources:
    async ({ tx, me }) =>
    () =>
      countOfResources(tx, scoped, me, { kind: 'workflow', ...window }),
  audienceOf:
    async ({ tx, me }) =>
    () =>
      audienceOf(tx, me, payroll(), window),
  findingsOn:
    async ({ tx, me }) =>
    () =>
      findingsOn(tx, me, [here.uuid('payroll'), here.uuid('budget')], { kinds: findings, unusedDays: 1 }),
  groundsOf:
    async ({ tx, me }) =>
    () =>
      groundsOf(tx, me, [here.uuid('ada'), here.uuid('bo')], [here.uuid('payroll'), here.uuid('budget')]),
  pairsTouched:
    async ({ tx, me }) =>
    () =>
      pairsTouched(
        tx,
        scoped,
        me,
        { resources: [], principals: [here.uuid('ops')], workspaces: [here.uuid('growth')] },
        { most: 50 },
      ),
  findPrincipals:
    async ({ tx, me }) =>
    () =>
      findPrincipals(tx, me, { text: 'a', types: ['person', 'group', 'team'], ...window }),
  principalsNamed:
    async ({ tx, me }) =>
    () =>
      principalsNamed(tx, me, 'group', { text: 'ops' }),
  ownerEmail:
    async ({ tx, me }) =>
    () =>
      ownerEmail(tx, me, here.uuid('ada')),
  grantTo: async ({ tx, decided }) => {
    const target = await decided('resource.share', payroll());
    return () => grantTo(tx, target, here.uuid('ops'));
  },
  grantsOn: async ({ tx, decided }) => {
    const target = await decided('resource.audience', payroll());
    return () => grantsOn(tx, target);
  },
  personGranted: async ({ tx, decided }) => {
    const target = await decided('resource.unshare', payroll());
    return () => personGranted(tx, target, { id: undefined, text: here.email('ada') });
  },
  hiddenPrincipals: async ({ tx, decided }) => {
    const target = await decided('resource.audience', payroll());
    return () => hiddenPrincipals(tx, target);
  },
  revisionHead: async ({ tx, decided }) => {
    const target = await decided('resource.open', payroll());
    return () => revisionHead(tx, target, 1);
  },
  revisionBody: async ({ tx, decided }) => {
    const target = await decided('resource.open', payroll());
    return () => revisionBody(tx, target, 1);
  },
  revisionsOf: async ({ tx, decided }) => {
    const target = await decided('resource.revisions', payroll());
    return () => revisionsOf(tx, target, window);
  },
  secretFact: async ({ tx, decided }) => {
    const target = await decided('resource.open', payroll());
    return () => secretFact(tx, target);
  },
  contactsOf: async ({ tx, decided }) => {
    const target = await decided('audience.list', { noun: 'workspace', id: here.uuid('growth') });
    return () => contactsOf(tx, target, { query: 'x', limit: 50 });
  },
  countOfContacts: async ({ tx, decided }) => {
    const target = await decided('audience.list', { noun: 'workspace', id: here.uuid('growth') });
    return () => countOfContacts(tx, target, undefined, 50);
  },
  projectSeen:
    async ({ tx, me }) =>
    () =>
      projectSeen(tx, me, true, here.uuid('spring')),
  sentRequests:
    async ({ tx, me }) =>
    () =>
      sentRequests(tx, scoped, me, window),
  incomingRequests:
    async ({ tx, me }) =>
    () =>
      incomingRequests(tx, scoped, me, window),
  cameTrue:
    async ({ tx, me }) =>
    () =>
      cameTrue(tx, me),
  metOf:
    async ({ tx, me }) =>
    () =>
      metOf(tx, me, [here.uuid('asked')]),
  settleRequests:
    async ({ tx, me }) =>
    () =>
      settleRequests(tx, me, { resource: here.uuid('payroll') }),
  areaOf:
    async ({ tx, me }) =>
    () =>
      areaOf(tx, me, true),
  askedSoFar: async ({ tx, decided }) => {
    const target = await decided('request.make', { noun: 'organization' });
    return () => askedSoFar(tx, target, here.uuid('payroll'));
  },
  reviewersOf:
    async ({ tx, me }) =>
    () =>
      reviewersOf(tx, me, here.uuid('asked')),
  notificationsOf:
    async ({ tx, me }) =>
    () =>
      notificationsOf(tx, me, window),
  notificationStanding:
    async ({ tx, me }) =>
    () =>
      notificationStanding(tx, me),
  keptUnder:
    async ({ tx }) =>
    () =>
      keptUnder(tx, mine, 'k'),
  ...spaceReads,
  ...peopleReads,
  ...logReads,
};

/** Those that only write, or lock; the inserts and updates above speak for them. */
export const writes = [
  'claimKey',
  'closeRequest',
  'deliverRequest',
  'dropSecret',
  'grant',
  'insertResource',
  'insertRevision',
  'keepGrant',
  'keepSecret',
  'lock',
  'log',
  'markRead',
  'purge',
  'setBinned',
  'setOwner',
  'storeInstalled',
  'storeVisibility',
  'tell',
  'ungrant',
  'updateResource',
  'useConfirmation',
  ...spaceWrites,
  ...peopleWrites,
];
