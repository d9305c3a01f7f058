import { admitted, signingKey } from '../storage/credentials.ts';
import { type Entrance, openDatabase } from '../storage/database.ts';
import type { Connection } from '../storage/migrate.ts';
import { Problem } from '../terms/problem.ts';
import { readSecret } from '../terms/secret.ts';
import { perform } from './perform.ts';
import type { Narrowing, Postern, Session } from './session.ts';
import { narrowedTo } from './workspaces.ts';

/** Opens Postern on a database that has today's schema, as the role that serves. */
export async function openPostern({ app }: { app: Connection }): Promise<Postern> {
  const database = await openDatabase(app);
  let key: Promise<Buffer> | undefined;

  return {
    async admit(secret, narrowing = {}): Promise<Session> {
      const read = readSecret(secret);
      const credential = read && (await admitted(database, read, read.hash));
      if (!credential) throw new Problem('unauthenticated', 'The key is unknown or has ended.');
      return sessionOf(read, credential, narrowing);
    },
    ready: () =>
      signingKey(database).then(
        () => true,
        () => false,
      ),
    close: () => database.close(),
  };

  async function sessionOf(
    { organization, credential: id }: Entrance,
    { person, ...credential }: NonNullable<Awaited<ReturnType<typeof admitted>>>,
    narrowing: Narrowing,
  ): Promise<Session> {
    key ??= signingKey(database);
    const session = { credential, person, readOnly: narrowing.readOnly ?? false };
    const workspace = await narrowedTo(database, { organization, credential: id }, narrowing.workspace);
    const ground = { database, entrance: { organization, credential: id, workspace }, key: await key, session };
    return { ...session, perform: (operation, input, how = {}) => perform(ground, operation, input, how) };
  }
}
