import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, expect, vi } from 'vitest';
import { marks, tablesOf } from '../../src/storage/backup.ts';
import { type emptyDatabase, urlOf } from './postgres.ts';
import { superuser } from './world.ts';

export type Place = Awaited<ReturnType<typeof emptyDatabase>>;

/** The settings under which `postern` works on a database. */
export const at = (place: Place) => ({ DATABASE_URL: urlOf(place) });

export async function looking<T>(place: Place, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(place);
  await client.connect();
  return work(client).finally(() => client.end());
}

/** Every row of every table, as text. */
export async function all(client: Client): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { name } of await tablesOf(client)) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`);
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}

/** The text of a backup with something changed, and a digest that fits. */
export function resealed(text: string, change: (it: string) => string): string {
  const foot = text.indexOf(marks.foot);
  const body = change(text.slice(0, foot));
  const sha256 = createHash('sha256').update(body, 'latin1').digest('hex');
  return `${body}${marks.foot}${JSON.stringify({ ...JSON.parse(text.slice(foot + marks.foot.length)), sha256 })}\n`;
}

const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs `postern` as a process that can be killed. */
export function begun(words: readonly string[], place: Place): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...at(place) };
  const child = spawn('node_modules/.bin/node', ['src/cli/main.ts', ...words], { env, stdio: 'ignore' });
  running.push(child);
  return child;
}

export async function killed(child: ChildProcess): Promise<void> {
  const over = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await over;
}

/** Until the database says so. */
export const until = (question: string) =>
  vi.waitFor(async () => expect((await superuser.query(question)).rows[0]).toEqual({ so: true }), {
    timeout: 45_000,
    interval: 50,
  });
