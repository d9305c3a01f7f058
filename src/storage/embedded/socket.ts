import { createHash } from 'node:crypto';
import { lstatSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What a socket's path may measure in bytes: 108 on Linux, 104 on macOS, with the zero at its end. */
const longest = 103;

/**
 * The folder to name as the host of the server that listens in `data`.
 *
 * It is `data` itself unless that is too deep for a socket's path: then a link in /tmp leads there, with a name that
 * every process of this account finds again.
 */
export function socketFolder(data: string, port: number): string {
  if (Buffer.byteLength(join(data, `.s.PGSQL.${port}`)) <= longest) return data;

  const self = process.geteuid?.() ?? 0;
  const link = `/tmp/postern-${self}-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`;
  try {
    symlinkSync(data, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const made = lstatSync(link);
  const trusted = made.isSymbolicLink() && made.uid === self && readlinkSync(link) === data;
  if (!trusted) throw new Error(`${link} is not ours: remove it, or put the data in a folder with a shorter path.`);
  return link;
}
