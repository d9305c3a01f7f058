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
  let before: Sort = 'space';
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    const sort = sortOf(code);
    sum += sort === 'wide' ? bytesOf(code) : costs[sort];
    if (sort !== before && sort !== 'space' && before !== 'space') sum += change;
    before = sort;
  }
  return Math.ceil(sum);
}

type Sort = keyof typeof costs | 'wide';

const costs = { lower: 0.45, upper: 0.55, digit: 0.35, space: 0.2, other: 0.62 } as const;
/** A token seldom goes on from one sort of character to another. */
const change = 0.4;

function sortOf(code: number): Sort {
  if (code > 127) return 'wide';
  if (code >= 97 && code <= 122) return 'lower';
  if (code >= 65 && code <= 90) return 'upper';
  if (code >= 48 && code <= 57) return 'digit';
  return code === 32 ? 'space' : 'other';
}

/** Of UTF-8, a half of a surrogate pair counted as half. */
const bytesOf = (code: number) => (code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3);
