import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeEach } from 'vitest';
import { sealNext } from '../../src/storage/sealer.ts';
import { type Head, verifyLog } from '../../src/storage/verification.ts';
import { newId } from '../../src/terms/ids.ts';
import { served, superuser, type World, world } from '../support/world.ts';

const clients: Client[] = [];
afterAll(() => Promise.all(clients.map((it) => it.end().catch(() => {}))));

/** A connection of its own, as one of the roles. */
export async function client(user: string): Promise<Client> {
  const it = new Client({ ...served, user });
  it.on('error', () => {});
  clients.push(it);
  await it.connect();
  return it;
}
export const keeper = { ...served, user: 'postern_keeper' };
export const asKeeper = await client('postern_keeper');

/** A new organization for each test. */
export let here: World;
beforeEach(async () => {
  here = await world({ people: { ada: 'admin' } });
});
export async function elsewhere() {
  const before = here;
  here = await world({ people: { ada: 'admin' } });
  return () => {
    here = before;
  };
}

const insert = `insert into activity (organization_id, id, person_id, surface, action, outcome, noun, entity_id, after)
  values ($1, $2, $3, 'external', $4, 'allow', 'organization', $1, '{"name": "Acme"}')`;
export const write = async (action = 'organization.edit', by: Pick<Client, 'query'> = superuser, id = newId()) => {
  await by.query(insert, [here.organization, id, here.uuid('ada'), action]);
  return id;
};
export const write12 = async () => {
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) ids.push(await write(`a.${i}`));
  return ids;
};

/** Seals until nothing waits; transactions of other test files, which the order minds too, are soon over. */
export async function seal() {
  const until = Date.now() + 20_000;
  do await sealNext(asKeeper);
  while ((await waiting()) > 0 && Date.now() < until && (await setTimeout(20, true)));
}
export const verdict = async (heads: readonly Head[] = []) => {
  const [it] = await verifyLog(here.connection, { organization: here.organization, heads });
  if (!it) throw new Error('there is no verdict');
  return it;
};
export const waiting = async () => (await verdict()).waiting;
export const sealed = () =>
  here.sql<{ number: string; activity_id: string }>('select * from seal where organization_id = $1 order by number', [
    here.organization,
  ]);

/** What only whoever owns the machine could do: past every trigger and grant. */
export async function tamper(...statements: string[]) {
  await here.sql('set session_replication_role = replica');
  for (const text of statements) await here.sql(text.replaceAll('$org', `'${here.organization}'`));
  await here.sql('set session_replication_role = origin');
}
