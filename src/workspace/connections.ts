import * as z from 'zod';
import { type ConnectionRow, endConnection as endRow, insertKey, pageOfConnections } from '../storage/connections.ts';
import { inside, newId, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { credentialScopes, defaultKeyDays, defaultScopes } from '../terms/scopes.ts';
import { hashOf, newSecret } from '../terms/secret.ts';
import { changing, type Desk, reading } from './operation.ts';
import { Id, Name, Paging } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { workspaceCalled } from './workspaces.ts';

const Connection = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  workspaces: z.array(z.string()).optional(),
  current: z.boolean(),
  created_at: z.string(),
  last_used_at: z.string().optional(),
  expires_at: z.string().optional(),
});

/** What speaks for the caller: keys, clients that they let in, and their sessions in the Studio. */
export const listConnections = reading({
  name: 'list_connections',
  action: 'connection.list',
  input: z.strictObject(Paging),
  output: z.object({ items: z.array(Connection), next_cursor: z.string().optional() }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, target, { limit, cursor }) {
    const after = cursor === undefined ? undefined : desk.placeOf('connections', cursor);
    const rows = await pageOfConnections(desk.tx, target, { limit: limit + 1, after });
    const items = lightest(
      rows.slice(0, limit).map((row) => shown(row, desk.me.credential)),
      roomOfAnswer,
    );
    const last = rows[items.length - 1]?.id;
    return { items, ...(last && rows.length > items.length && { next_cursor: desk.cursor('connections', last) }) };
  },
});

export const endConnection = changing({
  name: 'end_connection',
  action: 'connection.end',
  input: z.strictObject({ id: Id.describe('From list_connections; your own alone.') }),
  output: z.object({ id: z.string(), ended: z.boolean() }),
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx }, target, { id }) {
    const uuid = inside('credential', id);
    const ended = uuid ? await endRow(tx, target, uuid) : undefined;
    if (!uuid || !ended)
      throw new Problem('not_found', 'You have no connection with this id.', {
        advice: 'list_connections shows their ids.',
      });
    return {
      outcome: { id: outside('credential', uuid) },
      made: { noun: 'credential', id: uuid },
      before: { ...ended, revoked: false },
      after: { ...ended, revoked: true },
    };
  },
  answer: async (_desk, { id }) => ({ id, ended: true }),
});

/** The workspaces that someone cuts a credential to, as far as they are there for them. */
export async function cutTo(desk: Desk, workspaces: readonly string[]): Promise<string[]> {
  const cut: string[] = [];
  for (const named of workspaces) {
    const seen = await desk.may('workspace.see', await workspaceCalled(desk, named));
    if (seen instanceof Problem) throw seen;
    cut.push(seen.subject.id);
  }
  return cut;
}

/** A key for oneself, in the Studio alone (EXT-4). */
export const createKey = changing({
  name: 'create_key',
  action: 'key.create',
  input: z.strictObject({
    name: Name,
    scopes: z
      .array(z.enum(credentialScopes))
      .max(credentialScopes.length)
      .default([...defaultScopes]),
    workspaces: z.array(Id).max(50).optional(),
    days: z.int().min(1).max(366).default(defaultKeyDays),
  }),
  output: z.object({ id: z.string(), name: z.string(), expires_at: z.string(), key: z.string().optional() }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, target, { name, scopes, workspaces, days }) {
    const cut = workspaces ? await cutTo(desk, workspaces) : null;
    const id = newId();
    const key = newSecret(desk.me.organization, id);
    const wish = {
      id,
      name,
      hash: hashOf(key),
      scopes: [...new Set(scopes)],
      workspaces: cut,
      days,
    };
    const ends = (await insertKey(desk.tx, target, wish)).toISOString();
    const outcome = { id: outside('credential', id), name, expires_at: ends };
    return {
      outcome,
      made: { noun: 'credential', id },
      before: null,
      after: { name, scopes: wish.scopes, workspaces: wish.workspaces, expires_at: ends },
      fresh: key,
    };
  },
  answer: async (_desk, outcome) => outcome,
  afterwards: async (_outdoors, answer, key: string) => ({ ...answer, key }),
});

const shown = (it: ConnectionRow, current: string): z.output<typeof Connection> => ({
  id: outside('credential', it.id),
  kind: it.kind,
  name: it.name,
  scopes: it.scopes,
  ...(it.workspaces && { workspaces: it.workspaces.map((id) => outside('workspace', id)) }),
  current: it.id === current,
  created_at: new Date(it.created_at).toISOString(),
  ...(it.used_at && { last_used_at: new Date(it.used_at).toISOString() }),
  ...(it.expires_at && { expires_at: new Date(it.expires_at).toISOString() }),
});
