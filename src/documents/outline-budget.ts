const longestName = 80;
const dearestName = 90;

/** The first of them, as many as fit: `most` in number, `budget` in estimated tokens. */
export function within<T extends object>(items: readonly T[], most: number, budget: number): T[] {
  let left = budget;
  const few = items.slice(0, most);
  const end = few.findIndex((item) => {
    left -= cost(item);
    return left < 0;
  });
  return end < 0 ? few : few.slice(0, end);
}

/** Estimated tokens of an object of short texts: its punctuation and keys, and what its texts may cost at worst. */
export function cost(item: object): number {
  return Object.values(item).reduce((sum: number, text) => sum + 3 + tokensOf(String(text)), 2);
}

/** At most 80 characters, and fewer of the kinds that are a token or more each. */
export function cut(name: string): string {
  let spent = 0;
  let kept = '';
  for (const [i, character] of [...name].entries()) {
    spent += tokensOf(character);
    if (i >= longestName || spent > dearestName) return `${kept.trimEnd()}…`;
    kept += character;
  }
  return kept;
}

/** Plain words cost less than this; beyond ASCII no text costs more tokens than bytes. */
function tokensOf(text: string): number {
  let sum = 0;
  for (const character of text)
    sum += /[a-z0-9 ]/.test(character) ? 0.5 : /[A-Z]/.test(character) ? 0.7 : Buffer.byteLength(character);
  return sum;
}
