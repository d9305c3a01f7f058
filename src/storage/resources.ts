import { sql } from 'kysely';
import type { Kind } from '../terms/kinds.ts';
import type { Visibility } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

interface Made {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly description: string | null;
  readonly project: string | null;
}

/** Starts a resource: private, and owned by whoever makes it (VIS-1). A project that is not in the workspace is nothing. */
export async function insertResource(
  tx: Tx,
  { me, subject: workspace }: Decided<'resource.create' | 'integration.install'>,
  made: Made,
): Promise<void> {
  await sql`
    insert into resource (organization_id, id, workspace_id, project_id, restricted_to, kind, name, description, owner_id, created_by)
    select ${me.organization}, ${made.id}, ${workspace.id}, p.id, case p.mode when 'restricted' then p.id end, ${made.kind}, ${made.name},
      ${made.description}, ${me.person}, ${me.person}
    from (select 1) one left join project p on p.organization_id = ${me.organization} and p.workspace_id = ${workspace.id} and p.id = ${made.project}::uuid`.execute(
    storeOf(tx),
  );
}

/** Names, describes and counts on; the revision itself is inserted beside it. */
export async function updateResource(
  tx: Tx,
  { me, subject }: Decided<'resource.edit' | 'resource.revert'>,
  { name, description, revision }: { name: string; description: string | null; revision: number },
): Promise<void> {
  await storeOf(tx)
    .updateTable('resource')
    .set({ name, description, revision, updated_at: sql`now()` })
    .where('organization_id', '=', me.organization)
    .where('id', '=', subject.id)
    .execute();
}

/** How visible, to which role, and whose: set together (OWN-1). Making it private drops its grants (VIS-3). */
export async function storeVisibility(
  tx: Tx,
  { me, subject }: Decided<'resource.publish' | 'resource.withdraw'>,
  to: { visibility: Visibility; everyoneRole: 'viewer' | 'editor'; owner: string | null; givenBy: string | null },
): Promise<void> {
  const store = storeOf(tx);
  await store
    .updateTable('resource')
    .set({
      visibility: to.visibility,
      everyone_role: to.everyoneRole,
      owner_id: to.owner,
      given_by: to.givenBy,
      updated_at: sql`now()`,
    })
    .where('organization_id', '=', me.organization)
    .where('id', '=', subject.id)
    .execute();
  if (to.visibility === 'private') {
    await store
      .deleteFrom('access_grant')
      .where('organization_id', '=', me.organization)
      .where('resource_id', '=', subject.id)
      .execute();
  }
}

/** Hands it to another person; the organization's sharing of it ends with that (OWN-3). */
export async function setOwner(tx: Tx, { me, subject }: Decided<'resource.transfer'>, owner: string): Promise<void> {
  await storeOf(tx)
    .updateTable('resource')
    .set({ owner_id: owner, given_by: null, updated_at: sql`now()` })
    .where('organization_id', '=', me.organization)
    .where('id', '=', subject.id)
    .execute();
}

/** Into the bin, where its grants open nothing, or back out of it. */
export async function setBinned(
  tx: Tx,
  { me, subject }: Decided<'resource.delete' | 'resource.restore'>,
  binned: boolean,
): Promise<void> {
  const store = storeOf(tx);
  await store
    .updateTable('resource')
    .set({ deleted_at: binned ? sql`now()` : null })
    .where('organization_id', '=', me.organization)
    .where('id', '=', subject.id)
    .execute();
  await store
    .updateTable('access_grant')
    .set({ live: !binned })
    .where('organization_id', '=', me.organization)
    .where('resource_id', '=', subject.id)
    .execute();
}
