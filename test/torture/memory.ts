import { readFileSync } from 'node:fs';

/** What a process has in memory of its own, in MiB: files that it maps and shares with others do not count. */
export function allocated(pid: number): number {
  const kib = /^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}
