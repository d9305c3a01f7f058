import type { office } from './office.ts';

type Here = Awaited<ReturnType<typeof office>>;

/** What the log holds of one decision. */
export interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly noun: string;
  readonly entity_id: string | null;
  readonly workspace_id: string | null;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly person_id: string;
  readonly credential_id: string;
  readonly surface: string;
  readonly because: string;
  readonly via: string | null;
  readonly overridden: boolean;
}

/** The whole log of an organization, oldest first. */
export const entries = (here: Here) =>
  here.sql<Entry & Record<string, unknown>>('select * from activity where organization_id = $1 order by at, id', [
    here.organization,
  ]);
export const lastOf = async (here: Here) => (await entries(here)).at(-1) as Entry;
