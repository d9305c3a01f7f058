import { at, byRest, Refused } from './caller.ts';
import type { Standing } from './installation.ts';

/**
 * Many writers behind one lock: each is answered, by a refusal that says to come again and by no failure, and whoever only reads is
 * served while they wait (DEC-8).
 */
export async function pool({ here, server }: Standing, writers: number) {
  const service = at(server.address);
  const [ada, bo] = [byRest(service, here.keys.ada as string), byRest(service, here.keys.bo as string)];
  const id = here.world.id('plans');
  const { revision } = await ada('open_workflow', { id });
  const sql = await here.entered();
  await sql.query('begin');
  await sql.query('select from resource where id = $1 for update', [here.world.uuid('plans')]);
  try {
    /** In the order in which they were answered. */
    const order: ('write' | 'read')[] = [];
    const codes: string[] = [];
    const write = async (_: unknown, i: number) => {
      codes.push(await codeOf(ada('edit_workflow', { id, revision, name: `Plans ${i}` })));
      order.push('write');
    };
    const read = async () => {
      await bo('list_workflows', {});
      order.push('read');
    };
    const since = performance.now();
    const writing = Promise.all(Array.from({ length: writers }, write));
    const reading = Promise.all(Array.from({ length: writers }, read)).then(() => performance.now() - since);
    const [allRead] = await Promise.all([reading, writing]);
    await sql.query('commit');
    const after = await ada('edit_workflow', { id, revision, name: 'Plans' });
    return {
      answers: Object.fromEntries([...Map.groupBy(codes, (it) => it)].map(([code, those]) => [code, those.length])),
      /** How many were still waiting for the lock when the last reader had been served. */
      behind: writers - order.slice(0, order.lastIndexOf('read')).filter((it) => it === 'write').length,
      allRead: Math.round(allRead),
      edited: after.revision === revision + 1,
    };
  } finally {
    await sql.end();
  }
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (thrown) => {
      if (thrown instanceof Refused) return thrown.code;
      throw thrown;
    },
  );
