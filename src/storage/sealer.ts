import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { silence } from './bounds.ts';
import type { Connection } from './migrate.ts';
import { beginning, canonical, digestOfEntry, following } from './seals.ts';

/** Seals what the log holds, for as long as it runs. */
export interface Sealer {
  /** How far the log is behind its seals; nothing where the database does not say. */
  lag(): Promise<Lag | undefined>;
  /** Ends with the round under way. */
  stop(): Promise<void>;
}

/** What waits to be sealed: how many entries, of which no more than 10,000 are counted, and since when in seconds. */
export interface Lag {
  readonly entries: number;
  readonly seconds: number;
}

/** How long it waits between rounds, in ms: more and more while there is nothing to do. */
const waits = { least: 500, most: 4_000 };

/**
 * Seals entries in the background, as the keeper (ACT-3): of all the processes on a database one at a time does, whichever comes
 * first. What it could not do is told to `trouble`, and tried again.
 */
export function startSealer(keeper: Connection, trouble: (thrown: unknown) => void): Sealer {
  const stopping = new AbortController();
  const { signal } = stopping;
  let client: Client | undefined;

  const round = async () => {
    client ??= await connected(keeper, () => (client = undefined));
    let sealed = 0;
    while (!signal.aborted) {
      const n = await sealNext(client);
      sealed += n;
      if (n < batch) return sealed;
    }
    return sealed;
  };
  const run = async () => {
    for (let wait = waits.least; !signal.aborted; ) {
      await setTimeout(wait * (0.75 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) break;
      try {
        wait = (await round()) > 0 ? waits.least : Math.min(wait * 1.5, waits.most);
      } catch (thrown) {
        await client?.end().catch(() => {});
        client = undefined;
        wait = waits.most;
        if (!signal.aborted) trouble(thrown);
      }
    }
    await client?.end().catch(() => {});
  };
  const over = run();
  return {
    lag: async () => client && behind(client).catch(() => undefined),
    stop() {
      stopping.abort();
      return over;
    },
  };
}

async function connected({ ssl = false, ...keeper }: Connection, lost: () => void): Promise<Client> {
  const client = new Client({
    ...keeper,
    ssl,
    statement_timeout: 30_000,
    query_timeout: silence,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', lost);
  await client.connect();
  return client;
}

async function behind(client: Client): Promise<Lag> {
  const { rows } = await client.query<Lag>(
    `select count(*)::int as entries, coalesce(extract(epoch from clock_timestamp() - min(at)), 0)::float8 as seconds from (
       select a.at from activity a, installation i where i.id = 1 and (a.xid, a.id) > (coalesce(i.sealed_xid, '0'), coalesce(i.sealed_entry, '${lowest}'))
       order by a.xid, a.id limit 10000) waiting`,
  );
  return rows[0] ?? { entries: 0, seconds: 0 };
}

/** How many entries are sealed in one transaction. */
const batch = 1000;

/** Any number, the same in every process: whoever seals holds it until the transaction ends, or its process does. */
const sealing = 8411;

/** The last entry that was sealed, in the order of transactions. */
interface Mark {
  readonly xid: string;
  readonly id: string;
}

interface Unsealed extends Mark {
  readonly organization_id: string;
  readonly text: string;
}

const lowest = '00000000-0000-0000-0000-000000000000';
const highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Seals the next entries of transactions that are over, and before which all are; answers how many. Nothing where another does it. */
export async function sealNext(client: Client): Promise<number> {
  await client.query('begin');
  try {
    const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_xact_lock(${sealing}) as mine`);
    const n = rows[0]?.mine ? await sealBatch(client) : 0;
    await client.query('commit');
    return n;
  } catch (thrown) {
    await client.query('rollback').catch(() => {});
    throw thrown;
  }
}

async function sealBatch(client: Client): Promise<number> {
  const { rows: marks } = await client.query<Mark & { moved: boolean; done: string }>(
    `select coalesce(sealed_xid, '0')::text as xid, coalesce(sealed_entry, '${lowest}') as id, (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text as done,
       coalesce(sealed_xid >= pg_snapshot_xmax(pg_current_snapshot()), false) as moved from installation where id = 1`,
  );
  const mark = marks[0];
  if (!mark) return 0;
  const { rows: unsealed } = mark.moved
    ? await client.query<Unsealed>(`${entries} and (a.xid < ${below} or a.xid >= ${above}) ${inOrder}`)
    : await client.query<Unsealed>(
        `${entries} and a.xid < ${below} and (a.xid, a.id) > ($1::xid8, $2::uuid) ${inOrder}`,
        [mark.xid, mark.id],
      );
  if (unsealed.length > 0) await insertSeals(client, unsealed);
  const last = unsealed.at(-1);
  if (mark.moved && unsealed.length < batch) await setMark(client, { xid: mark.done, id: highest });
  else if (!mark.moved && last) await setMark(client, last);
  return unsealed.length;
}

const entries = `select a.organization_id, a.id, a.xid::text as xid, ${canonical} as text from activity a
  where not exists (select from seal s where s.organization_id = a.organization_id and s.activity_id = a.id)`;
const inOrder = `order by a.xid, a.id limit ${batch}`;
// A database that was brought to another server has entries of transactions to come there, which are all over: they are sealed anew from
// the beginning, once, and then in order again.
const below = 'pg_snapshot_xmin(pg_current_snapshot())';
const above = 'pg_snapshot_xmax(pg_current_snapshot())';

const setMark = (client: Client, { xid, id }: Mark) =>
  client.query('update installation set sealed_xid = $1::xid8, sealed_entry = $2 where id = 1', [xid, id]);

async function insertSeals(client: Client, unsealed: readonly Unsealed[]): Promise<void> {
  const organizations = [...new Set(unsealed.map((it) => it.organization_id))];
  const { rows } = await client.query<{ id: string; number: string; digest: Buffer }>(
    `select o as id, s.number, s.digest from unnest($1::uuid[]) o cross join lateral (
       select number, digest from seal where organization_id = o order by number desc limit 1) s`,
    [organizations],
  );
  const ends = new Map(rows.map(({ id, number, digest }) => [id, { number: BigInt(number), digest }]));
  const seals = unsealed.map(({ organization_id, id, text }) => {
    const before = ends.get(organization_id) ?? { number: 0n, digest: beginning };
    const entry = digestOfEntry(text);
    const seal = { number: before.number + 1n, digest: following(before.digest, entry) };
    ends.set(organization_id, seal);
    return { organization_id, id, entry, ...seal };
  });
  await client.query(
    `insert into seal (organization_id, number, activity_id, entry, digest)
     select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[], $5::bytea[])`,
    [
      seals.map((it) => it.organization_id),
      seals.map((it) => String(it.number)),
      seals.map((it) => it.id),
      seals.map((it) => it.entry),
      seals.map((it) => it.digest),
    ],
  );
}
