import fc from 'fast-check';
import type { Client } from 'pg';
import { newId } from '../../src/terms/ids.ts';
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
  /** Makes another key in place of one that has ended. */
  renew(): Promise<void>;
}

/** Any organization, as it is drawn by the seed, in which everyone is active and has keys of every sort. */
export async function settle(stage: Stage, seed: number): Promise<World> {
  const [drawn] = fc.sample(anyLand, { seed, numRuns: 1 });
  const land = {
    ...(drawn as Land),
    people: (drawn as Land).people.map((it) => ({ ...it, status: 'active' as const })),
  };
  const resources = land.resources.map((it) => ({
    ...it,
    grants: it.visibility === 'private' ? [] : it.grants.filter(({ until }) => !until),
  }));
  const whole = { ...land, resources, credentials: [] };
  const rows = {
    ...rowsOf(whole),
    revision: resources.map((it) => ({
      organization_id: land.organization,
      ...firstRevision(it, land.people[0]?.id as string),
    })),
  };
  await stage.taking((sql) => insertRows(sql, rows));
  const keys = land.people.flatMap(({ id: person }, i): Who[] => [
    { person, override: false },
    { person, override: true },
    i % 2
      ? { person, override: i % 4 === 1, cut: [land.workspaces[i % 3]?.id as string] }
      : { person, override: false, reads: true },
  ]);
  const model = modelOf(whole, keys);
  return { model, agents: await Promise.all(keys.map((who) => agentOf(stage, model, who))) };
}

const scopes = ['read', 'write', 'share', 'request', 'review', 'admin'];

/** Someone with a key of that sort. */
async function agentOf({ taking, service }: Stage, model: Model, who: Who): Promise<Agent> {
  const callers: Caller[] = [];
  const renew = async () => {
    const id = newId();
    const secret = newSecret(model.land.organization, id);
    const credential = {
      organization_id: model.land.organization,
      id,
      person_id: who.person,
      name: id,
      secret_hash: `\\x${readSecret(secret)?.hash.toString('hex')}`,
      scopes: who.reads ? ['read'] : who.override ? [...scopes, 'override'] : scopes,
      workspaces: who.cut ?? null,
    };
    await taking((sql) => insertRows(sql, { credential: [credential] }));
    callers.splice(0, callers.length, byRest(service, secret), onceConnected(service, secret));
    model.ended.delete(who);
  };
  await renew();
  return { who, callers, renew };
}

/** Over MCP, connected at the first call. */
function onceConnected(service: Service, secret: string): Caller {
  let connecting: ReturnType<typeof byMcp> | undefined;
  return async (...called) => {
    connecting ??= byMcp(service, secret);
    return (await connecting).call(...called);
  };
}
