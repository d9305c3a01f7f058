import type { Database } from '../storage/database.ts';
import type { Standing } from '../storage/oauth-clients.ts';
import * as stored from '../storage/operator-clients.ts';
import { newId } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { hashOf, newSecret } from '../terms/secret.ts';

/** A program that people may let in, as the operator sees it. */
export interface ClientShown {
  readonly id: string;
  readonly name: string;
  readonly standing: Standing;
  readonly redirects: readonly string[];
  /** How many people let it in. */
  readonly connections: number;
}

export const listClients = (database: Database): Promise<ClientShown[]> =>
  database.outside(async (tx) =>
    (await stored.listClients(tx)).map(({ id, standing, metadata, connections }) => ({
      id,
      name: metadata.client_name ?? '',
      standing,
      redirects: metadata.redirect_uris ?? [],
      connections,
    })),
  );

/** Sets up a client; one with a secret, which is told this once, proves by it that it is itself. */
export const addClient = (database: Database, metadata: object, withSecret: boolean) =>
  database.outside(async (tx) => {
    const id = `client_${newId()}`;
    const secret = withSecret ? newSecret(newId(), newId()).replace('postern_', 'client_secret_') : undefined;
    await stored.addClient(tx, id, {
      ...metadata,
      ...(secret && { secret_hash: hashOf(secret).toString('base64url') }),
    });
    return { id, ...(secret && { secret }) };
  });

/** Removes a client, and ends what it was let do. */
export const removeClient = (database: Database, id: string): Promise<void> =>
  database.outside(async (tx) => {
    if (await stored.removeClient(tx, id)) return;
    throw new Problem('not_found', `There is no client ${id}.`, { advice: '`postern client list` shows their ids.' });
  });
