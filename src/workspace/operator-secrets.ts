import type { Database } from '../storage/database.ts';
import {
  keysInUse,
  lockRotation,
  logRotation,
  resealed,
  type SecretRow,
  secretsNotUnder,
} from '../storage/operator-secrets.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { type Keys, nameOf, openSecret, sealSecret } from './secrets.ts';

export interface Rotating {
  readonly keys: Keys;
  /** Puts a new key before the others; without it, the newest there is was put there for this. */
  readonly renew?: ((inUse: ReadonlySet<string>) => void) | undefined;
}

export interface Rotated {
  /** Whether an earlier rotation was ended, rather than a new one begun. */
  readonly resumed: boolean;
  /** How many secrets came under the newest key. */
  readonly resealed: number;
  /** Integrations whose secret could not be opened: it was changed, or its key is not there. It stays as it is. */
  readonly broken: readonly string[];
}

/** How many secrets one transaction takes. */
const stride = 100;

/**
 * Brings every secret under the newest key, a transaction a hundred, while servers run: they open what is under any key and seal under
 * the newest. Broken off and called again, it ends what it began, with no further key.
 */
export async function rotateSecrets(database: Database, by: Rotating): Promise<Rotated> {
  const first = await rotateOnce(database, by);
  const isAllBroken = first.resumed && first.resealed === 0;
  return isAllBroken ? rotateOnce(database, { ...by, anew: true }) : first;
}

async function rotateOnce(
  database: Database,
  { keys, renew, anew = false }: Rotating & { readonly anew?: boolean },
): Promise<Rotated> {
  const resumed = await database.outside(async (tx) => {
    await lockRotation(tx);
    const inUse = new Set(await keysInUse(tx));
    const [newest] = keys();
    if (!newest)
      throw new Problem('invalid_argument', 'There is no key to keep secrets under.', {
        advice: 'Set POSTERN_SECRET_KEY to 32 random bytes as base64: `openssl rand -base64 32` makes some.',
      });
    const isPending = !anew && [...inUse].some((key) => key !== nameOf(newest));
    if (!isPending) renew?.(inUse);
    return isPending && renew !== undefined;
  });
  const broken: string[] = [];
  let done = 0;
  for (let after: SecretRow | undefined; ; ) {
    const rows = await database.outside((tx) => stretch(tx, keys, after, broken));
    done += rows.resealed;
    after = rows.last;
    if (!after) return { resumed, resealed: done, broken };
  }
}

async function stretch(
  tx: Parameters<typeof lockRotation>[0],
  keys: Keys,
  after: SecretRow | undefined,
  broken: string[],
): Promise<{ resealed: number; last: SecretRow | undefined }> {
  const all = keys() as readonly [Buffer, ...Buffer[]];
  const rows = await secretsNotUnder(tx, nameOf(all[0]), after, stride);
  const moved: SecretRow[] = [];
  for (const row of rows) {
    const secret = openSecret(all, row, row);
    if (secret === undefined) broken.push(outside('integration', row.resource));
    else moved.push({ ...row, ...sealSecret(all, secret, row) });
  }
  for (const row of moved) await resealed(tx, row);
  await logRotation(tx, moved);
  return { resealed: moved.length, last: rows.at(-1) };
}
