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

/** A session in the Studio, as its cookie holds it: no door takes it for a key, nor a key for it. */
export const newSession = (organization: string, credential: string): string =>
  `session_${lettersOf(organization)}${lettersOf(credential)}${random()}`;

export function readSession(text: string): ReadSecret | undefined {
  const [, first, second] = sessions.exec(text) ?? [];
  const organization = first && uuidOf(first);
  const credential = second && uuidOf(second);
  if (!organization || !credential) return undefined;
  return { organization, credential, hash: hashOf(text) };
}

/** What serves once and belongs to no organization: a link to set a password, or what a browser holds while it proves something. */
export interface ReadOnce {
  readonly id: string;
  readonly hash: Buffer;
}

export const newOnce = (what: Once, id: string): string => `${what}_${lettersOf(id)}${random()}`;

/** Takes one apart, or a link that ends in one; nothing where the text is none of this sort. */
export function readOnce(what: Once, text: string): ReadOnce | undefined {
  const [, whole, letters] = once[what].exec(text.trim()) ?? [];
  const id = letters && uuidOf(letters);
  return whole && id ? { id, hash: hashOf(whole) } : undefined;
}

type Once = 'link' | 'passing';

const random = () => Array.from(randomBytes(32), (byte) => alphabet[byte & 31]).join('');

/** SHA-256 of the whole text of a key: all that is stored of it. */
export const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer');

const invited = new RegExp(`(?:^|#)(invite_([${alphabet}]{26})([${alphabet}]{26})[${alphabet}]{32})$`);
const form = new RegExp(`^postern_([${alphabet}]{26})([${alphabet}]{26})[${alphabet}]{32}$`);
const sessions = new RegExp(`^session_([${alphabet}]{26})([${alphabet}]{26})[${alphabet}]{32}$`);
const once = {
  link: new RegExp(`(?:^|#)(link_([${alphabet}]{26})[${alphabet}]{32})$`),
  passing: new RegExp(`^(passing_([${alphabet}]{26})[${alphabet}]{32})$`),
};
