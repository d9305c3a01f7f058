import fc from 'fast-check';
import { newId } from '../../src/terms/ids.ts';
import { type Capability, capabilities, type Kind } from '../../src/terms/kinds.ts';
import type { OrganizationRole, Visibility, WorkspaceRole } from '../../src/terms/ladders.ts';
import type { CredentialScope } from '../../src/terms/scopes.ts';

type Lent = 'viewer' | 'editor';

/** One organization as plain data: what the second evaluators decide on, and what the database is filled from. */
export interface Land {
  readonly organization: string;
  readonly people: readonly { id: string; role: OrganizationRole; status: 'active' | 'suspended' | 'removed' }[];
  readonly principals: readonly { id: string; sort: 'group' | 'team'; deleted: boolean; people: readonly string[] }[];
  readonly workspaces: readonly Ground[];
  readonly projects: readonly {
    id: string;
    workspace: string;
    restricted: boolean;
    deleted: boolean;
    members: readonly { principal: string; role: Lent }[];
  }[];
  readonly resources: readonly Thing[];
  readonly credentials: readonly Key[];
}

export interface Ground {
  readonly id: string;
  readonly anyEditorTakesBack: boolean;
  readonly deleted: boolean;
  /** People and teams. */
  readonly members: readonly { principal: string; role: WorkspaceRole }[];
  readonly switches: readonly { person: string; capability: Capability; on: boolean }[];
}

export interface Thing {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly workspace: string;
  readonly project: string | null;
  readonly owner: string | null;
  readonly givenBy: string | null;
  readonly visibility: Visibility;
  readonly everyone: Lent;
  readonly binned: boolean;
  readonly grants: readonly { principal: string; level: Lent; until: Date | null }[];
}

export interface Key {
  readonly id: string;
  readonly person: string;
  readonly scopes: readonly CredentialScope[];
  readonly cut: readonly string[] | null;
  readonly until: Date | null;
  readonly revoked: boolean;
}

interface Size {
  readonly people: number;
  readonly groups: number;
  readonly teams: number;
  readonly workspaces: number;
  readonly projects: number;
  readonly resources: readonly [number, number];
}

const village: Size = { people: 5, groups: 2, teams: 2, workspaces: 3, projects: 3, resources: [4, 12] };
/** More than a page of most things, and grants through many groups at once. */
const town: Size = { people: 3, groups: 30, teams: 2, workspaces: 2, projects: 2, resources: [260, 300] };

const sometimes = (weight: number) => fc.nat(weight).map((n) => n === weight);
const perhaps = <T>(it: fc.Arbitrary<T>) => fc.option(it, { freq: 2 });
const each = <T>(n: number, it: fc.Arbitrary<T>) => fc.array(it, { minLength: n, maxLength: n });
const role = fc.constantFrom<WorkspaceRole>('viewer', 'viewer', 'creator', 'creator', 'admin', 'owner');
const lent = fc.constantFrom<Lent>('viewer', 'editor');
const mostly = <T>(usual: T, ...others: T[]) => fc.nat(9 + others.length).map((n) => others[n - 10] ?? usual);
const when = fc.constantFrom('never', 'never', 'never', 'past', 'future');

