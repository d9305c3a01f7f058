import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Decision } from '../access/decide.ts';
import type { Action } from '../access/policy.ts';
import { newId } from '../terms/ids.ts';
import type { Noun } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';

/** What the log says of one decision (ACT-1). */
export interface Entry {
  readonly me: Actor;
  readonly action: Action;
  readonly decision: Decision;
  readonly noun: Noun;
  readonly entity?: string | undefined;
  readonly workspace?: string | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Adds to the log, in the transaction of what it tells of. */
export async function log(
  tx: Tx,
  { me, action, decision, noun, entity, workspace, before, after }: Entry,
): Promise<void> {
  await sql`insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, via, overridden, noun, entity_id, workspace_id, before, after)
    values (${me.organization}, ${newId()}, ${me.person}, ${me.credential}, 'external', ${action}, ${decision.outcome}, ${decision.because},
      ${decision.by.map(({ via }) => via).join(', ') || null}, ${decision.overridden && decision.outcome === 'allow'}, ${noun}, ${entity ?? null},
      ${workspace ?? null}, ${jsonOf(before)}::json, ${jsonOf(after)}::json)`.execute(storeOf(tx));
}

const jsonOf = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
