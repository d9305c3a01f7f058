import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Decision } from '../access/decide.ts';
import type { Action } from '../access/policy.ts';
import { newId } from '../terms/ids.ts';
import type { Noun } from '../terms/ladders.ts';
import type { Tx } from './database.ts';
import { statement } from './statement.ts';

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
  const entry = {
    organization: me.organization,
    id: newId(),
    person: me.person,
    credential: me.credential,
    action,
    outcome: decision.outcome,
    because: decision.because,
    via: decision.by.map(({ via }) => via).join(', ') || null,
    overridden: decision.overridden && decision.outcome === 'allow',
    noun,
    entity: entity ?? null,
    workspace: workspace ?? null,
    before: jsonOf(before),
    after: jsonOf(after),
  };
  await insert(tx, entry);
}

interface Row {
  readonly organization: string;
  readonly id: string;
  readonly person: string;
  readonly credential: string;
  readonly action: string;
  readonly outcome: string;
  readonly because: string;
  readonly via: string | null;
  readonly overridden: boolean;
  readonly noun: string;
  readonly entity: string | null;
  readonly workspace: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

const insert = statement<Row, never>(
  (
    it,
  ) => sql`insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, via, overridden, noun, entity_id, workspace_id, before, after)
    values (${it.organization}, ${it.id}, ${it.person}, ${it.credential}, 'external', ${it.action}, ${it.outcome}, ${it.because}, ${it.via}, ${it.overridden},
      ${it.noun}, ${it.entity}, ${it.workspace}, ${it.before}::json, ${it.after}::json)`,
);

const jsonOf = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
