import * as z from 'zod';
import { connectionTo, storeConnection } from '../storage/connecting.ts';
import { newId, outside } from '../terms/ids.ts';
import { credentialScopes, defaultKeyDays } from '../terms/scopes.ts';
import { hashOf, newSecret } from '../terms/secret.ts';
import { cutTo } from './connections.ts';
import { changing, reading } from './operation.ts';
import { Id, Name } from './shapes.ts';

const Scopes = z.array(z.enum(credentialScopes)).max(credentialScopes.length);
const Client = z.string().min(1).max(2_000);

/** What one lets a client do already, for the page that asks. */
export const seeConnection = reading({
  name: 'see_connection',
  action: 'connection.list',
  input: z.strictObject({ client: Client }),
  output: z.object({ scopes: Scopes.optional(), workspaces: z.array(z.string()).optional() }),
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx }, target, { client }) {
    const held = await connectionTo(tx, target, client);
    if (!held) return {};
    return {
      scopes: held.scopes,
      ...(held.workspaces && { workspaces: held.workspaces.map((id) => outside('workspace', id)) }),
    };
  },
});

/** Lets a client in, in the Studio alone; a client that is in does from now on what is said here, no less and no more (EXT-4). */
export const connectClient = changing({
  name: 'connect_client',
  action: 'connection.create',
  input: z.strictObject({
    client: Client,
    name: Name,
    scopes: Scopes.min(1, 'Tick something that it may do.'),
    workspaces: z.array(Id).max(50).optional(),
    days: z.int().min(1).max(366).default(defaultKeyDays),
  }),
  output: z.object({ id: z.string(), name: z.string(), expires_at: z.string() }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, target, { client, name, workspaces, days, ...wish }) {
    const held = await connectionTo(desk.tx, target, client);
    const id = held?.id ?? newId();
    const cut = workspaces ? await cutTo(desk, workspaces) : null;
    const scopes = [...new Set(wish.scopes)];
    const hash = hashOf(newSecret(desk.me.organization, id));
    const ends = await storeConnection(desk.tx, target, { id, client, name, hash, scopes, workspaces: cut, days });
    const expires_at = ends.toISOString();
    return {
      outcome: { id: outside('credential', id), name, expires_at },
      made: { noun: 'credential', id },
      before: held ? { scopes: held.scopes, workspaces: held.workspaces } : null,
      after: { name, client, scopes, workspaces: cut, expires_at },
    };
  },
  answer: async (_desk, outcome) => outcome,
});
