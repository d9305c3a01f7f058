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
  /** All that Cedar allows there, over the world in memory alone. Most of its time goes into being told the world, so it is asked once. */
  allowed(world: CedarWorld, person: string, on: Named): ReadonlySet<string>;
  /** Whether it allows one action, by the policies as they are written. */
  allows(world: CedarWorld, person: string, action: string, on: Named): boolean;
}

type Named = readonly [type: string, id: string];
/** As text, each by its name. */
type Policies = Readonly<Record<string, string>>;

export const uid = (type: string, id: string) => ({ type, id });
export const reference = (type: string, id: string) => ({ __entity: uid(type, id) });

export function openModel(name: string): Model {
  const policies = policiesOf(fileOf(`${name}.cedar`));
  const declared = actionsOf(fileOf(`${name}.cedarschema`), policies);
  const actions = Object.groupBy(
    declared.filter(({ type }) => type).map(({ id }) => id),
    (action) => declared.find(({ id }) => id === action)!.type!,
  ) as Model['actions'];
  // Calls go without the schema, which would be gone through at each; what it says of actions comes along as an entity.
  const asEntities = new Map(
    declared.map(({ id, groups }) => [
      id,
      { uid: uid('Action', id), attrs: {}, parents: groups.map((it) => uid('Action', it)) },
    ]),
  );
  const ask = (named: string, { entities, context }: CedarWorld, person: string, action: string, on: Named) => {
    const entity = asEntities.get(action);
    return answered({
      principal: uid('Person', person),
      action: uid('Action', action),
      resource: uid(...on),
      context,
      entities: entity ? [...entities, entity] : entities,
      preparsedPolicySetId: named,
    });
  };

  prepare(name, policies);
  prepare(`${name}: scopes`, withoutConditions(policies));
  for (const [type, its] of Object.entries(actions)) {
    const about = (action: string) =>
      ask(`${name}: scopes`, { entities: [], context: {} }, '', action, [type, '']).diagnostics.reason;
    prepare(
      `${name}: ${type}`,
      Object.fromEntries(its.map((action) => [action, joined(about(action).map((id) => policies[id]!))])),
    );
  }

  return {
    actions,
    allowed: (world, person, on) => new Set(ask(`${name}: ${on[0]}`, world, person, '', on).diagnostics.reason),
    allows: (world, person, action, on) => ask(name, world, person, action, on).decision === 'allow',
  };
}

const policiesOf = (text: string): Policies =>
  Object.fromEntries(
    succeeded(cedar.policySetTextToParts(text)).policies.map((it) => [/@id\("(.+?)"\)/.exec(it)?.[1] ?? it, it]),
  );

/** What the schema declares, by which the policies are valid. */
function actionsOf(schema: string, staticPolicies: Policies) {
  const { validationErrors } = succeeded(cedar.validate({ schema, policies: { staticPolicies } }));
  if (validationErrors.length) throw new Error(JSON.stringify(validationErrors));
  const { json } = succeeded(cedar.schemaToJson(schema));
  return Object.entries(json['']?.actions ?? {}).map(([id, { appliesTo, memberOf }]) => ({
    id,
    type: appliesTo?.resourceTypes[0],
    groups: (memberOf ?? []).map((it) => it.id),
  }));
}

/** Each holds for all that it is about: so Cedar tells which those are. */
const withoutConditions = (policies: Policies): Policies =>
  Object.fromEntries(
    Object.entries(policies).map(([id, policy]) => [id, `permit ${/\(principal,[^)]*\)/.exec(policy)?.[0]};`]),
  );

/** One policy that permits what these do together: one of those that permit holds, and none of those that forbid. */
function joined(policies: readonly string[]): string {
  const holding = (effect: 'permit' | 'forbid') =>
    policies.filter((it) => new RegExp(`^${effect} `, 'm').test(it)).map((it) => `(${conditionOf(it)})`);
  const forbidden = holding('forbid').map((it) => `unless { ${it} }`);
  return `permit (principal, action, resource) when { ${holding('permit').join(' || ')} } ${forbidden.join('\n')};`;
}

const conditionOf = (policy: string): string =>
  [...policy.matchAll(/(when|unless) \{([^{}]*)\}/g)]
    .map(([, kind, body]) => (kind === 'when' ? `(${body})` : `!(${body})`))
    .join(' && ') || 'true';

function prepare(name: string, staticPolicies: Policies): void {
  succeeded(cedar.preparsePolicySet(name, { staticPolicies }));
}

function answered(call: cedar.StatefulAuthorizationCall): cedar.Response {
  const { response } = succeeded(cedar.statefulIsAuthorized(call));
  if (response.diagnostics.errors.length) throw new Error(JSON.stringify(response));
  return response;
}

function succeeded<T extends { readonly type: string }>(answer: T): Extract<T, { readonly type: 'success' }> {
  if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
  return answer as Extract<T, { readonly type: 'success' }>;
}

/** What a credential bears, and what it is cut to. */
export const credentialContext = (key: Key, now: Date) => ({
  override: key.scopes.includes('override'),
  everywhere: key.cut === null,
  workspaces: (key.cut ?? []).map((id) => reference('Workspace', id)),
  ended: key.revoked || (key.until !== null && key.until <= now),
});

const fileOf = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
