import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../terms/problem.ts';
import { type Keys, nameOf } from '../workspace/secrets.ts';
import type { Settings } from './settings.ts';

/** Where the keys are that secrets are kept under. */
export interface SecretKeys {
  readonly read: Keys;
  /** Puts a new key before the others and lets go of those not in use; not there where the environment says the keys. */
  readonly renew?: (inUse: ReadonlySet<string>) => void;
  /** Takes over the keys of a backup where there are none, and answers whether those are the ones now. */
  readonly adopt?: (keys: readonly Buffer[]) => boolean;
}

/**
 * The environment's keys; else those of a file in the data folder, made for its owner alone when a secret is first kept. A database
 * elsewhere has no data folder that all its servers share, so it takes the environment's.
 */
export function secretKeysOf({ secretKeys, database, home }: Settings): SecretKeys {
  if (secretKeys || database) return { read: () => secretKeys ?? [] };
  const file = join(home, 'secret-keys');
  return {
    read: () => readKeys(file) ?? first(file, [randomBytes(32)]),
    adopt: (keys) => Buffer.concat(first(file, keys)).equals(Buffer.concat(keys)),
    renew(inUse) {
      const [newest, ...others] = readKeys(file) ?? [];
      const kept = [...(newest ? [newest] : []), ...others.filter((key) => inUse.has(nameOf(key)))];
      renameSync(written(file, [randomBytes(32), ...kept]), file);
    },
  };
}

function readKeys(file: string): Buffer[] | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    throw new Problem('invalid_argument', `${file} is open to other accounts of this machine.`, {
      advice: `chmod 600 ${file}, and rotate its keys with \`postern secrets rotate\`.`,
    });
  }
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line, 'base64'));
}

/** Of two processes that come at once, one makes it, and both read that. */
function first(file: string, keys: readonly Buffer[]): Buffer[] {
  const made = written(file, keys);
  try {
    linkSync(made, file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  } finally {
    rmSync(made);
  }
  return readKeys(file) ?? [];
}

/** A whole file beside the one it is for, so that nobody ever reads a part of it. */
function written(file: string, keys: readonly Buffer[]): string {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = openSync(beside, 'wx', 0o600);
  try {
    writeSync(handle, keys.map((key) => `${key.toString('base64')}\n`).join(''));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return beside;
}
