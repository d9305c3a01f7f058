import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Ground } from './data.ts';
import type { Figure } from './measure.ts';
import { memoryOf } from './spent.ts';

/** What a backup of all of it takes, and restoring that. */
export async function moved({ owner, sql }: Ground, folder: string): Promise<Figure[]> {
  const file = join(folder, 'all.backup');
  const url = (database: string) =>
    `postgresql://${owner.user}@localhost:${owner.port}/${database}?host=${encodeURIComponent(owner.host)}`;
  const backup = await ran(['backup', file], url(owner.database));
  await sql.query('create database bench_restored');
  try {
    const restore = await ran(['restore', file], url('bench_restored'));
    return [
      { question: 'a backup, in MiB', figure: statSync(file).size / 2 ** 20 },
      {
        question: 'seconds that it took',
        figure: backup.seconds,
        note: `${backup.mib.toFixed(0)} MiB of memory at the most`,
      },
      {
        question: 'and restoring it',
        figure: restore.seconds,
        note: `${restore.mib.toFixed(0)} MiB of memory at the most`,
      },
    ];
  } finally {
    await sql.query('drop database bench_restored with (force)');
  }
}

async function ran(words: readonly string[], url: string): Promise<{ seconds: number; mib: number }> {
  const since = performance.now();
  const child = spawn(process.execPath, ['src/cli/main.ts', ...words], {
    env: { PATH: process.env.PATH, DATABASE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let mib = 0;
  const looking = setInterval(() => {
    mib = Math.max(mib, memoryOf(child.pid as number, 'VmHWM') || 0);
  }, 20);
  const [code] = await once(child, 'exit').finally(() => clearInterval(looking));
  if (code !== 0) throw new Error(`postern ${words[0]} ended with ${code}`);
  return { seconds: (performance.now() - since) / 1000, mib };
}
