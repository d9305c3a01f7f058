import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { decide } from '../access/decide.ts';
import { workspacePaths } from '../access/space-paths.ts';
import type { Kind } from '../terms/kinds.ts';
import { storeOf, type Tx } from './database.ts';
import type { Decided } from './decided.ts';
import { standings } from './standing.ts';

declare const made: unique symbol;

/** What of the log someone may read (ACT-2). Only `reachOfLog` makes one, and every look into it asks for one. */
export interface LogReach {
  readonly me: Actor;
  /** Everything in the organization. */
  readonly all: boolean;
  /** Workspaces whose entries they read, whoever made them. */
  readonly overseen: readonly string[];
  /** Whether these rights over others' things count without any of their own: as an override (EXT-3). */
  readonly override: boolean;
  readonly [made]: true;
}

/** Admins of the organization read all of it, where no cut holds them; those of a workspace its own; everyone what they did themselves. */
export async function reachOfLog(
  tx: Tx,
  { me, facts: { override } }: Decided<'activity.list'>,
  audit: Decided<'activity.audit'> | undefined,
): Promise<LogReach> {
  const stands = await standings(tx, me, override);
  const overseen = stands
    .filter(({ places }) => {
      const facts = { paths: workspacePaths(places, me.role), places, switches: {}, override };
      return decide('activity.oversee', facts).outcome === 'allow';
    })
    .map(({ workspace }) => workspace);
  return { me, all: audit !== undefined && !me.workspaces, overseen, override } as unknown as LogReach;
}

/** Whether an entry is in full to whoever reads it by a right over others' things. */
export const overrides = ({ all, overseen, override }: LogReach, { workspace_id }: Pick<LogRow, 'workspace_id'>) =>
  override && (all || (workspace_id !== null && overseen.includes(workspace_id)));

/** An entry as it is stored, with the names of who and where. */
export interface LogRow {
  readonly id: string;
  /** To the microsecond, as PostgreSQL writes it. */
  readonly at: string;
  readonly person_id: string | null;
  readonly email: string | null;
  readonly key: string | null;
  readonly surface: string;
  readonly action: string;
  readonly outcome: 'allow' | 'deny' | 'hide';
  readonly because: string | null;
  readonly via: string | null;
  readonly overridden: boolean;
  readonly noun: string;
  readonly kind: Kind | null;
  readonly entity_id: string | null;
  readonly workspace_id: string | null;
  readonly workspace: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** What to look for; a list that is empty finds nothing. */
export interface LogWanted {
  readonly people?: readonly string[] | undefined;
  readonly credentials?: readonly string[] | undefined;
  readonly workspaces?: readonly string[] | undefined;
  readonly entity?: { readonly id: string; readonly sort: string } | undefined;
  /** A kind of resource, or a noun. */
  readonly sort?: string | undefined;
  /** These actions, and with `refused` those refusals too; `outcome` is that of the former. */
  readonly actions?: readonly string[] | undefined;
  readonly refusals?: boolean | undefined;
  readonly outcome?: 'allow' | 'refused' | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `at|id` of the last one looked at. */
  readonly after?: string | undefined;
}

/** The next entries in reach that fit, newest first. */
export async function entriesOf(tx: Tx, reach: LogReach, wanted: LogWanted, limit: number): Promise<LogRow[]> {
  const { rows } = await sql<LogRow>`
    with page as materialized (select * from (${source(reach, wanted, limit)}) found order by at desc, id desc limit ${limit})
    select a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, a.person_id, p.email, c.name as key, a.surface, a.action,
      a.outcome, a.because, a.via, a.overridden, case a.noun when 'bin' then 'resource' else a.noun end as noun,
      coalesce(a.kind, case when a.noun in ('resource', 'bin') and a.outcome = 'allow' then
        (select r.kind from resource r where r.organization_id = a.organization_id and r.id = a.entity_id) end) as kind, a.entity_id, a.workspace_id,
      w.name as workspace, a.before, a.after
    from page join activity a on a.organization_id = ${reach.me.organization} and a.id = page.id
    left join person p on p.organization_id = a.organization_id and p.id = a.person_id
    left join credential c on c.organization_id = a.organization_id and c.id = a.credential_id
    left join workspace w on w.organization_id = a.organization_id and w.id = a.workspace_id
    order by a.at desc, a.id desc`.execute(storeOf(tx));
  return rows;
}

/** How many entries fit, up to a limit. */
export async function countOfEntries(tx: Tx, reach: LogReach, wanted: LogWanted, limit: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select id from (${source(reach, wanted, limit)}) found limit ${limit}) it`.execute(
    storeOf(tx),
  );
  return rows[0]?.n ?? 0;
}

/** The people of this email, whatever became of them, and the keys of this name. */
export async function peopleOfLog(tx: Tx, me: Actor, email: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from person where organization_id = ${me.organization} and email_key = lower(${email}::text)`.execute(
    storeOf(tx),
  );
  return rows.map(({ id }) => id);
}

