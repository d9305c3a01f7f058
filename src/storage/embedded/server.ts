import { spawn } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { nameForServer } from './data.ts';

/** Why a server ended at its start; `passing` when the one before it is still on its way out. */
export interface Failure {
  readonly reason: string;
  readonly passing: boolean;
}

/** Starts a server in a session of its own, so that neither Ctrl-C nor the end of this process takes it along. */
export function launch(cluster: Cluster): { failure(): Failure | undefined } {
  forgetDead(cluster);
  const log = openSync(cluster.log, 'a', 0o600);
  const begin = fstatSync(log).size;
  const settings = Object.entries(cluster.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(
    join(cluster.bin, 'postgres'),
    ['-D', nameForServer(cluster.data, cluster.account), ...settings],
    {
      cwd: cluster.data,
      env: { LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log, log],
      ...cluster.account,
    },
  );
  server.unref();
  closeSync(log);

  let ended = false;
  let unstartable: string | undefined;
  server.once('error', (error) => {
    ended = true;
    unstartable = error.message;
  });
  server.once('exit', () => {
    ended = true;
  });
  return {
    failure() {
      if (!ended) return undefined;
      const reason = unstartable ?? readFileSync(cluster.log).subarray(begin).toString().trim();
      return { reason, passing: /lock file .* already exists|shared memory block/.test(reason) };
    },
  };
}

/** Ends the server in order, and waits for that as long as whoever presses Ctrl-C would; it ends without us too. */
export async function stop({ data }: Cluster): Promise<void> {
  const pid = serverPid(data);
  if (!pid) return;
  process.kill(pid, 'SIGINT');
  for (const deadline = Date.now() + 4_000; serverPid(data) === pid && Date.now() < deadline; ) await setTimeout(10);
}

function serverPid(data: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes what a killed server left when its number names something else by now, or a process that is dead but still listed.
 *
 * PostgreSQL asks only whether some process has that number, and would wait for it for ever; in containers numbers
 * repeat soon. Where the system does not tell a process's working folder, PostgreSQL's own care has to do.
 */
function forgetDead({ data }: Cluster): void {
  const pid = serverPid(data);
  if (!pid || !existsSync('/proc/self/cwd') || workingFolder(pid) === data) return;
  for (const name of ['postmaster.pid', '.s.PGSQL.5432.lock']) rmSync(join(data, name), { force: true });
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
