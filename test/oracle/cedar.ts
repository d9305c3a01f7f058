import type { Entities } from '@cedar-policy/cedar-wasm/nodejs';
import type { Key, Land, Thing } from '../access/land.ts';
import { type CedarWorld, credentialContext, openModel, reference, uid } from './cedar-model.ts';

/** Resources, and requests for them. */
export const resourceModel = openModel('postern');

/** Someone asks for a resource; it was delivered or was not (EXT-6). */
export interface Asked {
  readonly id: string;
  readonly by: string;
  readonly thing: Thing;
  readonly delivered: boolean;
}

/** All that Cedar needs to know of one person, one credential and one resource. */
export function cedarWorld(land: Land, key: Key, thing: Thing, now = new Date()): CedarWorld {
  const person = land.people.find(({ id }) => id === key.person)!;
  const ground = land.workspaces.find(({ id }) => id === thing.workspace)!;
  const project = land.projects.find(({ id, restricted }) => id === thing.project && restricted);
  const typeOf = (id: string) =>
    ({ group: 'Group', team: 'Team' })[land.principals.find((it) => it.id === id)?.sort as 'group'] ?? 'Person';
  const refs = (type: string, ids: readonly string[]) =>
    ids.filter((id) => typeOf(id) === type).map((id) => reference(type, id));
  const role = (name: string) => uid('Role', `${ground.id}/${name}s`);
  const rolesOf = (id: string) => ground.members.filter(({ principal }) => principal === id).map((it) => role(it.role));
  const theirs = land.principals.filter(({ deleted, people }) => !deleted && people.includes(person.id));
  const running = thing.grants.filter(({ until }) => !until || until > now);
  const granted = (level: string) => running.filter((it) => it.level === level).map(({ principal }) => principal);
  const within = (wanted: string) =>
    project?.members.filter((it) => !project.deleted && it.role === wanted).map(({ principal }) => principal) ?? [];
  const switched = (capability: string, on: boolean) =>
    refs(
      'Person',
      ground.switches.filter((it) => it.capability === capability && it.on === on).map((it) => it.person),
    );

  const entities: Entities = [
    {
      uid: uid('Person', person.id),
      attrs: { active: person.status === 'active', admin: person.role === 'admin' },
      parents: [...theirs.map(({ id }) => uid(typeOf(id), id)), ...rolesOf(person.id)],
    },
    ...theirs.map(({ id, sort }) => ({
      uid: uid(typeOf(id), id),
      attrs: {},
      parents: sort === 'team' ? rolesOf(id) : [],
    })),
    ...(['viewer', 'creator', 'admin', 'owner'] as const).map((name, at, all) => ({
      uid: role(name),
      attrs: {},
      parents: at ? [role(all[at - 1]!)] : [],
    })),
    {
      uid: uid('Workspace', ground.id),
      attrs: {
        deleted: ground.deleted,
        anyEditorTakesBack: ground.anyEditorTakesBack,
        ...Object.fromEntries(
          ['viewer', 'creator', 'admin', 'owner'].map((name) => [`${name}s`, { __entity: role(name) }]),
        ),
        flowsOn: switched('flows_manager', true),
        flowsOff: switched('flows_manager', false),
        kitsOn: switched('brand_kits_manager', true),
        kitsOff: switched('brand_kits_manager', false),
      },
      parents: [],
    },
    ...(project
      ? [
          {
            uid: uid('Project', project.id),
            attrs: {
              editorPeople: refs('Person', within('editor')),
              editorTeams: refs('Team', within('editor')),
              viewerPeople: refs('Person', within('viewer')),
              viewerTeams: refs('Team', within('viewer')),
            },
            parents: [],
          },
        ]
      : []),
    {
      uid: uid('Resource', thing.id),
      attrs: {
        workspace: reference('Workspace', ground.id),
        ...(project && { restrictedTo: reference('Project', project.id) }),
        ...(thing.owner && { owner: reference('Person', thing.owner) }),
        ...(thing.givenBy && { givenBy: reference('Person', thing.givenBy) }),
        ...(thing.installed && { installed: thing.installed }),
        kit: thing.kind === 'brand_kit',
        visibility: thing.visibility,
        everyone: thing.everyone,
        binned: thing.binned,
        editorPeople: refs('Person', granted('editor')),
        editorGroups: refs('Group', granted('editor')),
        editorTeams: refs('Team', granted('editor')),
        viewerPeople: refs('Person', granted('viewer')),
        viewerGroups: refs('Group', granted('viewer')),
        viewerTeams: refs('Team', granted('viewer')),
      },
      parents: [],
    },
  ];
  return { entities, context: credentialContext(key, now) };
}

/** The same with a request for it. */
export function cedarRequest({ entities, context }: CedarWorld, { id, by, thing, delivered }: Asked): CedarWorld {
  const attrs = {
    requester: reference('Person', by),
    ...(delivered && { about: reference('Resource', thing.id) }),
  };
  return { entities: [...entities, { uid: uid('Request', id), attrs, parents: [] }], context };
}
