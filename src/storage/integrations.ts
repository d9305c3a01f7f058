import { sql } from 'kysely';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';

type Into = Decided<'resource.create' | 'integration.install' | 'resource.edit' | 'resource.revert'>;

/** Keeps what a secret was sealed to, in place of an earlier one. The role that serves can write it, and can't read it back. */
export async function keepSecret(
  tx: Tx,
  { me }: Into,
  { id, workspace_id }: { readonly id: string; readonly workspace_id: string },
  { key, sealed }: { readonly key: string; readonly sealed: string },
): Promise<void> {
  await sql`
    insert into integration_secret (organization_id, resource_id, workspace_id, key_id, sealed, set_by)
    values (${me.organization}, ${id}, ${workspace_id}, ${key}, ${sealed}, ${me.person})
    on conflict (organization_id, resource_id) do update
      set key_id = ${key}, sealed = ${sealed}, set_by = ${me.person}, set_at = statement_timestamp()`.execute(
    storeOf(tx),
  );
}

/** Takes a secret out; false where there was none. */
export async function dropSecret(tx: Tx, { me }: Into, id: string): Promise<boolean> {
  const { rows } = await sql`
    delete from integration_secret where organization_id = ${me.organization} and resource_id = ${id} returning resource_id`.execute(
    storeOf(tx),
  );
  return rows.length > 0;
}

/** That a secret is kept, since when, and who set it. */
export async function secretFact(
  tx: Tx,
  { me, subject }: Decided<'resource.open'>,
): Promise<{ readonly set_at: Date; readonly by: string | null } | undefined> {
  const { rows } = await sql<{ set_at: Date; by: string | null }>`
    select s.set_at, p.email as by from integration_secret s
    left join person p on p.organization_id = s.organization_id and p.id = s.set_by
    where s.organization_id = ${me.organization} and s.resource_id = ${subject.id}`.execute(storeOf(tx));
  return rows[0];
}

/** Says whom an integration is installed for. */
export async function storeInstalled(
  tx: Tx,
  { me }: Into | Decided<'integration.provide'>,
  id: string,
  installed: 'workspace' | 'organization' | null,
): Promise<void> {
  await storeOf(tx)
    .updateTable('resource')
    .set({ installed, updated_at: sql`now()` })
    .where('organization_id', '=', me.organization)
    .where('id', '=', id)
    .execute();
}
