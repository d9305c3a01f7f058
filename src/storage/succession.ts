import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { capabilitiesOf, type Switches } from '../access/capabilities.ts';
import { type Ground, placesOf } from '../access/paths.ts';
import { type Kind, kinds } from '../terms/kinds.ts';
import { storeOf, type Tx } from './database.ts';
import { people, standing } from './reach.ts';

/** A group or workspace that had nobody else for an owner. */
export interface Orphan {
  readonly noun: 'group' | 'workspace';
  readonly id: string;
  readonly name: string;
}

const active = sql`p.status = 'active'`;

/** The groups and workspaces whose only active owner someone is, by a place of their own (GRP-5); of one workspace, or of all. */
export async function orphansOf(
  tx: Tx,
  { organization }: Actor,
  person: string,
  workspace?: string,
): Promise<readonly Orphan[]> {
  const { rows } = await sql<Orphan>`
    select 'group' as noun, g.id, g.name from membership m
    join "group" g on g.organization_id = m.organization_id and g.id = m.principal_id and g.deleted_at is null
    where m.organization_id = ${organization} and m.person_id = ${person} and m.role = 'owner' and ${workspace ?? null}::uuid is null
      and not exists (select from membership o join person p on p.organization_id = o.organization_id and p.id = o.person_id and ${active}
        where o.organization_id = m.organization_id and o.principal_id = m.principal_id and o.role = 'owner' and o.person_id <> m.person_id)
    union all
    select 'workspace', w.id, w.name from workspace w
    where w.organization_id = ${organization} and (${workspace ?? null}::uuid is null or w.id = ${workspace ?? null}::uuid) and ${isOwner(person)}
      and not exists (select from workspace_member o join person p on p.organization_id = o.organization_id and p.id = o.person_id and ${active}
        where o.organization_id = w.organization_id and o.workspace_id = w.id and o.role = 'owner' and o.person_id <> ${person})
      and not exists (select from workspace_team t join belonging b on b.organization_id = t.organization_id and b.principal_id = t.team_id
        join person p on p.organization_id = b.organization_id and p.id = b.person_id and ${active}
        where t.organization_id = w.organization_id and t.workspace_id = w.id and t.role = 'owner' and b.person_id <> ${person})
    order by 1, 3, 2`.execute(storeOf(tx));
  return rows;
}

const isOwner = (person: string): RawBuilder<unknown> => sql`(
  exists (select from workspace_member m where m.organization_id = w.organization_id and m.workspace_id = w.id and m.person_id = ${person} and m.role = 'owner')
  or exists (select from workspace_team t join belonging b on b.organization_id = t.organization_id and b.principal_id = t.team_id and b.person_id = ${person}
    where t.organization_id = w.organization_id and t.workspace_id = w.id and t.role = 'owner'))`;

/** Makes someone the owner of groups and workspaces that would have none. */
export async function adopt(
  tx: Tx,
  { organization }: Actor,
  person: string,
  orphans: readonly Orphan[],
): Promise<void> {
  const idsOf = (noun: Orphan['noun']) => orphans.filter((it) => it.noun === noun).map(({ id }) => id);
  await sql`insert into membership (organization_id, person_id, principal_id, principal, role)
    select ${organization}, ${person}, id, 'group', 'owner' from unnest(${idsOf('group')}::uuid[]) id
    on conflict (organization_id, person_id, principal_id) do update set role = 'owner'`.execute(storeOf(tx));
  await sql`insert into workspace_member (organization_id, person_id, workspace_id, role)
    select ${organization}, ${person}, id, 'owner' from unnest(${idsOf('workspace')}::uuid[]) id
    on conflict (organization_id, person_id, workspace_id) do update set role = 'owner'`.execute(storeOf(tx));
}

/** Where someone is fit to own things of a kind: in the workspace, with the capability there (OWN-3). */
export interface Fitness {
  readonly workspaces: readonly string[];
  readonly kinds: readonly string[];
}

/** Of all that one person owns, where another is fit to own it; in a deleted workspace too, which may be brought back (ORG-9). */
export async function fitnessFor(
  tx: Tx,
  me: Actor,
  owner: string,
  heir: string,
  workspace: string | undefined,
): Promise<Fitness> {
  const { rows } = await sql<{ workspace: string; kinds: Kind[]; ground: Pick<Ground, 'role' | 'teams' | 'switches'> }>`
    with who as materialized (${people(me, sql`select ${heir}::uuid`)}),
    owned as materialized (select r.workspace_id, array_agg(distinct r.kind) as kinds from resource r
      where r.organization_id = ${me.organization} and r.owner_id = ${owner} and (${workspace ?? null}::uuid is null or r.workspace_id = ${workspace ?? null}::uuid)
      group by r.workspace_id)
    select w.id as workspace, owned.kinds, json_build_object(${standing}) as ground
    from who cross join owned join workspace w on w.organization_id = who.organization_id and w.id = owned.workspace_id`.execute(
    storeOf(tx),
  );
  const fit = rows.flatMap(({ workspace: id, kinds: owned, ground }) => {
    const places = placesOf({ ...ground, admin: false });
    const able = capabilitiesOf(places, (ground.switches ?? {}) as Switches);
    return owned.filter((kind) => able.includes(kinds[kind])).map((kind) => ({ id, kind }));
  });
  return { workspaces: fit.map(({ id }) => id), kinds: fit.map(({ kind }) => kind) };
}
