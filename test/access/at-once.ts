import { type DatabaseConnection, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { callerOf, type Store, storeOf, type Tx, txOn } from '../../src/storage/database.ts';

/**
 * The same transaction, in which statements that are asked at once are sent at once: one by one, the way there and back takes most of
 * the time of thousands of small questions. Each is still asked by itself, and answered in its turn.
 */
export async function atOnce(tx: Tx): Promise<Tx> {
  const connection = await storeOf(tx)
    .getExecutor()
    .provideConnection<DatabaseConnection>(async (it) => it);
  const nothing = async () => {};
  const store = new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createDriver: () => ({
        init: nothing,
        acquireConnection: async () => connection,
        beginTransaction: nothing,
        commitTransaction: nothing,
        rollbackTransaction: nothing,
        releaseConnection: nothing,
        destroy: nothing,
      }),
    },
  });
  return txOn({ store: store as unknown as Store, caller: callerOf(tx) });
}
