import { type RawBuilder, sql } from 'kysely';
import { plainness } from '../access/decide.ts';
import type { Kind } from '../terms/kinds.ts';
import { columns } from './list-rows.ts';

type Sql = RawBuilder<unknown>;

/** What every statement of a list is run with. */
export interface Area {
  readonly organization: string;
  readonly person: string;
  readonly kinds: readonly Kind[];
  /** The id that the page before ended with. */
  readonly after: string;
  /** Workspaces where everything opens by override. */
  readonly wide: readonly string[];
  /** Workspaces where what they own counts. */
  readonly placed: readonly string[];
  /** Of those, the ones that are not wide anyway: there everyone and projects count. */
  readonly open: readonly string[];
  /** Where grants are looked for. */
  readonly granted: readonly string[];
  /** Restricted projects they are in, and as what. */
  readonly gates: readonly string[];
  readonly gateRoles: readonly ('viewer' | 'editor')[];
}

/** The places in a statement that `Area` fills. */
export type In = { readonly [K in keyof Area]: Sql };

/** Ids above and below all others. */
export const top = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const bottom = sql`'00000000-0000-0000-0000-000000000000'::uuid`;

/**
 * What a branch gives of a resource: its id and a key, `<level><plainness>:<via>:<through>`, so that the highest key of an id names its
 * highest level and the plainest path that gives it. Levels are 1 to 3, as the ladder counts; `through` is a group or team.
 */
const branch = (level: Sql, via: string) => sql`r.id, ${level} || ${sql.lit(`${plainness(via)}:${via}:`)} as key`;
const digit = (level: Sql) => sql`case ${level} when 'viewer' then '1' else '2' end`;
const owner = sql`'3'`;

/** Whether a statement needs a branch at all, and with a loop: one that finds nothing still takes time to set up, and so does a loop of one. */
type Count = 'none' | 'one' | 'many';
export type Has = { readonly [K in 'wide' | 'placed' | 'open' | 'gates' | 'granted' | 'kinds' | 'principals']: Count };

export const everyBranch: Has = {
  wide: 'many',
  placed: 'many',
  open: 'many',
  gates: 'many',
  granted: 'many',
  kinds: 'many',
  principals: 'many',
};

/** Of someone with so many principals, themself among them. */
export const branchesFor = ({ wide, placed, open, gates, granted, kinds }: Area, principals: number): Has => ({
  wide: counted(wide.length),
  placed: counted(placed.length),
  open: counted(open.length),
  gates: open.length > 0 ? counted(gates.length) : 'none',
  granted: counted(granted.length),
  kinds: counted(kinds.length),
  principals: counted(principals),
});

const counted = (n: number): Count => (n === 0 ? 'none' : n === 1 ? 'one' : 'many');

/** A value that a scan is made for: of an array of many, in a loop. */
interface Each {
  readonly value: Sql;
  readonly loop?: Sql;
}

const each = (array: Sql, type: 'uuid[]' | 'text[]', count: Count, name: string): Each =>
  count === 'one'
    ? { value: sql`(${array}::${sql.raw(type)})[1]` }
    : { value: sql.ref(name), loop: sql`unnest(${array}::${sql.raw(type)}) ${sql.ref(name)}` };

const workspaceOf = (array: Sql, count: Count) => each(array, 'uuid[]', count, 'ws');
const kindOf = (its: In, has: Has) => each(its.kinds, 'text[]', has.kinds, 'sort');
const mine = sql.raw(`(select nullif(current_setting('postern.principals', true), '')::uuid[])`);
const principalOf = (its: In, has: Has): Each =>
  has.principals === 'one' ? { value: sql`${its.person}::uuid` } : each(mine, 'uuid[]', 'many', 'whose');

/** One scan for each of what is looped over, each in the order of ids. */
function scans(over: readonly Each[], select: Sql): Sql {
  const loops = over.flatMap(({ loop }) => loop ?? []);
  if (loops.length === 0) return sql`select x.* from (${select}) x`;
  return sql`select x.* from ${sql.join(loops, sql` cross join `)} cross join lateral (${select}) x`;
}

/** Every path but the grants, each read from its own index; with `more` columns of `r`. */
function standing(its: In, has: Has, limit: Sql, more = sql``): Sql[] {
  const sort = kindOf(its, has);
  const wide = workspaceOf(its.wide, has.wide);
  const placed = workspaceOf(its.placed, has.placed);
  const open = workspaceOf(its.open, has.open);
  const gate: Each = {
    value: sql`gate.id`,
    loop: sql`unnest(${its.gates}::uuid[], ${its.gateRoles}::level[]) gate (id, role)`,
  };
  const read = (level: Sql, via: string, condition: Sql) => sql`
    select ${branch(level, via)} ${more} from resource r
    where r.organization_id = ${its.organization}::uuid and r.kind = ${sort.value} and r.deleted_at is null and r.id < ${its.after}::uuid
      and ${condition} order by r.id desc ${limit}`;
  const paths: readonly (readonly [Count, Each, Sql])[] = [
    [has.wide, wide, read(owner, 'override', sql`r.workspace_id = ${wide.value}`)],
    [
      has.placed,
      placed,
      read(owner, 'owner', sql`r.owner_id = ${its.person}::uuid and r.workspace_id = ${placed.value}`),
    ],
    [
      has.open,
      open,
      read(
        digit(sql`r.everyone_role`),
        'everyone',
        sql`r.workspace_id = ${open.value} and r.visibility = 'everyone' and r.restricted_to is null`,
      ),
    ],
    [
      has.gates,
      gate,
      read(
        digit(sql`least(r.everyone_role, gate.role)`),
        'everyone',
        sql`r.restricted_to = gate.id and r.visibility = 'everyone' and r.workspace_id = any (${its.open}::uuid[])`,
      ),
    ],
  ];
  return paths.flatMap(([count, where, select]) => (count === 'none' ? [] : scans([where, sort], select)));
}

