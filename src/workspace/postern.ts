import { admitted, signingKey } from '../storage/credentials.ts';
import { openDatabase } from '../storage/database.ts';
import type { Connection } from '../storage/migrate.ts';
import { Problem } from '../terms/problem.ts';
import { readSecret } from '../terms/secret.ts';
import { perform } from './perform.ts';
import type { Narrowing, Postern, Session } from './session.ts';

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
    entrance: { organization: string; credential: string },
    { person, ...credential }: NonNullable<Awaited<ReturnType<typeof admitted>>>,
    narrowing: Narrowing,
  ): Promise<Session> {
    key ??= signingKey(database);
    const session = { credential, person, readOnly: narrowing.readOnly ?? false };
    const ground = { database, entrance, key: await key, session, workspace: narrowing.workspace };
    return { ...session, perform: (operation, input, how = {}) => perform(ground, operation, input, how) };
  }
}
