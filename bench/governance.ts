import { sql } from 'kysely';
import { openDatabase, storeOf } from '../src/storage/database.ts';
import { outside } from '../src/terms/ids.ts';
import type { Operation } from '../src/workspace/operation.ts';
import { operations } from '../src/workspace/operations.ts';
import { openPostern } from '../src/workspace/postern.ts';
import type { Session } from '../src/workspace/session.ts';
import { keyFor } from './calls.ts';
import { type Crowd, crowdIn } from './crowd.ts';
import type { Ground } from './data.ts';
import { type Figure, medians, middle } from './measure.ts';

/** What explaining and changing access costs where a group has 1,000 people and someone owns 10,000 workflows. */
export async function governance(ground: Ground): Promise<Figure[]> {
  const crowd = await crowdIn(ground);
  const postern = await openPostern({ app: ground.app });
  const database = await openDatabase(ground.app);
  try {
    const owner = await postern.admit(await keyFor(ground, 1));
    const ask = (operation: Operation, input: object) => () => owner.perform(operation, input);
    const group = outside('group', crowd.group);
    const id = outside('workflow', crowd.shared);
    const share = { id: outside('workflow', crowd.other), with: `group:${group}`, role: 'viewer' };
    const join = { id: group, set: [{ person: crowd.newcomer, role: 'viewer' }] };
    const { one, ...times } = await medians(60, {
      one: () => database.single((tx) => sql`select ${1}::int`.execute(storeOf(tx))),
      access: ask(operations.get_access, { id, limit: 50 }),
      share: ask(operations.simulate_access, { change: 'share_resource', arguments: share, limit: 50 }),
      join: ask(operations.simulate_access, { change: 'update_group_members', arguments: join, limit: 50 }),
    });
    const ratio = (question: string, ms: number): Figure => ({
      question,
      figure: ms / one,
      bound: 100,
      note: `${ms.toFixed(2)} ms, select 1 ${one.toFixed(2)} ms`,
    });
    return [
      ratio('who has access, shared with 1,000: a page', times.access),
      ratio('simulate sharing with 1,000: a page', times.share),
      ratio('simulate joining a group with 300 grants', times.join),
      ...(await changing(ground, owner, crowd)),
    ];
  } finally {
    await postern.close();
    await database.close();
  }
}

/** A change of many members at once, and the removal of an owner of 10,000 while others read, in seconds and as a ratio. */
async function changing(ground: Ground, owner: Session, crowd: Crowd): Promise<Figure[]> {
  const group = outside('group', crowd.group);
  const people = crowd.others.map((person) => ({ person, role: 'viewer' }));
  const staffing = await secondsOf(() => confirmed(owner, operations.update_group_members, { id: group, set: people }));
  const leaving = await secondsOf(() =>
    confirmed(owner, operations.update_group_members, { id: group, remove: crowd.others }),
  );
  const admin = await (await openPostern({ app: ground.app })).admit(await keyFor(ground, 2));
  const reads: number[] = [];
  let reading = true;
  const reader = (async () => {
    while (reading)
      reads.push(
        1000 *
          (await secondsOf(() => owner.perform(operations.open_workflow, { id: outside('workflow', crowd.shared) }))),
      );
  })();
  const removing = await secondsOf(() => confirmed(admin, operations.remove_member, { id: crowd.rich })).finally(() => {
    reading = false;
    return reader;
  });
  return [
    { question: 'adding 100 people to it, in seconds', figure: staffing, bound: 1 },
    { question: 'taking them out, in seconds', figure: leaving, bound: 1 },
    { question: 'removing an owner of 10,000, in seconds', figure: removing, bound: 5 },
    {
      question: 'the longest read meanwhile, in seconds',
      figure: Math.max(...reads) / 1000,
      bound: 1,
      note: `${reads.length} reads, ${middle(reads).toFixed(1)} ms in the middle`,
    },
  ];
}

async function confirmed(session: Session, operation: Operation, input: object): Promise<void> {
  const { confirm } = await session.perform(operation, input);
  await session.perform(operation, input, { confirm: confirm as string });
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
