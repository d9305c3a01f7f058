import { createHash, createHmac } from 'node:crypto';
import { seal, unseal } from './seal.ts';

/**
 * The keys that secrets are kept under, 32 bytes each, newest first: the first seals, every one opens. Read anew at each use, so that
 * a process that runs while keys are rotated seals with the newest.
 */
export type Keys = () => readonly Buffer[];

/** Whose secret it is: it opens nowhere else. */
export interface Whose {
  readonly organization: string;
  readonly resource: string;
}

/** A secret as it is kept. */
export interface Kept {
  readonly key: string;
  readonly sealed: string;
}

/** What a key is called beside what it sealed; it tells nothing of the key. */
export const nameOf = (key: Buffer): string =>
  createHash('sha256').update('postern secret key').update(key).digest('hex').slice(0, 16);

/** Seals with the newest key (AES-256-GCM, a nonce of its own each time). */
export function sealSecret(keys: readonly [Buffer, ...Buffer[]], secret: string, whose: Whose): Kept {
  const [newest] = keys;
  const key = nameOf(newest);
  return { key, sealed: seal(newest, secret, boundTo(whose, key)) };
}

/** The secret; nothing where its key is not there, or what is kept was changed or moved from elsewhere. */
export function openSecret(keys: readonly Buffer[], { key, sealed }: Kept, whose: Whose): string | undefined {
  const found = keys.find((it) => nameOf(it) === key);
  return found && unseal(found, sealed, boundTo(whose, key));
}

/** The arguments as calls are compared by them: of a secret, what only those who have the key could find out by trying. */
export function masked(input: unknown, keys: Keys): unknown {
  const { secret, ...rest } = input as { secret?: unknown };
  if (typeof secret !== 'string') return input;
  return {
    ...rest,
    secret: createHmac('sha256', keys()[0] ?? '')
      .update(secret)
      .digest('base64url'),
  };
}

const boundTo = ({ organization, resource }: Whose, key: string) => ['secret', organization, resource, key].join('|');
