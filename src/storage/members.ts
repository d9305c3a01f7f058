import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { OrganizationRole, WorkspaceRole } from '../terms/ladders.ts';
import type { Page } from '../terms/paging.ts';
import { storeOf, type Tx } from './database.ts';
import { asked, visible } from './directory.ts';

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OrganizationRole;
  readonly status: 'active' | 'suspended';
  readonly can_invite: boolean;
  readonly last_login_at: string | null;
  /** The name as the list is ordered by it. */
  readonly key: string;
}

export interface MembersWanted {
  readonly text: string;
  readonly role?: OrganizationRole | undefined;
  readonly status: 'active' | 'suspended';
  /** In any of these. */
  readonly workspaces?: readonly string[] | undefined;
  readonly teams?: readonly string[] | undefined;
  readonly limit: number;
  readonly after?: readonly [string, string] | undefined;
}

const columns = sql`p.id, p.email, p.name, p.role, p.status, p.can_invite, p.last_login_at, lower(p.name) as key`;

/** Whom the caller finds (DIR-1); of the whole organization, suspended people too. */
const found = (whole: boolean) =>
  whole ? sql`true` : sql`p.id in (select id from (${visible}) it where it.type = 'person')`;

/** The place in the list behind this one. */
export const placeBehind = ({ key, id }: Member): string => JSON.stringify([key, id]);

/** One page of the people whom the caller finds, by name. */
export async function pageOfMembers(
  tx: Tx,
  me: Actor,
  whole: boolean,
  { text, role, status, workspaces, teams, limit, after }: MembersWanted,
): Promise<Page<Member>> {
  const like = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const { rows } = await sql<Member>`${asked(me)} select ${columns} from person p
    where p.organization_id = ${me.organization} and p.status = ${status} and ${found(whole)} and (p.name ilike ${like} or p.email ilike ${like})
      and (${role ?? null}::text is null or p.role = ${role ?? null})
      and (${workspaces ?? null}::uuid[] is null or p.id in (${peopleIn(me, workspaces ?? [])}))
      and (${teams ?? null}::uuid[] is null or p.id in (select m.person_id from membership m
        where m.organization_id = ${me.organization} and m.principal_id = any (${teams ?? null}::uuid[])))
      and (${after?.[0] ?? null}::text is null or (lower(p.name), p.id) > (${after?.[0] ?? null}::text, ${after?.[1] ?? null}::uuid))
    order by lower(p.name), p.id limit ${limit + 1}`.execute(storeOf(tx));
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last && rows.length > limit ? placeBehind(last) : undefined };
}

const peopleIn = (me: Actor, workspaces: readonly string[]) => sql`
  select m.person_id from workspace_member m where m.organization_id = ${me.organization} and m.workspace_id = any (${workspaces}::uuid[])
  union select b.person_id from workspace_team t join belonging b on b.organization_id = t.organization_id and b.principal_id = t.team_id
    where t.organization_id = ${me.organization} and t.workspace_id = any (${workspaces}::uuid[])`;

/** Whoever has this id or email, if the caller finds them. */
export async function memberNamed(
  tx: Tx,
  me: Actor,
  whole: boolean,
  named: { readonly id: string | undefined; readonly text: string },
): Promise<string | undefined> {
  const isNamed =
    named.id === undefined ? sql`p.email_key = lower(${named.text}::text)` : sql`p.id = ${named.id}::uuid`;
  const { rows } = await sql<{ id: string }>`${asked(me)} select p.id from person p
    where p.organization_id = ${me.organization} and p.status <> 'removed' and (${whole} or p.status = 'active') and ${found(whole)}
      and ${isNamed}`.execute(storeOf(tx));
  return rows[0]?.id;
}

/** A team that someone is in, or a workspace, with their role there: their own or a team's. */
export interface Membership {
  readonly person: string;
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

/** The teams that these people are in, of those that the caller finds, by name. */
export async function teamsOf(tx: Tx, me: Actor, people: readonly string[]): Promise<readonly Membership[]> {
  if (people.length === 0) return [];
  const { rows } = await sql<Membership>`${asked(me)},
    found as materialized (select it.id, it.name from (${visible}) it where it.type = 'team')
    select m.person_id as person, t.id, t.name, m.role from found t
    join membership m on m.organization_id = ${me.organization} and m.principal_id = t.id
    where m.person_id = any (${people}::uuid[]) order by t.name, t.id`.execute(storeOf(tx));
  return rows;
}

/** How someone is in a workspace: themself, and by teams. */
export interface Placing {
  readonly person: string;
  readonly workspace: string;
  readonly own: WorkspaceRole | null;
  readonly role: WorkspaceRole;
  /** The teams that bring them in. */
  readonly teams: readonly { readonly id: string; readonly name: string }[];
}

/** How these people are in those of these workspaces in which they are. */
export async function placingsOf(
  tx: Tx,
  me: Actor,
  people: readonly string[],
  workspaces: readonly string[],
): Promise<readonly Placing[]> {
  if (people.length === 0 || workspaces.length === 0) return [];
  const { rows } = await sql<Placing>`
    select person, workspace, max(own) as own, max(role) as role, coalesce(json_agg(json_build_object('id', team_id, 'name', team) order by team) filter (where team is not null), '[]') as teams from (
      select m.person_id as person, m.workspace_id as workspace, m.role as own, m.role, null::uuid as team_id, null::text as team from workspace_member m
        where m.organization_id = ${me.organization} and m.person_id = any (${people}::uuid[]) and m.workspace_id = any (${workspaces}::uuid[])
      union all
      select b.person_id, t.workspace_id, null, t.role, t.team_id, b.name from workspace_team t
        join belonging b on b.organization_id = t.organization_id and b.principal_id = t.team_id and b.person_id = any (${people}::uuid[])
        where t.organization_id = ${me.organization} and t.workspace_id = any (${workspaces}::uuid[])) each
    group by person, workspace`.execute(storeOf(tx));
  return rows;
}

/** The names of those of these teams that the caller finds. */
export async function teamsSeen(tx: Tx, me: Actor, teams: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (teams.length === 0) return new Map();
  const { rows } = await sql<{ id: string; name: string }>`${asked(me)}
    select it.id, it.name from (${visible}) it where it.type = 'team' and it.id = any (${teams}::uuid[])`.execute(
    storeOf(tx),
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
