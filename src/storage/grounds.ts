import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Switches } from '../access/capabilities.ts';
import { type Facts, levelOf } from '../access/decide.ts';
import type { Ground, Lent } from '../access/paths.ts';
import type { Level, OrganizationRole, WorkspaceRole } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import { factsFrom } from './facts.ts';
import { isKept } from './reach.ts';
import { lentFrom } from './read-facts.ts';
import type { ResourceRow } from './rows.ts';

export interface Someone {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OrganizationRole;
}

/** Of a resource, what a decision on it rests on, and what it is called. */
export type Subject = Pick<
  ResourceRow,
  | 'id'
  | 'kind'
  | 'name'
  | 'workspace_id'
  | 'owner_id'
  | 'given_by'
  | 'visibility'
  | 'everyone_role'
  | 'restricted_to'
  | 'deleted_at'
  | 'installed'
  | 'shared_with'
> & { readonly take_back: Ground['takeBack'] };

/** What one statement reads of all of them; each list is as long as what is the case, not as all pairs. */
interface Found {
  readonly people: readonly Someone[] | null;
  readonly resources: readonly Subject[] | null;
  readonly members: readonly { readonly p: string; readonly w: string; readonly role: WorkspaceRole }[] | null;
  readonly teams: readonly { p: string; w: string; role: WorkspaceRole; name: string }[] | null;
  readonly switched: readonly { readonly p: string; readonly w: string; readonly switches: Switches }[] | null;
  readonly belongings: readonly { readonly p: string; readonly principal: string; readonly name: string }[] | null;
  readonly gates:
    | readonly { readonly p: string; readonly project: string; readonly role: 'viewer' | 'editor' }[]
    | null;
  readonly now: number;
}

/** What is the case between each of some people and each of some resources. */
export interface Grounds {
  readonly people: readonly Someone[];
  readonly resources: readonly Subject[];
  /** Every override counts in it, since it is asked by whoever may know (EXP-1). */
  facts(person: Someone, resource: Subject): Facts;
}

/**
 * Reads people and resources once each and pairs them here, so that a thousand people on a resource take one statement, and a decision
 * about each the time of a decision. Suspended people, deleted workspaces and what is out of the transaction's reach are not in it.
 */
export async function groundsOf(
  tx: Tx,
  { organization }: Pick<Actor, 'organization'>,
  people: readonly string[],
  resources: readonly string[],
): Promise<Grounds> {
  const { rows } = await sql<{ found: Found }>`
    with who as materialized (select p.id, p.email, p.name, p.role from person p
      where p.organization_id = ${organization} and p.id = any (${people}::uuid[]) and p.status = 'active'),
    r as materialized (select r.id, r.kind, r.name, r.workspace_id, r.owner_id, r.given_by, r.visibility, r.everyone_role, r.restricted_to,
      r.deleted_at, r.installed, r.shared_with, w.take_back from resource r join workspace w on w.organization_id = r.organization_id and w.id = r.workspace_id
      and w.deleted_at is null where r.organization_id = ${organization} and r.id = any (${resources}::uuid[])
      and ${isKept}),
    w as materialized (select distinct workspace_id as id from r),
    lent as materialized (select distinct split_part(g, '|', 3)::uuid as id from r cross join unnest(r.shared_with) g where split_part(g, '|', 2) <> 'person'),
    named as materialized (select id from lent
      union select t.team_id from workspace_team t where t.organization_id = ${organization} and t.workspace_id in (select id from w)
      union select m.principal_id from gate m where m.organization_id = ${organization} and m.principal = 'team' and m.project_id in (select restricted_to from r)),
    mine as materialized (select m.person_id as p, m.principal_id as principal, m.name from belonging m
      where m.organization_id = ${organization} and m.principal_id in (select id from named) and m.person_id = any (${people}::uuid[]))
    select json_build_object(
      'people', (select json_agg(who order by id) from who),
      'resources', (select json_agg(r order by id desc) from r),
      'members', (select json_agg(json_build_object('p', m.person_id, 'w', m.workspace_id, 'role', m.role)) from workspace_member m
        where m.organization_id = ${organization} and m.person_id in (select id from who) and m.workspace_id in (select id from w)),
      'teams', (select json_agg(json_build_object('p', mine.p, 'w', t.workspace_id, 'role', t.role, 'name', mine.name) order by mine.name) from workspace_team t
        join mine on mine.principal = t.team_id where t.organization_id = ${organization} and t.workspace_id in (select id from w)),
      'switched', (select json_agg(it) from (select s.person_id as p, s.workspace_id as w, json_object_agg(s.capability, s.enabled) as switches
        from capability_switch s where s.organization_id = ${organization} and s.person_id in (select id from who) and s.workspace_id in (select id from w)
        group by s.person_id, s.workspace_id) it),
      'belongings', (select json_agg(mine) from mine where mine.principal in (select id from lent)),
      'gates', (select json_agg(it) from (select coalesce(mine.p, m.principal_id) as p, m.project_id as project, max(m.role) as role from gate m
        left join mine on mine.principal = m.principal_id
        where m.organization_id = ${organization} and m.project_id in (select restricted_to from r) group by 1, 2) it),
      'now', extract(epoch from statement_timestamp())) as found`.execute(storeOf(tx));
  return paired((rows[0] as { found: Found }).found);
}