/** What a grant is looked for by: its principal, workspace and kind. */
type Trio = readonly [whose: Each, ws: Each, sort: Each];
const trio = (its: In, has: Has): Trio => [
  principalOf(its, has),
  workspaceOf(its.granted, has.granted),
  kindOf(its, has),
];

/** The key that a grant to a principal gives. */
const given = (level: Sql, principal: Sql, id: Sql) =>
  sql`${digit(level)} || case ${principal} when 'person' then ${sql.lit(`${plainness('grant')}:grant:`)}
    else ${sql.lit(plainness('group'))} || ':' || ${principal} || ':' || ${id} end as key`;
const key = given(sql`g.level`, sql`g.principal`, sql`g.principal_id`);

/** The grants, one index scan for each trio, from `floor` up. */
const grants = (its: In, over: Trio, limit: Sql, floor?: Sql, what = key): Sql => {
  const [whose, ws, sort] = over;
  return scans(
    over,
    sql`
    select g.resource_id as id, ${what} from access_grant g
    where g.organization_id = ${its.organization}::uuid and g.principal_id = ${whose.value} and g.workspace_id = ${ws.value} and g.kind = ${sort.value} and g.live
      and g.resource_id < ${its.after}::uuid ${floor ? sql`and g.resource_id >= ${floor}` : sql``} and (g.expires_at is null or g.expires_at > statement_timestamp())
    order by g.resource_id desc ${limit}`,
  );
};

/** Branches in one; where there is none, nothing of the same columns. */
const together = (branches: readonly Sql[], more = sql``) =>
  branches.length
    ? sql.join(branches, sql` union all `)
    : sql`select r.id, null::text as key ${more} from resource r where false`;

/** What is in scope: so many of each path, in the order of ids. */
export const branches = (its: In, has: Has, limit: Sql): Sql =>
  together([...standing(its, has, limit), ...(has.granted === 'none' ? [] : [grants(its, trio(its, has), limit)])]);

const pageful = sql.raw('limit 51');

const floored = (name: string, ids: Sql) =>
  sql`${sql.ref(name)} as materialized (select coalesce((select id from (${ids}) d order by id desc offset 50 limit 1), ${bottom}) as id)`;
const floor = sql`(select id from floor_)`;

/** Their rows; the other paths, which read resources anyway, bring those at once. */
const withRows = (its: In, found: Sql) =>
  sql`select x.id, x.key ${columns} from (${found}) x join resource r on r.organization_id = ${its.organization}::uuid and r.id = x.id`;
const newestOf = (found: Sql) => sql`${best(found)} order by id desc ${pageful}`;

/** What may be among the newest 51, with its rows, where one or two scans are all that grants need. */
export const newestOfOne = (its: In, has: Has): Sql =>
  together(
    [
      ...standing(its, has, pageful, columns),
      ...(has.granted === 'none' ? [] : [withRows(its, grants(its, trio(its, has), pageful))]),
    ],
    columns,
  );

/** The same, where grants are read only above a floor: the 51st best id of the other paths. */
export const newestOfFew = (its: In, has: Has): Sql => sql`
  with own as materialized (${together(standing(its, has, pageful, columns), columns)}), ${floored('floor_', sql`select distinct id from own`)}
  select * from own union all ${withRows(its, newestOf(grants(its, trio(its, has), pageful, floor)))}`;

/**
 * The same for people in many groups, in two passes: four of each trio raise the floor, and only those of whom all four are above it may
 * have more to give.
 */
export function newestOfMany(its: In, has: Has): Sql {
  const over = trio(its, { ...has, granted: 'many', kinds: 'many', principals: 'many' });
  const first = sql`g.level, g.principal, whose, ws, sort`;
  const again: Trio = [{ value: sql`whose`, loop: sql`deep` }, { value: sql`ws` }, { value: sql`sort` }];
  return sql`
  with own as materialized (${together(standing(its, has, pageful, columns), columns)}), ${floored('ground', sql`select distinct id from own`)},
  few as materialized (${grants(its, over, sql.raw('limit 4'), sql`(select id from ground)`, first)}),
  ${floored('floor_', sql`select id from own union select id from few`)},
  deep as materialized (select whose, ws, sort from few group by whose, ws, sort having count(*) = 4 and bool_and(id >= ${floor}))
  select * from own union all ${withRows(
    its,
    newestOf(sql`
      select id, ${given(sql`level`, sql`principal`, sql`whose`)} from few where id >= ${floor}
      union all ${grants(its, again, pageful, floor)}`),
  )}`;
}

/** One row an id, with its highest key. */
export const best = (branches: Sql): Sql =>
  sql`select id, max(key collate "C") as key from (${branches}) u group by id`;

/** The same of whole rows, the newest 51. */
export const newestRowsOf = (rows: Sql): Sql =>
  sql`select distinct on (id) * from (${rows}) u order by id desc, key collate "C" desc ${pageful}`;