export async function keysOfLog(
  tx: Tx,
  me: Actor,
  named: { id?: string | undefined; text: string },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from credential where organization_id = ${me.organization} and (id = ${named.id ?? null}::uuid
      or ${named.id === undefined} and lower(name) = lower(${named.text}::text))`.execute(storeOf(tx));
  return rows.map(({ id }) => id);
}

/** Workspaces of a name or id, those deleted too: the log outlives them (ORG-9). For who reads all of it by override. */
export async function workspacesOfLog(
  tx: Tx,
  { me }: LogReach,
  named: { id?: string | undefined; text: string },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from workspace where organization_id = ${me.organization} and (id = ${named.id ?? null}::uuid
      or ${named.id === undefined} and lower(name) = lower(${named.text}::text))`.execute(storeOf(tx));
  return rows.map(({ id }) => id);
}

/**
 * So many of each stretch of one index: of the rarest thing that is asked for, else of what is in reach. Everything else is a condition.
 */
function source(reach: LogReach, wanted: LogWanted, limit: number): RawBuilder<unknown> {
  const { me, all, overseen } = reach;
  const { people, credentials, workspaces, entity, sort, actions, refusals, outcome, from, to, after } = wanted;
  const [at, id] = after?.split('|') ?? [];
  const rest = [
    sql`a.organization_id = ${me.organization}`,
    ...(entity ? [sql`a.entity_id = ${entity.id}`, sql`${sortOf} = ${entity.sort}`] : []),
    ...(sort ? [sql`${sortOf} = ${sort}`] : []),
    ...(people ? [sql`a.person_id = any (${people}::uuid[])`] : []),
    ...(credentials ? [sql`a.credential_id = any (${credentials}::uuid[])`] : []),
    ...(actions ? [typed(actions, refusals ?? false, outcome)] : []),
    ...(!actions && outcome ? [outcome === 'allow' ? sql`a.outcome = 'allow'` : sql`a.outcome <> 'allow'`] : []),
    ...(from ? [sql`a.at >= ${from}::timestamptz`] : []),
    ...(to ? [sql`a.at < ${to}::timestamptz`] : []),
    ...(at && id ? [sql`(a.at, a.id) < (${at}::timestamptz, ${id}::uuid)`] : []),
    ...(me.workspaces
      ? [
          sql`(a.workspace_id = any (${me.workspaces}::uuid[]) or a.workspace_id is null and a.credential_id = ${me.credential})`,
        ]
      : []),
  ];
  const inWorkspaces = workspaces ? [sql`a.workspace_id = any (${workspaces}::uuid[])`] : [];
  const mine = sql`a.person_id = ${me.person}`;
  const readable = all ? [] : [sql`(${mine} or a.workspace_id = any (${overseen}::uuid[]))`];
  const stretch = (conditions: readonly RawBuilder<unknown>[]) => sql`
    (select a.at, a.id from activity a where ${sql.join([...conditions, ...rest], sql` and `)} order by a.at desc, a.id desc limit ${limit})`;
  const each = (values: readonly string[], column: RawBuilder<unknown>, more: readonly RawBuilder<unknown>[]) =>
    sql`select x.* from unnest(${values}::${sql.raw(column === action ? 'text' : 'uuid')}[]) it cross join lateral ${stretch([sql`${column} = it`, ...more])} x`;

  if (entity) return stretch([...inWorkspaces, ...readable]);
  if (credentials) return each(credentials, sql`a.credential_id`, [...inWorkspaces, ...readable]);
  if (people) return each(people, sql`a.person_id`, [...inWorkspaces, ...readable]);
  if (all && workspaces) return each(workspaces, sql`a.workspace_id`, []);
  if (all) return actions && !refusals ? each(actions, action, []) : stretch([]);
  const others = workspaces ? overseen.filter((it) => workspaces.includes(it)) : overseen;
  const theirs = each(others, sql`a.workspace_id`, [sql`a.person_id is distinct from ${me.person}`]);
  return sql`${stretch([mine, ...inWorkspaces])} union all ${theirs}`;
}

const action = sql`a.action`;
/** Not by coalesce, which row-level security lets no index be used for. */
const sortOf = sql`(case when a.kind is null then a.noun else a.kind end)`;

const typed = (actions: readonly string[], refusals: boolean, outcome: LogWanted['outcome']) => sql`
  (a.action = any (${actions}::text[]) ${outcome === 'allow' ? sql`and a.outcome = 'allow'` : sql``} ${refusals ? sql`or a.outcome <> 'allow'` : sql``})`;
