import { randomUUID } from 'node:crypto';

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
  invitation: 'inv',
  entry: 'log',
  domain: 'dom',
  notification: 'ntf',
  contact: 'ct',
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
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** When `newId` made an id, in milliseconds. */
export const timeOf = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);

/** An id as callers see it: `wf_` and 26 letters and digits that sort by time. */
export const outside = (named: Named, id: string): string => `${prefixes[named]}_${lettersOf(id)}`;

/** The UUID behind an id, a `postern://` URI or a Studio link; nothing where the text names no `named`. */
export function inside(named: Named, text: string): string | undefined {
  const letters = patterns[named].exec(text.trim())?.[1];
  return letters && uuidOf(letters);
}

const patterns = Object.fromEntries(
  Object.entries(prefixes).map(([named, prefix]) => [
    named,
    new RegExp(`^(?:postern://${named}/|https?://[^/\\s]+/(?:[a-z_]+/)*)?${prefix}_(.{26})$`),
  ]),
) as Record<Named, RegExp>;

/** A UUID in 26 letters and digits, without `i`, `l`, `o` and `u`; they sort as it does. */
export function lettersOf(id: string): string {
  const hex = id.replaceAll('-', '');
  let letters = spell(Number.parseInt(hex.slice(0, 2), 16), 2);
  for (let i = 2; i < 32; i += 5) letters += spell(Number.parseInt(hex.slice(i, i + 5), 16), 4);
  return letters;
}

/** The UUID that `lettersOf` spelled so; nothing where the text spells none. */
export function uuidOf(letters: string): string | undefined {
  if (!spelled.test(letters)) return undefined;
  let hex = read(letters.slice(0, 2)).toString(16).padStart(2, '0');
  for (let i = 2; i < 26; i += 4)
    hex += read(letters.slice(i, i + 4))
      .toString(16)
      .padStart(5, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Two UUIDs as one name, like that of a credential with its organization. */
export const paired = (first: string, second: string): string => `${lettersOf(first)}${lettersOf(second)}`;

/** The UUIDs behind a name of two; nothing where it is none. */
export function pairBehind(text: string): readonly [string, string] | undefined {
  const [first, second] = [uuidOf(text.slice(0, 26)), uuidOf(text.slice(26))];
  return first && second ? [first, second] : undefined;
}

const spelled = new RegExp(`^[0-7][${alphabet}]{25}$`);

/** Five bits a letter: four letters are five hexadecimal digits. */
function spell(number: number, letters: number): string {
  let text = '';
  for (let rest = number; text.length < letters; rest >>= 5) text = alphabet[rest & 31] + text;
  return text;
}

function read(letters: string): number {
  let number = 0;
  for (const letter of letters) number = (number << 5) | alphabet.indexOf(letter);
  return number;
}