function paired(found: Found): Grounds {
  const at = (p: string, other: string) => `${p}/${other}`;
  const members = new Map(found.members?.map((it) => [at(it.p, it.w), it.role]));
  const teams = Map.groupBy(found.teams ?? [], (it) => at(it.p, it.w));
  const switched = new Map(found.switched?.map((it) => [at(it.p, it.w), it.switches]));
  const names = new Map(found.belongings?.map((it) => [at(it.p, it.principal), it.name]));
  const gates = new Map(found.gates?.map((it) => [at(it.p, it.project), it.role]));
  const lent = new Map(found.resources?.map((it) => [it.id, it.shared_with.map(lentFrom).filter(isOn(found.now))]));

  const groundOf = (who: Someone, r: Subject): Ground => {
    const place = at(who.id, r.workspace_id);
    return {
      admin: who.role === 'admin',
      role: members.get(place) ?? null,
      teams: teams.get(place) ?? null,
      switches: switched.get(place) ?? null,
      takeBack: r.take_back,
      owns: r.owner_id === who.id,
      organizationOwned: r.owner_id === null,
      givenBy: r.given_by === null ? null : r.given_by === who.id ? 'them' : 'other',
      visibility: r.visibility,
      everyoneRole: r.everyone_role,
      restricted: r.restricted_to !== null,
      gate: (r.restricted_to && gates.get(at(who.id, r.restricted_to))) || null,
      deleted: r.deleted_at !== null,
      installed: r.installed,
      grants: (lent.get(r.id) ?? []).flatMap((grant) => {
        const name = names.get(at(who.id, grant.through));
        return grant.through === who.id || name !== undefined
          ? { ...grant, until: grant.until && timeOf(grant.until), name: name ?? null }
          : [];
      }),
    };
  };
  return {
    people: found.people ?? [],
    resources: found.resources ?? [],
    facts: (person, resource) => factsFrom(groundOf(person, resource), resource.kind, true),
  };
}

const timeOf = (seconds: string) => new Date(Number(seconds) * 1000).toISOString();

const isOn =
  (now: number) =>
  ({ until }: Lent) =>
    !until || Number(until) > now;

/** What someone can do with something, after the cap; `resource/person` in a map of them. */
export interface Standing {
  readonly person: Someone;
  readonly resource: Subject;
  readonly level: Level;
}

/** Of all pairs those that have a level. */
export function levelsIn({ people, resources, facts }: Grounds): Map<string, Standing> {
  const levels = new Map<string, Standing>();
  for (const resource of resources) {
    for (const person of people) {
      const level = levelOf(facts(person, resource));
      if (level) levels.set(`${resource.id}/${person.id}`, { person, resource, level });
    }
  }
  return levels;
}
