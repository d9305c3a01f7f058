import { readdirSync, readFileSync } from 'node:fs';
import type { Ground } from './data.ts';

/** What programs take of the machine, as /proc has it. */

/** The CPU that a PostgreSQL has used so far, in µs: its first process, with those that it has buried, and those that are there. */
export async function cpuOfPostgres({ sql }: Ground): Promise<number> {
  const { rows } = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
  const first = parentOf(rows[0]?.pid ?? 0);
  const those = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(Number(pid)) === first);
  return those.reduce((sum, pid) => sum + cpuOf(Number(pid)), cpuOf(first));
}

/** The processes of PostgreSQL that hold a connection of the role that serves. */
export async function serving(sql: Ground['sql']): Promise<number[]> {
  const { rows } = await sql.query<{ pid: number }>(
    `select pid from pg_stat_activity where usename = 'postern_app' and datname = current_database()`,
  );
  return rows.map(({ pid }) => pid);
}

/** The memory of a process in MiB: all that is in it, the most that ever was, or what it shares with no one and with no file. */
export function memoryOf(pid: number, which: 'VmRSS' | 'VmHWM' | 'RssAnon'): number {
  const [, kib] = new RegExp(`^${which}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kib) / 1024;
}

const parentOf = (pid: number) => Number(statusOf(pid)[1]);

/** Counted by the kernel in hundredths of a second, with what it has waited for. */
const cpuOf = (pid: number) =>
  statusOf(pid)
    .slice(11, 15)
    .reduce((sum, ticks) => sum + Number(ticks), 0) * 10_000;

/** Its state, its parent and so on, behind the name. */
const statusOf = (pid: number) => read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
