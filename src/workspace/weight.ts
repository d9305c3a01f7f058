/** Estimated tokens that one answer holds: at the estimate's worst still under 8,000 (section 14). */
export const roomOfAnswer = 6_800;

/** The first of `items` that fit into `room`, in estimated tokens; one at least, so that a list always goes on. */
export function lightest<Item>(items: readonly Item[], room: number): Item[] {
  let left = room;
  const end = items.findIndex((item, i) => {
    left -= weightOf(item);
    return left < 0 && i > 0;
  });
  return end < 0 ? [...items] : items.slice(0, end);
}

/**
 * Tokens that a value may come to as JSON, estimated from above without a tokenizer: plain words cost half of this, random ASCII
 * about this, and beyond ASCII no text costs more tokens than bytes.
 */
export function weightOf(value: unknown): number {
  const json = JSON.stringify(value) ?? '';
  let sum = 0;
  let before: number = sorts.space;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    const sort = code < ascii ? (sortsOfAscii[code] as number) : wide;
    sum += sort === wide ? bytesOf(code) : (costs[sort] as number);
    if (sort !== before && sort !== sorts.space && before !== sorts.space) sum += change;
    before = sort;
  }
  return Math.ceil(sum);
}

/** No estimate gives a token more characters. */
export const mostOfAToken = 5;

/** Whether a value surely weighs more than that, which of a long text needs no weighing. */
export const outweighs = (value: unknown, room: number): boolean =>
  typeof value === 'string' && value.length > room * mostOfAToken;

const sorts = { space: 0, lower: 1, upper: 2, digit: 3, other: 4 } as const;
const costs = [0.2, 0.45, 0.55, 0.35, 0.62];
/** A token seldom goes on from one sort of character to another. */
const change = 0.4;

const ascii = 128;
const wide = 5;
/** Looked up rather than asked, since whole documents are weighed. */
const sortsOfAscii = Uint8Array.from({ length: ascii }, (_, code) => sortOf(String.fromCharCode(code)));

function sortOf(character: string): number {
  if (/[a-z]/.test(character)) return sorts.lower;
  if (/[A-Z]/.test(character)) return sorts.upper;
  if (/[0-9]/.test(character)) return sorts.digit;
  return character === ' ' ? sorts.space : sorts.other;
}

/** Of UTF-8, a half of a surrogate pair counted as half. */
const bytesOf = (code: number) => (code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3);
