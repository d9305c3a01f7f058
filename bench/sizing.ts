import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealNext } from '../src/storage/sealer.ts';
import { type Client, clientOf, drive, keyFor } from './calls.ts';
import { askers, type Ground } from './data.ts';
import { type Figure, middle } from './measure.ts';
import { moved } from './moving.ts';
import { type Server, startServer } from './server.ts';
import { cpuOfPostgres, memoryOf, serving } from './spent.ts';

const [rounds, calls, atOnce] = [9, 300, 16];

/** What docs/operations.md says of how much it takes: figures of this machine, held to nothing. */
export async function sizing(ground: Ground): Promise<Figure[]> {
  await ground.forget();
  const folder = mkdtempSync(join(tmpdir(), 'postern-sizing-'));
  try {
    const places = await takenBy(ground.sql, ['resource', 'revision', 'access_grant']);
    const served = await serves(ground, folder);
    return [
      ...served,
      {
        question: 'disk of a workflow, in KiB',
        figure: places / ground.workflows / 1024,
        note: 'with five grants, and a document of 90 bytes',
      },
      await logged(ground.sql),
      ...(await moved(ground, folder)),
    ];
  } finally {
    await ground.forget();
    rmSync(folder, { recursive: true });
  }
}

/** CPU and memory of a server, and of one beside it that writes a log, in turns. */
async function serves(ground: Ground, folder: string): Promise<Figure[]> {
  const log = openSync(join(folder, 'log'), 'w');
  const key = await keyFor(ground, askers['a member in 5 groups']);
  const maker = await keyFor(ground, askers['who may see all']);
  const [quiet, telling] = await Promise.all([startServer(ground.app, 'none'), startServer(ground.app, log)]);
  const [client, told, making] = [
    clientOf(quiet.postern, key),
    clientOf(telling.postern, key),
    clientOf(quiet.postern, maker),
  ];
  try {
    const idle = memoryOf(quiet.pid, 'VmRSS');
    const ids = await idsFor(client);
    const reads = (it: Client) => (n: number) => it.call('open_workflow', { id: ids[n % ids.length] });
    const writes = async (n: number) => {
      const document = { nodes: [], connections: {} };
      const { isError } = await making.call('create_workflow', { name: `sized ${n}`, document, workspace: 'main' });
      if (isError) throw new Error('a workflow could not be created');
    };
    for (const it of [client, told]) await drive(1_500, atOnce, reads(it));
    await drive(500, atOnce, writes);
    const seen: { read: Spent; logged: Spent; write: Spent }[] = [];
    for (let round = 0; round < rounds; round++)
      seen.push({
        read: await spent(ground, quiet, reads(client)),
        logged: await spent(ground, telling, reads(told)),
        write: await spent(ground, quiet, writes),
      });
    const backends = (await serving(ground.sql)).map((pid) => memoryOf(pid, 'RssAnon'));
    const [without, line] = [least(seen, ({ read }) => read.server), least(seen, ({ logged }) => logged.server)];
    return [
      perCore(
        'open_workflow',
        seen.map(({ read }) => read),
      ),
      perCore(
        'create_workflow',
        seen.map(({ write }) => write),
      ),
      {
        question: 'a line in the log, times a call without',
        figure: line / without,
        note: `${(line - without).toFixed(0)} µs`,
      },
      { question: 'memory of an idle server, in MiB', figure: idle },
      { question: `and the most with ${atOnce} calls at once`, figure: memoryOf(quiet.pid, 'VmHWM') },
      {
        question: 'memory of a connection in PostgreSQL, in MiB',
        figure: middle(backends),
        note: `of ${backends.length}`,
      },
    ];
  } finally {
    for (const it of [client, told, making]) it.close();
    await Promise.all([quiet.close(), telling.close()]);
    await unwritten(ground.sql);
    closeSync(log);
  }
}

async function idsFor(client: Client): Promise<string[]> {
  const { items } = (await client.call('list_workflows', { limit: 50 })).structuredContent as {
    items: { id: string }[];
  };
  return items.map(({ id }) => id);
}

/** CPU of one call, in µs. */
interface Spent {
  readonly server: number;
  readonly postgres: number;
}

async function spent(ground: Ground, server: Server, way: (n: number) => Promise<unknown>): Promise<Spent> {
  const [before, start] = [await server.cpu(), await cpuOfPostgres(ground)];
  await drive(calls, atOnce, way);
  return {
    server: ((await server.cpu()) - before) / calls,
    postgres: ((await cpuOfPostgres(ground)) - start) / calls,
  };
}

function perCore(tool: string, all: readonly Spent[]): Figure {
  const [server, postgres] = [least(all, (it) => it.server), least(all, (it) => it.postgres)];
  return {
    question: `${tool}, calls a second of a core`,
    figure: 1e6 / (server + postgres),
    note: `${server.toFixed(0)} µs in Postern, ${postgres.toFixed(0)} µs in PostgreSQL`,
  };
}

/** Of all rounds, since whatever else the machine does only adds. */
const least = <T>(all: readonly T[], of: (it: T) => number): number => Math.min(...all.map(of));

async function logged(sql: Ground['sql']): Promise<Figure> {
  while ((await sealNext(sql)) > 0);
  const { rows } = await sql.query<{ entries: number }>('select count(*)::int as entries from activity');
  const entries = rows[0]?.entries ?? 0;
  const taken = await takenBy(sql, ['activity', 'seal']);
  return {
    question: 'disk of an entry in the log, in KiB',
    figure: taken / entries / 1024,
    note: `sealed; of ${entries}`,
  };
}

/** What tables take with their indexes, in bytes. */
async function takenBy(sql: Ground['sql'], tables: readonly string[]): Promise<number> {
  const { rows } = await sql.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(name::regclass))::float8 as bytes from unnest($1::text[]) name`,
    [tables],
  );
  return rows[0]?.bytes ?? 0;
}

/** Of what was written, nothing stays for other questions. */
async function unwritten(sql: Ground['sql']): Promise<void> {
  const those = `(select id from resource where name like 'sized %')`;
  await sql.query(`begin; set local session_replication_role = replica;
    delete from revision where resource_id in ${those}; delete from access_grant where resource_id in ${those};
    delete from resource where id in ${those}; commit`);
}
