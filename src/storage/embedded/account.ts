import { readFileSync, statSync } from 'node:fs';

/** Whom PostgreSQL runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account that the server of `data` runs as; nothing where that is simply our own.
 *
 * PostgreSQL refuses to run as root, and as a number that no account has. So root runs it as whoever the data belong
 * to already, else as the account for it, else as `nobody`.
 */
export function serverAccount(data: string): Account | undefined {
  const owner = statSync(data, { throwIfNoEntry: false });
  const self = process.geteuid?.();
  if (self !== 0) {
    if (owner && owner.uid !== self)
      throw new Error(`${data} belongs to another account: start Postern as that one, or on another folder.`);
    return undefined;
  }
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };

  for (const name of ['postern', 'postgres', 'nobody']) {
    const found = accountNamed(name);
    if (found) return found;
  }
  throw new Error('PostgreSQL does not run as root, and there is no account postern, postgres or nobody: add one.');
}

function accountNamed(name: string): Account | undefined {
  const line = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync('/etc/passwd', 'utf8'));
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : undefined;
}
