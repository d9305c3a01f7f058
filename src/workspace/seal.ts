import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Seals a text so that only this installation reads it, and only where `bound` is the same again (EXT-8, EXT-12). */
export function seal(key: Buffer, text: string, bound: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** What was sealed; nothing where the seal is broken or bound to something else. */
export function unseal(key: Buffer, sealed: string, bound: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < 28) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      .setAAD(Buffer.from(bound))
      .setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** A digest of any JSON value, whatever the order of its keys. What is deeper than any document may be is not told apart. */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(value)) ?? 'undefined')
    .digest('base64url');
}

/** Far more levels than a document may have, and far fewer than a stack. */
const deepest = 500;

function ordered(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) return 'deeper';
  if (Array.isArray(value)) return value.map((item) => ordered(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, ordered(member, depth + 1)]),
  );
}
