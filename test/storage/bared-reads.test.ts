import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import type { Action, NounOf } from '../../src/access/policy.ts';
import { scope } from '../../src/access/scope.ts';
import { audienceOf, levelsOn } from '../../src/storage/audience.ts';
import type { Tx } from '../../src/storage/database.ts';
import { type Decided, decideOn } from '../../src/storage/decided.ts';
import { findPrincipals, principalsNamed } from '../../src/storage/directory.ts';
import { factsAbout, factsFor, type Ref } from '../../src/storage/facts.ts';
import { grantsOn, grantTo, hiddenPrincipals, personGranted } from '../../src/storage/grants.ts';
import { keptUnder } from '../../src/storage/idempotency.ts';
import { rowsRead } from '../../src/storage/list-rows.ts';
import { countOfResources, pageOfResources } from '../../src/storage/lists.ts';
import { ownerEmail } from '../../src/storage/people.ts';
import { projectSeen } from '../../src/storage/projects.ts';
import { incomingRequests, sentRequests } from '../../src/storage/request-lists.ts';
import { askedSoFar, cameTrue } from '../../src/storage/requests.ts';
import { revisionBody, revisionHead, revisionsOf } from '../../src/storage/revisions.ts';
import { gatesOf, namesOf, reachOf, standings } from '../../src/storage/standing.ts';
import { storage, superuser } from '../support/world.ts';
import { bared } from './bared.ts';
import { foreign, here, mine } from './boundary.ts';
import { tap } from './tap.ts';

interface Bench {
  readonly tx: Tx;
  readonly me: Actor;
  decided<A extends Action>(action: A, ref: Ref<NounOf<A>>): Promise<Decided<A>>;
}

const payroll = () => ({ noun: 'resource', kind: 'workflow', id: here.uuid('payroll') }) as const;
const window = { limit: 50 };
const scoped = scope('resource.open', { override: false });

/** Every function of storage that reads as whoever is served; each with its module. */
const reads: Readonly<Record<string, (bench: Bench) => Promise<() => Promise<unknown>>>> = {
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
      rowsRead(tx, me.organization, 'workflow', [{ row: `\x1f\x1f\x1f\x1f0\x1f17:group:${here.uuid('ops')}\x1fname` }]),
  pageOfResources:
    async ({ tx, me }) =>
    async () => {
      await pageOfResources(tx, scoped, me, { kind: 'workflow', ...window });
      await pageOfResources(tx, scoped, me, { kind: 'workflow', query: 'a', ...window });
    },
  countOfResources:
    async ({ tx, me }) =>
    () =>
      countOfResources(tx, scoped, me, { kind: 'workflow', ...window }),
  audienceOf:
    async ({ tx, me }) =>
    () =>
      audienceOf(tx, me, payroll(), window),
  levelsOn:
    async ({ tx, me }) =>
    () =>
      levelsOn(tx, me, [payroll()]),
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
  askedSoFar: async ({ tx, decided }) => {
    const target = await decided('request.make', { noun: 'organization' });
    return () => askedSoFar(tx, target, here.uuid('payroll'));
  },
  keptUnder:
    async ({ tx }) =>
    () =>
      keptUnder(tx, mine, 'k'),
};

/** Those that only write, or lock; the inserts and updates above speak for them. */
const writes = [
  'claimKey',
  'closeRequest',
  'deliverRequest',
  'grant',
  'insertResource',
  'insertRevision',
  'keepGrant',
  'lock',
  'log',
  'setBinned',
  'setOwner',
  'settleRequests',
  'storeVisibility',
  'ungrant',
  'updateResource',
  'useConfirmation',
];

describe('every read of storage with its conditions taken out (EXP-6)', () => {
  test('no function that takes a transaction is left out; the operator’s enter as the tables’ owner', () => {
    const found = globSync('src/storage/*.ts')
      .filter((file) => !file.includes('operator') && !file.endsWith('database.ts'))
      .flatMap((file) =>
        [
          ...readFileSync(file, 'utf8').matchAll(
            /^export (?:async function|function|const) (\w+)(?:<[^\n(]*>)?(?: = statement\(|(?: = (?:async )?)?\(\s*tx\b)/gm,
          ),
        ].map(([, name]) => name),
      );
    expect(found.sort()).toEqual([...Object.keys(reads), ...writes].sort());
  });

  test.each(Object.keys(reads))(
    '%s still shows nothing of another organization, nor of a workspace out of reach',
    async (name) => {
      const shown: unknown[] = [];
      const unguarded: unknown[] = [];
      let ran = 0;
      const storehouse = await storage();
      const attempt = async (tx: Tx) => {
        const { me } = (await factsFor(tx, mine, { noun: 'organization' }))!;
        const decided: Bench['decided'] = async (action, ref) => {
          const ruling = await decideOn(tx, mine, action, ref);
          if (!ruling?.allowed) throw new Error(`${action} is not allowed`);
          return ruling.decided;
        };
        const run = await reads[name]!({ tx, me, decided });
        const untap = tap(async (text, values, query) => {
          if (!/^\s*(select|with)\b/i.test(text) || /\bset_config\b/.test(text)) return undefined;
          ran++;
          const bare = bared(text, values);
          unguarded.push((await superuser.query(bare)).rows);
          const result = await query(bare);
          shown.push(result.rows);
          return result;
        });
        await run().catch(only(TypeError)).finally(untap);
      };
      // A transaction that only reads knows its caller; one that writes asks again.
      await storehouse.reading(mine, attempt);
      await storehouse.writing(mine, attempt);
      expect(ran).toBeGreaterThan(0);
      const idsIn = (rows: unknown[]) => JSON.stringify(rows).match(/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [];
      const hasForeign = (rows: unknown[]) =>
        idsIn(rows).some((id) => foreign.has(id)) ||
        JSON.stringify(rows).includes('ledger') ||
        JSON.stringify(rows).includes('budget');
      if (idsIn(unguarded).length) expect(hasForeign(unguarded), 'without the guard it would show').toBe(true);
      expect(hasForeign(shown)).toBe(false);
    },
  );
});

/** A function of storage may stumble over rows that it did not ask for; what it was shown is on record by then. */
const only = (kind: typeof TypeError) => (thrown: unknown) => {
  if (!(thrown instanceof kind)) throw thrown;
};
