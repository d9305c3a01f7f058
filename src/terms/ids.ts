import { randomBytes } from 'node:crypto';

/** What an id outside starts with, by what it names. Inside, every id is a bare UUID. */
export const prefixes = {
  organization: 'org',
  person: 'per',
  workspace: 'ws',
  project: 'prj',
  group: 'grp',
  team: 'team',
  credential: 'key',
  request: 'req',
  workflow: 'wf',
  assistant: 'as',
  datasource: 'ds',
  conversation: 'cv',
  chat_widget: 'cw',
  integration: 'in',
  brand_kit: 'bk',
} as const;

export type Named = keyof typeof prefixes;

/** Crockford's, in small letters. */
export const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A UUID of version 7: 48 bits of time, then 74 random ones, never incremented (section 14). */
export function newId(at: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at, 0, 6);
  bytes[6] = 0x70 | (bytes.readUInt8(6) & 0x0f);
  bytes[8] = 0x80 | (bytes.readUInt8(8) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** When `newId` made an id, in milliseconds. */
export const timeOf = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);

/** An id as callers see it: `wf_` and 26 letters and digits that sort by time. */
export const outside = (named: Named, id: string): string => `${prefixes[named]}_${lettersOf(id)}`;

/** The UUID behind an id, a `postern://` URI or a Studio link; nothing where the text names no `named`. */
export function inside(named: Named, text: string): string | undefined {
  const pattern = new RegExp(`^(?:postern://${named}/|https?://[^/\\s]+/(?:[a-z_]+/)*)?${prefixes[named]}_(.{26})$`);
  const letters = pattern.exec(text.trim())?.[1];
  return letters && uuidOf(letters);
}

/** A UUID in 26 letters and digits, without `i`, `l`, `o` and `u`; they sort as it does. */
export function lettersOf(id: string): string {
  let rest = BigInt(`0x${id.replaceAll('-', '')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
}

/** The UUID that `lettersOf` spelled so; nothing where the text spells none. */
export function uuidOf(letters: string): string | undefined {
  if (!spelled.test(letters)) return undefined;
  let whole = 0n;
  for (const letter of letters) whole = (whole << 5n) | BigInt(alphabet.indexOf(letter));
  const hex = whole.toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const spelled = new RegExp(`^[0-7][${alphabet}]{25}$`);