/** Worlds in small numbers, so that a failing one shrinks to what it fails by. */
const toldOf = ({ people, groups, teams, workspaces, projects, resources: [least, most] }: Size) =>
  fc.record({
    people: each(
      people,
      fc.record({
        role: fc.constantFrom<OrganizationRole>('member', 'member', 'guest', 'admin'),
        status: mostly('active' as const, 'suspended' as const, 'removed' as const),
      }),
    ),
    principals: each(groups + teams, fc.record({ deleted: sometimes(6), members: each(people, fc.boolean()) })),
    workspaces: each(
      workspaces,
      fc.record({
        anyEditorTakesBack: fc.boolean(),
        deleted: sometimes(7),
        people: each(people, perhaps(role)),
        teams: each(teams, fc.option(role, { freq: 2 })),
        switches: fc.uniqueArray(
          fc.record({ person: fc.nat(people - 1), capability: fc.constantFrom(...capabilities), on: fc.boolean() }),
          { maxLength: 4, selector: ({ person, capability }) => `${person}/${capability}` },
        ),
      }),
    ),
    projects: each(
      projects,
      fc.record({
        workspace: fc.nat(workspaces - 1),
        restricted: fc.boolean(),
        deleted: sometimes(5),
        members: each(people + teams, perhaps(lent)),
      }),
    ),
    resources: fc.array(
      fc.record({
        kind: fc.constantFrom<Kind>('workflow', 'workflow', 'workflow', 'workflow', 'brand_kit', 'assistant'),
        name: fc.constantFrom('Payroll', 'payout', 'Plans 100%', 'plan_b', 'Ångström'),
        workspace: fc.nat(workspaces - 1),
        project: fc.option(fc.nat(projects - 1), { freq: 3 }),
        owner: fc.option(fc.nat(people - 1), { freq: 4 }),
        givenBy: fc.option(fc.nat(people - 1), { freq: 3 }),
        visibility: fc.constantFrom<Visibility>('private', 'shared', 'everyone'),
        everyone: lent,
        binned: sometimes(6),
        grants: fc.uniqueArray(
          fc.record({ principal: fc.nat(people + groups + teams - 1), level: lent, until: when }),
          { maxLength: 5, selector: ({ principal }) => principal },
        ),
      }),
      { minLength: least, maxLength: most },
    ),
    keys: each(
      people,
      fc.record({
        cut: fc.option(each(workspaces, fc.boolean()), { freq: 2 }),
        until: mostly('never', 'past', 'future'),
        revoked: sometimes(14),
      }),
    ),
  });

const landOf = (size: Size): fc.Arbitrary<Land> =>
  fc.noBias(toldOf(size)).map((it) => {
    const { groups } = size;
    const organization = newId();
    const person = it.people.map((told) => ({ id: newId(), ...told }));
    const principal = it.principals.map(({ deleted, members }, i) => ({
      id: newId(),
      sort: i < groups ? ('group' as const) : ('team' as const),
      deleted,
      people: person.filter((_, at) => members[at]).map(({ id }) => id),
    }));
    const team = principal.filter(({ sort }) => sort === 'team');
    const ground = it.workspaces.map(({ people, teams, switches, ...rest }) => ({
      id: newId(),
      ...rest,
      members: [...person, ...team].flatMap(({ id }, at) => {
        const role = [...people, ...teams][at];
        return role ? [{ principal: id, role }] : [];
      }),
      switches: switches.map(({ person: at, ...rest }) => ({ person: person[at]!.id, ...rest })),
    }));
    const project = it.projects.map(({ workspace, restricted, deleted, members }) => ({
      id: newId(),
      workspace: ground[workspace]!.id,
      restricted,
      deleted,
      members: [...person, ...team].flatMap(({ id }, at) => {
        const role = members[at];
        return role ? [{ principal: id, role }] : [];
      }),
    }));
    const everyPrincipal = [...person, ...principal];
    const resources = it.resources.map(({ grants, ...thing }) => {
      const workspace = ground[thing.workspace]!.id;
      const folder = thing.project === null ? undefined : project[thing.project];
      return {
        ...thing,
        id: newId(),
        workspace,
        project: folder?.workspace === workspace ? folder.id : null,
        owner: thing.owner === null ? null : person[thing.owner]!.id,
        givenBy: thing.givenBy === null ? null : person[thing.givenBy]!.id,
        grants: grants.map(({ principal, level, until }) => ({
          principal: everyPrincipal[principal]!.id,
          level,
          until: dateOf(until),
        })),
      };
    });
    const credentials = it.keys.flatMap(({ cut, until, revoked }, at) =>
      [false, true].map((override) => ({
        id: newId(),
        person: person[at]!.id,
        scopes: (override ? ['read', 'override'] : ['read']) as CredentialScope[],
        cut: cut && ground.filter((_, i) => cut[i]).map(({ id }) => id),
        until: dateOf(until),
        revoked,
      })),
    );
    const land = {
      organization,
      people: person,
      principals: principal,
      workspaces: ground,
      projects: project,
      resources,
      credentials,
    };
    // A failing world is told in the small numbers that it was drawn as.
    return Object.assign(land, { [fc.toStringMethod]: () => JSON.stringify(it) });
  });

/** Any organization: places by themselves and through teams, groups and teams across workspaces, ends, bins, switches, cuts, and what was deleted. */
export const anyLand = landOf(village);
export const anyLargeLand = landOf(town);

const hour = 3_600_000;
const dateOf = (when: string) => (when === 'never' ? null : new Date(Date.now() + (when === 'past' ? -hour : hour)));
