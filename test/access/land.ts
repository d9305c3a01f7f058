import fc from 'fast-check';
import { newId } from '../../src/terms/ids.ts';
import type { Capability, Kind } from '../../src/terms/kinds.ts';
import type { OrganizationRole, Visibility, WorkspaceRole } from '../../src/terms/ladders.ts';
import type { CredentialScope } from '../../src/terms/scopes.ts';
import { hamlet, type Size, toldOf, town, village } from './land-drawn.ts';

export type Lent = 'viewer' | 'editor';

/** One organization as plain data: what the second evaluators decide on, and what the database is filled from. */
export interface Land {
  readonly organization: string;
  readonly createdBy: string | null;
  readonly people: readonly Resident[];
  readonly principals: readonly Circle[];
  readonly workspaces: readonly Ground[];
  readonly projects: readonly {
    id: string;
    workspace: string;
    restricted: boolean;
    deleted: boolean;
    members: readonly { principal: string; role: Lent }[];
  }[];
  readonly resources: readonly Thing[];
  readonly invitations: readonly { id: string; by: string }[];
  readonly credentials: readonly Key[];
}

export interface Resident {
  readonly id: string;
  readonly role: OrganizationRole;
  readonly status: 'active' | 'suspended' | 'removed';
  readonly canInvite: boolean;
}

/** A group or team. */
export interface Circle {
  readonly id: string;
  readonly sort: 'group' | 'team';
  /** Neither private nor locked. */
  readonly isPublic: boolean;
  readonly deleted: boolean;
  readonly people: readonly string[];
  /** Of each of them. */
  readonly roles: Readonly<Record<string, CircleRole>>;
}
export type CircleRole = 'owner' | 'editor' | 'viewer' | 'manager' | 'member';

export interface Ground {
  readonly id: string;
  readonly anyEditorTakesBack: boolean;
  readonly deleted: boolean;
  /** Deleted longer ago than it can be brought back. */
  readonly past: boolean;
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
  /** Of an integration: whom it is installed for. */
  readonly installed: 'workspace' | 'organization' | null;
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

const landOf = (size: Size): fc.Arbitrary<Land> =>
  fc.noBias(toldOf(size)).map((it) => {
    const { groups } = size;
    const organization = newId();
    const person = it.people.map((told) => ({ id: newId(), ...told }));
    const principal = it.principals.map((told, i) => circleOf(i < groups ? 'group' : 'team', told, person));
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
    const resources = it.resources.map(({ grants, installed, ...thing }) => {
      const workspace = ground[thing.workspace]!.id;
      const folder = thing.project === null ? undefined : project[thing.project];
      return {
        ...thing,
        id: newId(),
        workspace,
        project: folder?.workspace === workspace ? folder.id : null,
        owner: thing.owner === null ? null : person[thing.owner]!.id,
        givenBy: thing.givenBy === null ? null : person[thing.givenBy]!.id,
        installed: thing.kind === 'integration' ? installed : null,
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
      createdBy: it.createdBy === null ? null : person[it.createdBy]!.id,
      invitations: it.invitations.map((by) => ({ id: newId(), by: person[by]!.id })),
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
/** Where little is shared, and much of it deleted, so that who finds whom hangs by few threads. */
export const anyScatteredLand = landOf(hamlet);

/** A guest is no more in it than a viewer or member (ORG-10). */
function circleOf(
  sort: Circle['sort'],
  { isPublic, deleted, members }: { isPublic: boolean; deleted: boolean; members: readonly (number | null)[] },
  person: readonly Resident[],
): Circle {
  const ladder = ({ group: ['viewer', 'editor', 'owner'], team: ['member', 'manager', 'manager'] } as const)[sort];
  const inIt = person.filter((_, at) => members[at] !== null);
  const roleOf = (it: Resident) => ladder[it.role === 'guest' ? 0 : (members[person.indexOf(it)] ?? 0)]!;
  return {
    id: newId(),
    sort,
    isPublic,
    deleted,
    people: inIt.map(({ id }) => id),
    roles: Object.fromEntries(inIt.map((it) => [it.id, roleOf(it)])),
  };
}

const hour = 3_600_000;
const dateOf = (when: string) => (when === 'never' ? null : new Date(Date.now() + (when === 'past' ? -hour : hour)));
