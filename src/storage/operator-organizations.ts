import { sql } from 'kysely';
import type { Tx } from './database.ts';
import { all, logOperator, run } from './operator.ts';

export interface ClosedOrganization {
  readonly id: string;
  readonly name: string;
}

/** Organizations of this name or id that were deleted, and not longer ago than that many days. */
export const closedOrganizations = (tx: Tx, named: string, days: number): Promise<ClosedOrganization[]> =>
  all(
    tx,
    sql`select id, name from organization where (name = ${named} or id::text = ${named})
      and deleted_at > statement_timestamp() - make_interval(days => ${days}::int) order by id for update`,
  );

export async function reopenOrganization(tx: Tx, { id, name }: ClosedOrganization): Promise<void> {
  await run(tx, sql`update organization set deleted_at = null where id = ${id}`);
  const [before, after] = [
    { name, deleted: true },
    { name, deleted: false },
  ];
  await logOperator(tx, {
    organization: id,
    action: 'organization.restore',
    noun: 'organization',
    entity: id,
    before,
    after,
  });
}

/** Says who made an organization, which is who deletes it as long as they are an admin (ORG-9). */
export const setCreator = (tx: Tx, organization: string, person: string): Promise<void> =>
  run(tx, sql`update organization set created_by = ${person} where id = ${organization}`);
