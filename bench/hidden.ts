import { askers, type Ground } from './data.ts';

/** Workflows that are there and hidden from someone, and ids that would stand right beside them, if they were there. */
export interface Sort {
  readonly sort: string;
  readonly person: number;
  readonly hidden: readonly string[];
  readonly missing: readonly string[];
}

/** What is shared with others takes the most to look at; what is in another's bin is read, and passed over for that. */
export async function hiddenIn(ground: Ground): Promise<Sort[]> {
  const [few, nothing] = [askers['three grants'], askers['someone with nothing']];
  const hidden = await sharedWithOthers(ground, few);
  const binned = (await sharedWithOthers(ground, nothing)).map((id) => beside(id, 7));
  await unbinned(ground);
  const { rowCount } = await ground.sql.query(
    `insert into resource (organization_id, id, workspace_id, kind, name, owner_id, visibility, created_by, deleted_at)
     select organization_id, replace(id::text, '-7000-8000-4', '-7000-8000-7')::uuid, workspace_id, kind, 'timed ' || name, owner_id,
       visibility, created_by, now() from resource where replace(id::text, '-7000-8000-4', '-7000-8000-7') = any ($1::text[])`,
    [binned],
  );
  if (rowCount !== binned.length) throw new Error('not all of it is in the bin');
  return [
    { sort: 'of others', person: few, hidden, missing: hidden.map((id) => beside(id, 5)) },
    { sort: 'binned', person: nothing, hidden: binned, missing: binned.map((id) => beside(id, 8)) },
  ];
}

/** Of what was put into the bin, nothing stays for other questions. */
export async function unbinned({ sql }: Ground): Promise<void> {
  await sql.query(`delete from resource where name like 'timed %'`);
}

async function sharedWithOthers({ sql, credential }: Ground, person: number): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select r.id from resource r where r.visibility = 'shared' and r.deleted_at is null and not exists (select from access_grant g
       where g.resource_id = r.id and g.principal_id = (select person_id from credential where id = $1)) order by random() limit 500`,
    [credential(person)],
  );
  return rows.map(({ id }) => id);
}

const beside = (id: string, sort: number) => id.replace(/-7000-8000-\d/, `-7000-8000-${sort}`);
