import { type RawBuilder, sql } from 'kysely';
import { type Action, rowFor } from '../access/policy.ts';
import type { Noun } from '../terms/ladders.ts';
import { type Entrance, storeOf, type Tx } from './database.ts';

interface Named {
  readonly noun: Noun;
  readonly id?: string | undefined;
}

/**
 * Locks what a write works on, nouns in one order and each in the order of ids: a resource before the requests for it, a workspace
 * shared by those who make things in it, so that many may at once while nobody changes who is in it, the organization where a person's
 * role or status changes, so that of two last admins one stays, whoever makes something, so that they are not
 * removed meanwhile, with a team the workspaces that it owns, so that of two last owners one stays.
 * Locks by id alone; what is decided is read by a later statement (QUERIES.md).
 */
export async function lock(
  tx: Tx,
  { organization, credential }: Entrance,
  action: Action,
  refs: readonly Named[],
): Promise<void> {
  const store = storeOf(tx);
  const idsOf = (...nouns: Noun[]) => refs.filter(({ noun }) => nouns.includes(noun)).flatMap(({ id }) => id ?? []);
  const take = async (table: string, ids: readonly string[], mode: RawBuilder<unknown>) => {
    if (ids.length === 0) return;
    await sql`select from ${sql.table(table)} where organization_id = ${organization} and id = any (${ids}::uuid[]) order by id ${mode}`.execute(
      store,
    );
  };
  /** Whoever asked, and where, so that they are not removed while they are let in (ORG-8, WS-9). */
  const takeAround = async (ids: readonly string[]) => {
    const asked = (column: 'requester_id' | 'workspace_id') =>
      sql`(select ${sql.ref(column)} from access_request where organization_id = ${organization} and id = any (${ids}::uuid[]))`;
    await sql`select from person where organization_id = ${organization} and id in ${asked('requester_id')} order by id ${together}`.execute(
      store,
    );
    await sql`select from workspace where organization_id = ${organization} and id in ${asked('workspace_id')} order by id ${together}`.execute(
      store,
    );
  };
  const people = idsOf('person');
  const isLeaving = action === 'organization.leave';
  if (people.length || isLeaving)
    await sql`select from organization where id = ${organization} for no key update`.execute(store);
  if (refs.some(({ noun }) => noun === 'organization')) {
    await sql`select from person where organization_id = ${organization} and id = (
      select person_id from credential where organization_id = ${organization} and id = ${credential}) for no key update`.execute(
      store,
    );
  }
  const isMaking = rowFor(action).does === 'add' && refs.some(({ noun }) => noun === 'workspace');
  if (isMaking)
    await sql`select from person where organization_id = ${organization} and id = (
      select person_id from credential where organization_id = ${organization} and id = ${credential}) ${together}`.execute(
      store,
    );
  await take('person', people, alone);
  const requests = idsOf('request');
  if (requests.length) await takeAround(requests);
  const teams = idsOf('team');
  if (teams.length) {
    await sql`select from workspace where organization_id = ${organization} and id in (select workspace_id from workspace_team
      where organization_id = ${organization} and team_id = any (${teams}::uuid[]) and role = 'owner') order by id ${alone}`.execute(
      store,
    );
  }
  await take('workspace', idsOf('workspace', 'closed'), rowFor(action).does === 'add' ? together : alone);
  for (const noun of ['project', 'team', 'group', 'invitation'] as const) await take(noun, idsOf(noun), alone);
  await take('resource', idsOf('resource', 'bin'), alone);
  if (requests.length) {
    await sql`select from resource where organization_id = ${organization} and id in (
      select resource_id from access_request where organization_id = ${organization} and id = any (${requests}::uuid[])) order by id for no key update`.execute(
      store,
    );
    await take('access_request', requests, sql`for update`);
  }
}

const alone = sql`for no key update`;
const together = sql`for share`;
