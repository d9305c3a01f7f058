import type { Entities, EntityJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Circle, Ground, Key, Land, Resident } from '../access/land.ts';
import { type CedarWorld, credentialContext, openModel, reference, uid } from './cedar-model.ts';

/** The organization, its people, groups, teams, workspaces, projects and invitations. */
export const spaceModel = openModel('spaces');

export type SpaceType = 'Organization' | 'Person' | 'Group' | 'Team' | 'Workspace' | 'Project' | 'Invitation';

/** All that Cedar needs to know of one person, one credential and one thing that is no resource. */
export function spaceWorld(land: Land, key: Key, type: SpaceType, id: string, kit = false): CedarWorld {
  const asking = land.people.find((it) => it.id === key.person)!;
  const entities = [
    { uid: uid('Person', asking.id), attrs: ofPerson(land, asking), parents: rolesOf(land, asking.id) },
    { uid: uid('Organization', land.organization), attrs: ofOrganization(land), parents: [] },
    ...laddersAround(land, asking.id, id),
    ...thingsOf(land, type, id),
  ];
  return { entities, context: { ...credentialContext(key, new Date()), kit } };
}

const attributes = (type: string, id: string, attrs: EntityJson['attrs'], parents: EntityJson['parents'] = []) => [
  { uid: uid(type, id), attrs, parents },
];

function thingsOf(land: Land, type: SpaceType, id: string): Entities {
  const project = land.projects.find((it) => it.id === id);
  const circle = land.principals.find((it) => it.id === id);
  const person = land.people.find((it) => it.id === id);
  switch (type) {
    case 'Organization':
      return [];
    case 'Person':
      return attributes(type, id, ofPerson(land, person!), rolesOf(land, id));
    case 'Group':
    case 'Team':
      return attributes(type, id, {
        deleted: circle!.deleted,
        public: circle!.isPublic,
        ...roles(id, rungs[circle!.sort]),
      });
    case 'Workspace':
      return attributes(type, id, ofWorkspace(land.workspaces.find((it) => it.id === id)!));
    case 'Project':
      return [
        ...thingsOf(land, 'Workspace', project!.workspace),
        ...attributes(type, id, {
          workspace: reference('Workspace', project!.workspace),
          deleted: project!.deleted,
          open: !project!.restricted,
          ...roles(id, ['viewer']),
        }),
      ];
    case 'Invitation':
      return attributes(type, id, { sender: reference('Person', land.invitations.find((it) => it.id === id)!.by) });
  }
}

const ofPerson = (land: Land, { id, role, status, canInvite }: Resident) => ({
  organization: reference('Organization', land.organization),
  role,
  status,
  canInvite,
  places: placesOf(land, id).map((place) => reference('Place', place)),
});

const ofOrganization = ({ people, createdBy }: Land) => ({
  activeAdmins: people
    .filter(({ role, status }) => role === 'admin' && status === 'active')
    .map(({ id }) => reference('Person', id)),
  ...(createdBy && { creator: reference('Person', createdBy) }),
});

function ofWorkspace({ id, deleted, past, switches }: Ground) {
  const switched = (capability: string, on: boolean) =>
    switches.filter((it) => it.capability === capability && it.on === on).map((it) => reference('Person', it.person));
  return {
    deleted,
    restorable: deleted && !past,
    ...roles(id, rungs.workspace),
    flowsOn: switched('flows_manager', true),
    flowsOff: switched('flows_manager', false),
    kitsOn: switched('brand_kits_manager', true),
    kitsOff: switched('brand_kits_manager', false),
    audienceOn: switched('audience_viewer', true),
    audienceOff: switched('audience_viewer', false),
  };
}

/** Lowest first. */
const rungs = {
  group: ['viewer', 'editor', 'owner'],
  team: ['member', 'manager'],
  workspace: ['viewer', 'creator', 'admin', 'owner'],
  project: ['viewer', 'editor'],
} as const;

const role = (id: string, name: string) => uid('Role', `${id}/${name}s`);
const roles = (id: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`${name}s`, { __entity: role(id, name) }]));

/** What someone is by themself. */
const rolesOf = (land: Land, person: string) => [
  ...living(land)
    .filter(({ people }) => people.includes(person))
    .map((it) => role(it.id, it.roles[person]!)),
  ...placedIn(land, person),
];

/** The roles that a person or team was given in workspaces and projects. */
const placedIn = (land: Land, principal: string) =>
  [...land.workspaces, ...land.projects].flatMap(({ id, members }) =>
    members.filter((it) => it.principal === principal).map((it) => role(id, it.role)),
  );

/** What matters between someone and a thing: each role in the one below, the lowest of a team in what the team was given. */
function laddersAround(land: Land, person: string, thing: string) {
  const workspace = land.projects.find(({ id }) => id === thing)?.workspace;
  const circles = living(land).filter(({ id, people }) => id === thing || people.includes(person));
  return [
    ...circles.map(({ id, sort }) => ({ id, names: rungs[sort], under: placedIn(land, id) })),
    ...[thing, ...(workspace ? [workspace] : [])].flatMap((id) => {
      const names = land.workspaces.some((it) => it.id === id) ? rungs.workspace : rungs.project;
      return circles.some((it) => it.id === id) ? [] : [{ id, names, under: [] }];
    }),
  ].flatMap(({ id, names, under }) =>
    names.map((name, at) => ({
      uid: role(id, name),
      attrs: {},
      parents: at === 0 ? under : [role(id, names[at - 1] as string)],
    })),
  );
}

/** Groups and teams that were not deleted. */
const living = ({ principals }: Land): Circle[] => principals.filter(({ deleted }) => !deleted);

/** Where someone is together with others: what was deleted is closed, and no such place (DIR-1, ORG-9). */
function placesOf(land: Land, person: string): string[] {
  const circles = living(land).filter(({ people }) => people.includes(person));
  const theirs = [person, ...circles.map(({ id }) => id)];
  const spaces = land.workspaces.filter(
    ({ deleted, members }) => !deleted && members.some(({ principal }) => theirs.includes(principal)),
  );
  return [...circles, ...spaces].map(({ id }) => id);
}
