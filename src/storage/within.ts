import { sql } from 'kysely';
import { type Caller, type Database, type Entrance, enter, storeOf, type Tx, txOn } from './database.ts';
import { lane } from './lane.ts';

/** However much there is to do, it waits its turn. In milliseconds. */
const oneAtATime = { most: 1, waiting: 1_000, patience: 60_000 };

/**
 * A database whose transactions are parts of `tx`, which from now on is of the role that serves. A part can be taken back by itself; what
 * the others did stays if all of `tx` does. They take turns, and see what those before them did.
 */
export async function within(tx: Tx): Promise<Database> {
  const store = storeOf(tx);
  const turns = lane(oneAtATime);
  await sql`set local role postern_app`.execute(store);
  const part = <T>(work: (caller: Caller | null | undefined) => Promise<T>, entrance?: Entrance) =>
    turns.enter(async () => {
      await sql`savepoint part`.execute(store);
      try {
        const done = await work(entrance && (await enter(store, entrance, 'on')));
        await sql`release savepoint part`.execute(store);
        return done;
      } catch (thrown) {
        await sql`rollback to savepoint part`.execute(store);
        throw thrown;
      }
    });
  const alone = <T>(work: (tx: Tx) => Promise<T>) => part(() => work(txOn({ store, caller: undefined })));
  const reading: Database['reading'] = (entrance, work) => part((caller) => work(txOn({ store, caller })), entrance);
  return {
    reading,
    looking: reading,
    writing: (entrance, work) => part(() => work(txOn({ store, caller: undefined })), entrance),
    outside: alone,
    single: alone,
    aside: alone,
    connections: () => ({ inUse: 1, idle: 0, waiting: turns.waiting() }),
    close: async () => {},
  };
}
