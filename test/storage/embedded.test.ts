import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, expect, inject, test } from 'vitest';
import { sharedBuffers } from '../../src/storage/embedded/buffers.ts';
import { type Embedded, startEmbedded } from '../../src/storage/embedded.ts';
import { furnished } from '../support/home.ts';
import { end, newHolder } from './holding.ts';

const folders: string[] = [];
const processes: ChildProcess[] = [];

afterEach(async () => {
  for (const each of processes.splice(0)) each.kill('SIGKILL');
  for (const folder of folders.splice(0)) {
    killServer(folder);
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
});

test('a second start finds the data again', async () => {
  const folder = furnished(newFolder());
  const first = await startEmbedded(folder);
  await query(first, 'create table kept (n int)', 'insert into kept values (7)');
  await first.release();

  const steps: string[] = [];
  const second = await startEmbedded(folder, (step) => steps.push(step));
  expect(await query(second, 'select n from kept')).toEqual([{ n: 7 }]);
  expect(steps).toEqual(['Starting PostgreSQL']);
  await second.release();
});

test('the last one out stops the server, nobody before', async () => {
  const folder = newFolder();
  const [one, other] = await Promise.all([startEmbedded(folder), startEmbedded(folder)]);
  const pid = serverPid(folder);

  await one.release();
  expect(await query(other, 'select 1 as n')).toEqual([{ n: 1 }]);
  expect(serverPid(folder)).toBe(pid);

  await other.release();
  expect(serverPid(folder)).toBeUndefined();
});

test('the server is private, durable, and sorts alike on every machine (security 31)', async () => {
  const folder = join(newFolder(), 'new');
  const server = await startEmbedded(folder);
  expect(server.connection.host).toBe(join(folder, 'data'));
  for (const path of [folder, server.connection.host]) expect(statSync(path).mode & 0o777).toBe(0o700);

  const named = "('listen_addresses', 'fsync', 'full_page_writes', 'synchronous_commit')";
  const settings = await query(server, `select setting from pg_settings where name in ${named} order by name`);
  expect(settings.map(({ setting }) => setting)).toEqual(['on', 'on', '', 'on']);
  const [texts] = await query(
    server,
    "select upper('é') as upper, 'a' < 'B' as folded, getdatabaseencoding() as encoding",
  );
  expect(texts).toEqual({ upper: 'É', folded: false, encoding: 'UTF8' });
  const [kept] = await query(server, "select pg_size_bytes(current_setting('shared_buffers'))::int as bytes");
  expect(kept?.bytes).toBe(Number.parseInt(sharedBuffers(), 10) * 2 ** 20);
  await server.release();
});

test('it keeps an eighth of the memory for what is read often, from 128 MB to 1 GB', () => {
  expect([1, 4, 64].map((gibibytes) => sharedBuffers(gibibytes * 2 ** 30))).toEqual(['128MB', '512MB', '1024MB']);
});

test('a folder too deep for the path of a socket works, from every process', async () => {
  const folder = join(newFolder(), 'deep'.repeat(20), 'deeper '.repeat(20));
  const server = await startEmbedded(folder);
  const holder = await newHolder(folder);
  expect(await query(server, 'select 1 as n')).toEqual([{ n: 1 }]);
  await server.release();
  expect(serverPid(folder)).toBeDefined();
  await end(holder);
  expect(serverPid(folder)).toBeUndefined();
  unlinkSync(server.connection.host);
});

test('a folder under one that is closed to other accounts works', async () => {
  const closed = newFolder();
  chmodSync(closed, 0o700);
  const folder = join(closed, 'checkout', '.postern');
  const first = await startEmbedded(folder);
  await query(first, 'create table kept (n int)');
  await first.release();
  const second = await startEmbedded(folder);
  expect(await query(second, 'select n from kept')).toEqual([]);
  await second.release();
});

test('after kill -9 of everything the next start has all that was acknowledged', async () => {
  const folder = furnished(newFolder());
  const server = await startEmbedded(folder);
  await query(server, 'create table kept (n int primary key)');
  const writer = await newHolder(folder, 'write');
  await server.release();

  await expect.poll(() => writer.said.length).toBeGreaterThan(100);
  writer.process.kill('SIGKILL');
  killServer(folder);
  expect(existsSync(join(folder, 'data', 'postmaster.pid'))).toBe(true);
  await once(writer.process, 'close');
  const acknowledged = Number(writer.said.at(-1));

  const next = await startEmbedded(folder);
  const [row] = await query(next, 'select count(*)::int as rows, max(n) as last from kept');
  expect(row?.rows).toBe(row?.last);
  expect(row?.last).toBeGreaterThanOrEqual(acknowledged);
  await next.release();
});

test.runIf(existsSync('/proc/self/cwd'))(
  'the number of a killed server may belong to another process by now',
  async () => {
    const folder = furnished(newFolder());
    const server = await startEmbedded(folder);
    const stale = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8');
    const owner = statSync(join(folder, 'data'));
    await server.release();

    // A process of the server's account, which PostgreSQL would take for the server.
    const sameAccount = process.geteuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {};
    const bystander = spawn('sleep', ['60'], { cwd: '/', ...sameAccount });
    processes.push(bystander);
    writeFileSync(join(folder, 'data', 'postmaster.pid'), stale.replace(/^\d+/, String(bystander.pid)), {
      mode: 0o600,
    });

    const next = await startEmbedded(folder);
    expect(serverPid(folder)).not.toBe(bystander.pid);
    await next.release();
  },
);

test('a server that is killed under its holders comes back for them', async () => {
  const folder = furnished(newFolder());
  const server = await startEmbedded(folder);
  const before = serverPid(folder);
  killServer(folder);

  await expect
    .poll(() => query(server, 'select 1 as n').catch(() => undefined), { timeout: 15_000 })
    .toEqual([{ n: 1 }]);
  expect(serverPid(folder)).not.toBe(before);
  await server.release();
  expect(serverPid(folder)).toBeUndefined();
});

test('a server whose holders were all killed stays, and the next one to leave stops it', async () => {
  const folder = furnished(newFolder());
  const holder = await newHolder(folder);
  const pid = serverPid(folder);
  holder.process.kill('SIGKILL');
  await once(holder.process, 'close');

  const next = await startEmbedded(folder);
  expect(serverPid(folder)).toBe(pid);
  await onlyHolder(next);
  await next.release();
  expect(serverPid(folder)).toBeUndefined();
});

test('four processes come, ask and go in any order, some of them killed, and each is served', {
  timeout: 90_000,
}, async () => {
  const folder = newFolder();
  await Promise.all(
    Array.from({ length: 4 }, async (_, who) => {
      for (let round = 0; round < 8; round++) {
        const holder = await newHolder(folder);
        await setTimeout(Math.random() * 60);
        const killed = (who + round) % 4 === 0;
        if (killed) holder.process.kill('SIGKILL');
        await end(holder, killed ? null : 0);
      }
    }),
  );

  const last = await startEmbedded(folder);
  await onlyHolder(last);
  await last.release();
  expect(serverPid(folder)).toBeUndefined();
});

test('data that PostgreSQL cannot read are a clear error at once, and stay as they are', async () => {
  const folder = furnished(newFolder());
  await (await startEmbedded(folder)).release();
  writeFileSync(join(folder, 'data', 'PG_VERSION'), '9\n');

  await expect(startEmbedded(folder)).rejects.toThrow(/does not start on .*incompatible/s);
  expect(readFileSync(join(folder, 'data', 'PG_VERSION'), 'utf8')).toBe('9\n');
});

function newFolder(): string {
  folders.push(realpathSync(mkdtempSync(join(inject('folder'), 'embedded-'))));
  return folders.at(-1) as string;
}

async function query(server: Embedded, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ ...server.connection, database: 'postgres' });
  client.on('error', () => {});
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The system takes a moment to tell the server that a process is gone. */
async function onlyHolder(server: Embedded): Promise<void> {
  const holders = "select count(*)::int as holders from pg_locks where locktype = 'advisory'";
  await expect.poll(() => query(server, holders)).toEqual([{ holders: 1 }]);
}

function serverPid(folder: string): number | undefined {
  const file = join(folder, 'data', 'postmaster.pid');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

/** With its whole process group. */
function killServer(folder: string): void {
  const pid = serverPid(folder);
  if (!pid) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
