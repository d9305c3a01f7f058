import { hash, randomBytes } from 'node:crypto';
import { alphabet, lettersOf, uuidOf } from './ids.ts';

/** What the text of a key says: whose it is, and the hash that proves it. Whether it holds, the database says. */
export interface ReadSecret {
  readonly organization: string;
  readonly credential: string;
  readonly hash: Buffer;
}

/** A key for a credential: `postern_`, the organization, the credential, and 160 random bits. It is shown once and not kept. */
export function newSecret(organization: string, credential: string): string {
  return `postern_${lettersOf(organization)}${lettersOf(credential)}${random()}`;
}

/** An invitation, and the hash that proves who was sent it. */
export interface ReadInvitation {
  readonly organization: string;
  readonly invitation: string;
  readonly hash: Buffer;
}

/** What whoever is invited is sent: shown once, and not kept. */
export const newInvitation = (organization: string, invitation: string): string =>
  `invite_${lettersOf(organization)}${lettersOf(invitation)}${random()}`;

/** Takes an invitation, or a link that ends in one, apart; nothing where the text is none. */
export function readInvitation(text: string): ReadInvitation | undefined {
  const [, whole, first, second] = invited.exec(text.trim()) ?? [];
  const organization = first && uuidOf(first);
  const invitation = second && uuidOf(second);
  if (!whole || !organization || !invitation) return undefined;
  return { organization, invitation, hash: hashOf(whole) };
}

/** Takes a key apart; nothing where the text is none. */
export function readSecret(text: string): ReadSecret | undefined {
  const [, first, second] = form.exec(text) ?? [];
  const organization = first && uuidOf(first);
  const credential = second && uuidOf(second);
  if (!organization || !credential) return undefined;
  return { organization, credential, hash: hashOf(text) };
}

const random = () => Array.from(randomBytes(32), (byte) => alphabet[byte & 31]).join('');

/** SHA-256 of the whole text of a key: all that is stored of it. */
export const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer');

const invited = new RegExp(`(?:^|#)(invite_([${alphabet}]{26})([${alphabet}]{26})[${alphabet}]{32})$`);
const form = new RegExp(`^postern_([${alphabet}]{26})([${alphabet}]{26})[${alphabet}]{32}$`);
