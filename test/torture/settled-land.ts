import fc from 'fast-check';
import type { Client } from 'pg';
import { newSecret, readSecret } from '../../src/terms/secret.ts';
import { anyLand, type Land } from '../access/land.ts';
import { rowsOf } from '../access/land-rows.ts';
import type { Service } from '../support/agent.ts';
import { insertRows } from '../support/rows.ts';
import { firstRevision } from '../support/told-rows.ts';
import { byMcp, byRest, type Caller } from './caller.ts';
import { type Model, modelOf, type Who } from './model.ts';

/** Where a soak takes place: a server, and its database as the superuser sees it, one after another. */
export interface Stage {
  taking<T>(work: (sql: Client) => Promise<T>): Promise<T>;
  readonly service: Service;
}

export function stageOn(sql: Client, service: Service): Stage {
  let last: Promise<unknown> = Promise.resolve();
  return {
    service,
    taking(work) {
      const mine = last.then(() => work(sql));
      last = mine.catch(() => {});
      return mine;
    },
  };
}

export interface World {
  readonly model: Model;
  readonly agents: readonly Agent[];
}

export interface Agent {
  readonly who: Who;
  /** One a door. */
  readonly callers: readonly Caller[];
}

/** Any organization, as it is drawn by the seed, in which everyone is active and has a key, one with `override` beside it. */
export async function settle({ taking, service }: Stage, seed: number): Promise<World> {
  const [drawn] = fc.sample(anyLand, { seed, numRuns: 1 });
  const land = {
    ...(drawn as Land),
    people: (drawn as Land).people.map((it) => ({ ...it, status: 'active' as const })),
  };
  const resources = land.resources.map((it) => ({
    ...it,
    grants: it.visibility === 'private' ? [] : it.grants.filter(({ until }) => !until),
  }));
  const credentials = land.credentials.map((it) => ({ ...it, cut: null, until: null, revoked: false }));
  const secrets = credentials.map(({ id }) => newSecret(land.organization, id));
  const whole = { ...land, resources, credentials };
  const rows = rowsOf(whole);
  const scopes = ['read', 'write', 'share', 'request', 'review', 'admin'];
  const told = {
    ...rows,
    revision: resources.map((it) => ({
      organization_id: land.organization,
      ...firstRevision(it, land.people[0]?.id as string),
    })),
    credential: (rows.credential ?? []).map((it, i) => ({
      ...it,
      secret_hash: `\\x${readSecret(secrets[i] as string)?.hash.toString('hex')}`,
      scopes: credentials[i]?.scopes.includes('override') ? [...scopes, 'override'] : scopes,
    })),
  };
  await taking((sql) => insertRows(sql, told));
  const agents = credentials.map(({ person, scopes: borne }, i) => ({
    who: { person, override: borne.includes('override') },
    callers: [byRest(service, secrets[i] as string), onceConnected(service, secrets[i] as string)],
  }));
  return { model: modelOf(whole), agents };
}

/** Over MCP, connected at the first call. */
function onceConnected(service: Service, secret: string): Caller {
  let connecting: ReturnType<typeof byMcp> | undefined;
  return async (...called) => {
    connecting ??= byMcp(service, secret);
    return (await connecting).call(...called);
  };
}
