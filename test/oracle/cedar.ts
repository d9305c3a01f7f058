import { readFileSync } from 'node:fs';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { Key, Land, Thing } from '../access/land.ts';
import type { ThingAction } from '../access/reference.ts';

const fileOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

const schema = fileOf('postern.cedarschema');
const parts = cedar.policySetTextToParts(fileOf('postern.cedar'));
if (parts.type !== 'success') throw new Error(JSON.stringify(parts));
const staticPolicies = Object.fromEntries(
  parts.policies.map((text) => [/@id\("(.+?)"\)/.exec(text)?.[1] ?? text, text]),
);
const judged = cedar.validate({ schema, policies: { staticPolicies } });
if (judged.type !== 'success' || judged.validationErrors.length) throw new Error(JSON.stringify(judged));
// Calls go without the schema, which would be gone through at each; what it says of actions comes along as an entity.
const read = cedar.schemaToJson(schema);
if (read.type !== 'success') throw new Error(JSON.stringify(read));
const actions = Object.fromEntries(
  Object.entries(read.json['']?.actions ?? {}).map(([id, { memberOf }]) => [
    id,
    { uid: { type: 'Action', id }, attrs: {}, parents: (memberOf ?? []).map((it) => ({ type: 'Action', id: it.id })) },
  ]),
);
cedar.preparsePolicySet('postern', { staticPolicies });

/** Whether Cedar allows it, by the model beside this file, over the world in memory alone. */
export function cedarAllows({ entities, context }: CedarWorld, key: Key, action: ThingAction, thing: Thing): boolean {
  const answer = cedar.statefulIsAuthorized({
    principal: { type: 'Person', id: key.person },
    action: { type: 'Action', id: action },
    resource: { type: 'Resource', id: thing.id },
    context,
    entities: [...entities, actions[action]!],
    preparsedPolicySetId: 'postern',
  });
  if (answer.type !== 'success' || answer.response.diagnostics.errors.length) throw new Error(JSON.stringify(answer));
  return answer.response.decision === 'allow';
}

export interface CedarWorld {
  readonly entities: cedar.Entities;
  readonly context: cedar.Context;
}

/** All that Cedar needs to know of one person, one credential and one resource. */
export function cedarWorld(land: Land, key: Key, thing: Thing, now = new Date()): CedarWorld {
  const person = land.people.find(({ id }) => id === key.person)!;
  const ground = land.workspaces.find(({ id }) => id === thing.workspace)!;
  const project = land.projects.find(({ id, restricted }) => id === thing.project && restricted);
  const uid = (type: string, id: string) => ({ type, id });
  const ref = (type: string, id: string) => ({ __entity: uid(type, id) });
  const typeOf = (id: string) =>
    ({ group: 'Group', team: 'Team' })[land.principals.find((it) => it.id === id)?.sort as 'group'] ?? 'Person';
  const refs = (type: string, ids: readonly string[]) =>
    ids.filter((id) => typeOf(id) === type).map((id) => ref(type, id));
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

  const entities: cedar.Entities = [
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
        workspace: ref('Workspace', ground.id),
        ...(project && { restrictedTo: ref('Project', project.id) }),
        ...(thing.owner && { owner: ref('Person', thing.owner) }),
        ...(thing.givenBy && { givenBy: ref('Person', thing.givenBy) }),
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
  const ended = key.revoked || (key.until !== null && key.until <= now);
  const context = {
    override: key.scopes.includes('override'),
    everywhere: key.cut === null,
    workspaces: (key.cut ?? []).map((id) => ref('Workspace', id)),
    ended,
  };
  return { entities, context };
}
