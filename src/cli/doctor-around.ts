import { statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { mailTrouble } from './mail.ts';
import type { Settings } from './settings.ts';

/** One thing that was looked at: what it is where it is well, and what to do where it is not. */
export interface Finding {
  readonly well: boolean;
  readonly says: string;
  readonly todo?: string;
}

/** What stands around the database: the folder of the data, the address that people use, the mail server. */
export async function around(settings: Settings): Promise<Finding[]> {
  const { database, home, publicUrl, mail } = settings;
  return [
    ...(database ? [] : [folder(home), room(home)]),
    ...(publicUrl === undefined ? [] : [address(publicUrl)]),
    ...(mail ? [await post(mail)] : []),
  ];
}

function folder(home: string): Finding {
  const found = statSync(home, { throwIfNoEntry: false });
  if (!found) return { well: true, says: `The data folder ${home} is not there yet; the first start makes it.` };
  const open = (found.mode & 0o077) !== 0;
  return {
    well: !open,
    says: `The data folder ${home} is ${open ? 'open to other accounts of this machine' : 'closed to others'}.`,
    todo: `chmod 700 ${home}`,
  };
}

const gib = 2 ** 30;

/** Whether the disk of a folder, which need not be there yet, has so many bytes left for us. */
export function room(home: string, least = gib): Finding {
  const there = nearest(resolve(home));
  const { bavail, bsize } = statfsSync(there);
  const free = `${((bavail * bsize) / gib).toFixed(1)} GiB`;
  const isEnough = bavail * bsize >= least;
  return {
    well: isEnough,
    says: isEnough ? `Its disk has ${free} left.` : `Its disk has only ${free} left.`,
    todo: 'Make room: on a full disk nothing can be written, and what writes is answered 503.',
  };
}

const nearest = (path: string): string =>
  statSync(path, { throwIfNoEntry: false }) || dirname(path) === path ? path : nearest(dirname(path));

const loopback = ['localhost', '127.0.0.1', '[::1]'];

function address(publicUrl: string): Finding {
  const { protocol, hostname } = new URL(publicUrl);
  const isSafe = protocol === 'https:' || loopback.includes(hostname);
  return {
    well: isSafe,
    says: isSafe
      ? `People reach it at ${publicUrl}.`
      : `People reach it at ${publicUrl}, where everyone on the way reads along and browsers keep no session.`,
    todo: 'Put a proxy that speaks TLS before it, and set POSTERN_PUBLIC_URL to its https address.',
  };
}

async function post(mail: NonNullable<Settings['mail']>): Promise<Finding> {
  const { host } = new URL(mail.url);
  const trouble = await mailTrouble(mail);
  return {
    well: trouble === undefined,
    says: trouble === undefined ? `The mail server ${host} lets us in.` : `The mail server ${host} fails: ${trouble}.`,
    todo: 'Check host, port, name and password in POSTERN_SMTP_URL: smtps:// is TLS from the start, smtp:// goes over to it.',
  };
}
