import { Client } from 'pg';
import type { Connection } from './migrate.ts';
import { beginning, canonical, digestOfEntry, following } from './seals.ts';

/** What can be wrong with the log (ACT-3). */
export type Fault =
  /** An entry reads otherwise than it was sealed. */
  | 'changed'
  /** An entry that was sealed is gone. */
  | 'missing'
  /** A seal does not follow from the one before: one of the two was changed, or they were put in another order. */
  | 'out_of_order'
  /** A seal is gone from within the chain. */
  | 'seal_missing'
  /** An entry stands among sealed ones without a seal. */
  | 'unsealed'
  /** The end of the chain is gone, or is not the one that was noted. */
  | 'cut';

export interface Finding {
  readonly fault: Fault;
  /** Of the seal in the organization's chain, from 1 up. */
  readonly number: number | undefined;
  readonly entry: string | undefined;
  readonly action: string | undefined;
  readonly at: Date | undefined;
}

/** The end of an organization's chain: all that came before follows from it. */
export interface Head {
  readonly organization: string;
  readonly number: number;
  readonly digest: string;
}

/** What became of one organization's chain. */
export interface Verdict {
  readonly organization: string;
  readonly name: string;
  readonly sealed: number;
  /** Entries that wait to be sealed. */
  readonly waiting: number;
  readonly head: Head | undefined;
  /** How many faults there are, and the first of them in the order of the chain. */
  readonly faults: number;
  readonly first: Finding | undefined;
}

interface Link {
  readonly number: string;
  readonly activity_id: string;
  readonly entry: Buffer;
  readonly digest: Buffer;
  readonly text: string | null;
  readonly action: string | null;
  readonly at: Date | null;
}

/** How many links are read at a time, so that memory does not grow with the log. */
const stride = 5000;

/** Follows every chain from its beginning, as of one moment, and compares it with heads that were noted before. */
export const verifyLog = (
  owner: Connection,
  { organization, heads = [] }: { organization?: string | undefined; heads?: readonly Head[] },
): Promise<Verdict[]> =>
  asOf(owner, async (client) => {
    const verdicts: Verdict[] = [];
    for (const it of await organizations(client, organization)) verdicts.push(await verified(client, it, heads));
    return verdicts;
  });

/** The end of every chain, to be noted where nobody who could change the log can change it too. */
export const headsOfLog = (owner: Connection, organization?: string): Promise<(Head & { name: string })[]> =>
  asOf(owner, async (client) => {
    const { rows } = await client.query<Head & { name: string }>(
      `select o.id as organization, o.name, s.number::float8 as number, encode(s.digest, 'hex') as digest from organization o
       cross join lateral (select number, digest from seal where organization_id = o.id order by number desc limit 1) s
       where $1::text is null or o.name = $1 or o.id::text = $1 order by o.name, o.id`,
      [organization ?? null],
    );
    return rows;
  });

async function asOf<T>({ ssl = false, ...owner }: Connection, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...owner, ssl });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    // All of it is read, so the plan may be one that starts late and ends early.
    await client.query('set local cursor_tuple_fraction = 1');
    return await work(client);
  } finally {
    await client.end();
  }
}

const organizations = async (client: Client, named: string | undefined) =>
  (
    await client.query<{ id: string; name: string }>(
      'select id, name from organization where $1::text is null or name = $1 or id::text = $1 order by name, id',
      [named ?? null],
    )
  ).rows;

async function verified(
  client: Client,
  { id, name }: { id: string; name: string },
  heads: readonly Head[],
): Promise<Verdict> {
  const noted = new Map(heads.filter((it) => it.organization === id).map((it) => [it.number, it.digest]));
  let [number, digest, faults] = [0, beginning, 0];
  let first: Finding | undefined;
  const found = (fault: Fault, more: Partial<Finding> = {}) => {
    faults++;
    first ??= { fault, number: undefined, entry: undefined, action: undefined, at: undefined, ...more };
  };
  for await (const link of linksOf(client, id)) {
    const here = {
      number: Number(link.number),
      entry: link.activity_id,
      action: link.action ?? undefined,
      at: link.at ?? undefined,
    };
    const skips = here.number !== number + 1;
    if (skips) found('seal_missing', { number: number + 1 });
    if (link.text === null) found('missing', here);
    else if (!digestOfEntry(link.text).equals(link.entry)) found('changed', here);
    if (!skips && !following(digest, link.entry).equals(link.digest)) found('out_of_order', here);
    ({ number } = here);
    ({ digest } = link);
    const expected = noted.get(number);
    if (expected !== undefined && expected !== digest.toString('hex')) found('cut', here);
    noted.delete(number);
  }
  for (const missed of noted.keys()) found('cut', { number: missed });
  const rest = await unsealed(client, id);
  for (const it of rest.passed) found('unsealed', it);
  return {
    organization: id,
    name,
    sealed: number,
    waiting: rest.waiting,
    head: number > 0 ? { organization: id, number, digest: digest.toString('hex') } : undefined,
    faults,
    first,
  };
}

async function* linksOf(client: Client, organization: string): AsyncGenerator<Link> {
  await client.query(
    `declare links no scroll cursor for select s.number, s.activity_id, s.entry, s.digest, a.action, a.at,
       case when a.id is not null then ${canonical} end as text
     from seal s left join activity a on a.organization_id = s.organization_id and a.id = s.activity_id
     where s.organization_id = $1 order by s.number`,
    [organization],
  );
  for (;;) {
    const { rows } = await client.query<Link>(`fetch ${stride} from links`);
    yield* rows;
    if (rows.length < stride) break;
  }
  await client.query('close links');
}

/** Entries without a seal: those that the sealer has passed are faults; so is an end that it came to and that is gone. */
async function unsealed(client: Client, organization: string) {
  const { rows } = await client.query<{ entry: string; action: string; at: Date; passed: boolean }>(
    `select a.id as entry, a.action, a.at, coalesce((a.xid, a.id) <= (i.sealed_xid, i.sealed_entry), false) as passed
     from activity a cross join installation i where a.organization_id = $1
       and not exists (select from seal s where s.organization_id = a.organization_id and s.activity_id = a.id) order by a.xid, a.id`,
    [organization],
  );
  const passed = rows.filter((it) => it.passed);
  return { passed, waiting: rows.length - passed.length };
}

/** Whether the last entry that was sealed of all is still there with its seal; where it is not, every chain may have been cut. */
export const endIsThere = (owner: Connection): Promise<boolean> =>
  asOf(owner, async (client) => {
    const { rows } = await client.query<{ there: boolean }>(
      `select i.sealed_entry is null or i.sealed_entry = 'ffffffff-ffff-ffff-ffff-ffffffffffff' or exists (
         select from activity a join seal s on s.organization_id = a.organization_id and s.activity_id = a.id
         where a.xid = i.sealed_xid and a.id = i.sealed_entry) as there from installation i`,
    );
    return rows[0]?.there ?? false;
  });
