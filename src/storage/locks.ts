import { sql } from 'kysely';
import type { Noun } from '../terms/ladders.ts';
import { type Entrance, storeOf, type Tx } from './database.ts';

interface Named {
  readonly noun: Noun;
  readonly id?: string | undefined;
}

/**
 * Locks what a write works on, in the order of ids: a resource before the requests for it, a workspace shared, so that many may
 * create in it while nobody changes who is in it. Locks by id alone; what is decided is read by a later statement (QUERIES.md).
 */
export async function lock(tx: Tx, { organization, credential }: Entrance, refs: readonly Named[]): Promise<void> {
  const idsOf = (...nouns: Noun[]) => refs.filter(({ noun }) => nouns.includes(noun)).flatMap(({ id }) => id ?? []);
  const resources = idsOf('resource', 'bin');
  const requests = idsOf('request');
  const workspaces = idsOf('workspace');
  const store = storeOf(tx);
  if (workspaces.length) {
    await sql`select from workspace where organization_id = ${organization} and id = any (${workspaces}::uuid[]) order by id for share`.execute(
      store,
    );
  }
  if (resources.length) {
    await sql`select from resource where organization_id = ${organization} and id = any (${resources}::uuid[]) order by id for no key update`.execute(
      store,
    );
  }
  if (requests.length) {
    await sql`select from resource where organization_id = ${organization} and id in (
      select resource_id from access_request where organization_id = ${organization} and id = any (${requests}::uuid[])) order by id for no key update`.execute(
      store,
    );
    await sql`select from access_request where organization_id = ${organization} and id = any (${requests}::uuid[]) order by id for update`.execute(
      store,
    );
  }
  if (refs.some(({ noun }) => noun === 'organization')) {
    await sql`select from person where organization_id = ${organization} and id = (
      select person_id from credential where organization_id = ${organization} and id = ${credential}) for no key update`.execute(
      store,
    );
  }
}
