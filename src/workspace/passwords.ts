import { randomUUID } from 'node:crypto';
import { Problem } from '../terms/problem.ts';

export const shortestPassword = 12;
const longestPassword = 256;

/** Of argon2id, as OWASP has it: 19 MiB, twice over, on one thread. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Its argon2id hash, with a salt of its own. The same password is the same however a keyboard composes its letters. */
export async function hashed(password: string): Promise<string> {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  if (length >= shortestPassword && length <= longestPassword) return made(text);
  throw new Problem('invalid_argument', `A password has ${shortestPassword} to ${longestPassword} characters.`, {
    pointer: '/password',
    advice: 'A few words that nobody would guess are easy to remember.',
  });
}

let nobodys: Promise<string> | undefined;

/** Whether it is the password of this hash. Where there is no hash it takes as long, so that the time tells nothing. */
export async function isPassword(password: string, known: string | null | undefined): Promise<boolean> {
  nobodys ??= made(randomUUID());
  const other = await nobodys;
  if (password.length > longestPassword * 4) return false;
  const { verify } = await argon2();
  const fits = await verify(known ?? other, password.normalize('NFKC'));
  return fits && typeof known === 'string';
}

const made = async (text: string) => (await argon2()).hash(text, cost);

/** Loaded when someone signs in, since a desktop client waits for `stdio`. */
const argon2 = () => import('@node-rs/argon2');
