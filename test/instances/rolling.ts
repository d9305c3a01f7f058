import { randomUUID } from 'node:crypto';
import { along, type Leg } from '../support/legs.ts';
import type { World } from '../support/world.ts';
import type { fleet } from './fleet.ts';

type Fleet = Awaited<ReturnType<typeof fleet>>;
type Here = Pick<World, 'organization' | 'connection'> & {
  key(who: string): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: rows of any query
  sql(text: string, values: unknown[]): Promise<any[]>;
};

/**
 * Writes from several clients at once while each server in turn gives way to a new one. A write whose connection was cut is sent again
 * with its idempotency key. Answers what was acknowledged, and what no caller should have seen.
 */
export async function roll({ front, roll: next }: Fleet, here: Here, { times = 1 } = {}) {
  const acknowledged: string[] = [];
  const refused: unknown[] = [];
  let cut = 0;
  let isOver = false;
  const key = await here.key('ada');

  const repeated = async (write: (key: string) => Promise<string | undefined>) => {
    while (!isOver) {
      const idempotency = randomUUID();
      for (;;) {
        try {
          const id = await write(idempotency);
          if (id) acknowledged.push(id);
          break;
        } catch {
          if (++cut > 200) throw new Error('nothing gets through any more');
        }
      }
    }
  };
  const args = () => ({ name: `Made ${randomUUID()}`, document: { steps: [] }, workspace: 'Growth' });
  const byTool = async (leg: Leg) => {
    const { client, call } = await along(leg, { url: `${front.address}/mcp`, app: here.connection }, key);
    let wish = args();
    await repeated(async (idempotency) => {
      const answer = await call('create_workflow', wish, { 'postern/idempotency-key': idempotency });
      wish = args();
      if (answer.id) return answer.id;
      refused.push(answer);
      return undefined;
    });
    await client.close();
  };
  const byRest = () => {
    let wish = args();
    return repeated(async (idempotency) => {
      const response = await fetch(`${front.address}/api/v1/workflows`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': idempotency },
        body: JSON.stringify(wish),
      });
      const body = (await response.json()) as { id?: string };
      wish = args();
      if (response.status === 201) return body.id;
      refused.push(response.status, body);
      return undefined;
    });
  };

  const load = Promise.all([
    byTool('client 2.x, protocol of 2026, HTTP'),
    byTool('client 2.x, protocol of 2025, HTTP'),
    byTool('sdk 1.x, HTTP'),
    byRest(),
  ]);
  const ends: (number | null)[] = [];
  for (let i = 0; i < times; i++) ends.push(...(await next()));
  isOver = true;
  await load;
  const rows = await here.sql(`select id, name from resource where organization_id = $1 and name like 'Made %'`, [
    here.organization,
  ]);
  return {
    acknowledged,
    refused,
    cut,
    ends,
    failures: front.failures,
    kept: rows.map(({ id }): string => id),
    names: rows.map(({ name }): string => name),
  };
}
