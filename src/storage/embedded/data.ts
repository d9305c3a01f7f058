import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';

const run = promisify(execFile);

/**
 * How the server names the folder it is started in.
 *
 * Its account may not be let through the folders above (root's home is closed to others), yet a process always reaches
 * its working folder; Linux has a name for that which does not pass through those above.
 */
export function nameForServer(data: string, account: Account | undefined): string {
  return account && existsSync('/proc/self/cwd') ? '/proc/self/cwd' : data;
}

/** A new cluster that sorts and compares alike on every machine, with no way in but the socket. */
export async function createData(
  home: string,
  data: string,
  bin: string,
  account: Account | undefined,
  durable: boolean,
): Promise<void> {
  for (const name of readdirSync(home)) {
    if (name.startsWith('draft-')) rmSync(join(home, name), { recursive: true, force: true });
  }
  // It gets its name when it is whole, so that a creation cut short is begun anew.
  const draft = mkdtempSync(join(home, 'draft-'));
  if (account) chownSync(draft, account.uid, account.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postern', '--auth-local=trust', '--auth-host=reject'];
  const where = ['-D', nameForServer(draft, account)];
  await run(join(bin, 'initdb'), [...where, ...locale, ...access, ...(durable ? [] : ['--no-sync'])], {
    cwd: draft,
    env: { LC_ALL: 'C' },
    ...account,
  });
  renameSync(draft, data);
}
