import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Decision } from '../access/decide.ts';
import type { Action } from '../access/policy.ts';
import { newId } from '../terms/ids.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Noun } from '../terms/ladders.ts';
import { storeOf, type Tx } from './database.ts';
import { trail } from './statement.ts';

/** What the log says of one decision (ACT-1). */
export interface Entry {
  readonly me: Actor;
  readonly action: Action;
  readonly decision: Decision;
  readonly noun: Noun | 'credential';
  /** Of a resource, as the call named it; of one that was made or came along, the database knows. */
  readonly kind?: Kind | undefined;
  readonly entity?: string | undefined;
  readonly workspace?: string | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Adds to the log, in the transaction of what it tells of. */
export async function log(tx: Tx, entry: Entry): Promise<void> {
  await insert(tx, rowOf(entry));
}

/** The same for any number of entries, in one statement. */
export async function logAll(tx: Tx, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const [first] = entries as [Entry];
  const rows = entries.map((entry) => ({ ...rowOf(entry), before: entry.before, after: entry.after }));
  await sql`
    insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, via, overridden, noun, kind, entity_id, workspace_id, before, after)
    select ${first.me.organization}, it.id, it.person, it.credential, it.surface, it.action, it.outcome, it.because, it.via, it.overridden, it.noun,
      coalesce(it.kind, case when it.outcome = 'allow' and it.noun in ('resource', 'bin') then
        (select r.kind from resource r where r.organization_id = ${first.me.organization} and r.id = it.entity) end),
      it.entity, it.workspace, it.before, it.after
    from json_to_recordset(${JSON.stringify(rows)}::json) as it (id uuid, person uuid, credential uuid, surface text, action text, outcome text,
      because text, via text, overridden boolean, noun text, kind text, entity uuid, workspace uuid, before json, after json)`.execute(
    storeOf(tx),
  );
}

function rowOf({ me, action, decision, noun, kind, entity, workspace, before, after }: Entry): Row {
  return {
    organization: me.organization,
    id: newId(),
    person: me.person,
    credential: me.credential,
    surface: me.surface,
    action,
    outcome: decision.outcome,
    because: decision.because,
    via: decision.by.map(({ via }) => via).join(', ') || null,
    overridden: decision.overridden && decision.outcome === 'allow',
    noun: noun === 'closed' ? 'workspace' : noun,
    kind: kind ?? null,
    entity: entity ?? null,
    workspace: workspace ?? null,
    before: jsonOf(before),
    after: jsonOf(after),
  };
}

interface Row {
  readonly organization: string;
  readonly id: string;
  readonly person: string;
  readonly credential: string;
  readonly surface: string;
  readonly action: string;
  readonly outcome: string;
  readonly because: string;
  readonly via: string | null;
  readonly overridden: boolean;
  readonly noun: string;
  readonly kind: Kind | null;
  readonly entity: string | null;
  readonly workspace: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

const insert = trail<Row>(
  (
    it,
  ) => sql`insert into activity (organization_id, id, person_id, credential_id, surface, action, outcome, because, via, overridden, noun, kind, entity_id, workspace_id, before, after)
    values (${it.organization}, ${it.id}, ${it.person}, ${it.credential}, ${it.surface}, ${it.action}, ${it.outcome}, ${it.because}, ${it.via}, ${it.overridden},
      ${it.noun}, coalesce(${it.kind}::text, case when ${it.outcome} = 'allow' and ${it.noun} in ('resource', 'bin') then
        (select r.kind from resource r where r.organization_id = ${it.organization}::uuid and r.id = ${it.entity}::uuid) end), ${it.entity}, ${it.workspace}, ${it.before}::json, ${it.after}::json)`,
);

const jsonOf = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
