import { readFileSync } from 'node:fs';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { Key } from '../access/land.ts';

/** All that Cedar needs to know of one question but who asks to do what. */
export interface CedarWorld {
  readonly entities: cedar.Entities;
  readonly context: cedar.Context;
}

/** One model beside this file: its policies are valid by its schema, which names the actions that it decides. */
export interface Model {
  /** By the type of what they are done to. */
  readonly actions: Readonly<Record<string, readonly string[]>>;
  /** Whether Cedar allows it, over the world in memory alone. */
  allows(world: CedarWorld, person: string, action: string, on: readonly [type: string, id: string]): boolean;
}

export const uid = (type: string, id: string) => ({ type, id });
export const reference = (type: string, id: string) => ({ __entity: uid(type, id) });

export function openModel(name: string): Model {
  const schema = fileOf(`${name}.cedarschema`);
  const parts = cedar.policySetTextToParts(fileOf(`${name}.cedar`));
  if (parts.type !== 'success') throw new Error(JSON.stringify(parts));
  const staticPolicies = Object.fromEntries(
    parts.policies.map((text) => [/@id\("(.+?)"\)/.exec(text)?.[1] ?? text, text]),
  );
  const judged = cedar.validate({ schema, policies: { staticPolicies } });
  if (judged.type !== 'success' || judged.validationErrors.length) throw new Error(JSON.stringify(judged));
  const read = cedar.schemaToJson(schema);
  if (read.type !== 'success') throw new Error(JSON.stringify(read));
  const declared = Object.entries(read.json['']?.actions ?? {});
  // Calls go without the schema, which would be gone through at each; what it says of actions comes along as an entity.
  const asEntities = new Map(
    declared.map(([id, { memberOf }]) => [
      id,
      { uid: uid('Action', id), attrs: {}, parents: (memberOf ?? []).map((it) => uid('Action', it.id)) },
    ]),
  );
  cedar.preparsePolicySet(name, { staticPolicies });

  return {
    actions: Object.groupBy(
      declared.filter(([, { appliesTo }]) => appliesTo?.resourceTypes.length).map(([action]) => action),
      (action) => read.json['']?.actions[action]?.appliesTo?.resourceTypes[0] as string,
    ) as Model['actions'],
    allows({ entities, context }, person, action, on) {
      const answer = cedar.statefulIsAuthorized({
        principal: uid('Person', person),
        action: uid('Action', action),
        resource: uid(...on),
        context,
        entities: [...entities, asEntities.get(action)!],
        preparsedPolicySetId: name,
      });
      if (answer.type !== 'success' || answer.response.diagnostics.errors.length)
        throw new Error(JSON.stringify(answer));
      return answer.response.decision === 'allow';
    },
  };
}

/** What a credential bears, and what it is cut to. */
export const credentialContext = (key: Key, now: Date) => ({
  override: key.scopes.includes('override'),
  everywhere: key.cut === null,
  workspaces: (key.cut ?? []).map((id) => reference('Workspace', id)),
  ended: key.revoked || (key.until !== null && key.until <= now),
});

const fileOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
