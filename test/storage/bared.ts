import pg from 'pg';

/** A statement without its conditions: every `where` and every `on` of a join says `true`, and values stand in the text. */
export const bared = (text: string, values: readonly unknown[]): string => withoutConditions(filled(text, values));

/** A statement whose values stand in its text. */
export function filled(text: string, values: readonly unknown[]): string {
  const literal = (value: unknown) => {
    const prepared = pg.types && prepare(value);
    return prepared === null ? 'null' : pg.escapeLiteral(String(prepared));
  };
  return text.replace(/\$(\d+)/g, (_, n) => literal(values[Number(n) - 1]));
}

const { prepareValue: prepare } = (pg as unknown as { utils: { prepareValue(value: unknown): unknown } }).utils;

const ends = {
  where: ['group', 'order', 'limit', 'union', 'returning', 'for', 'offset', 'having'],
  on: ['join', 'left', 'inner', 'cross', 'full', 'where', 'group', 'order', 'limit', 'union', 'returning', 'for'],
};

/** After these a parenthesis holds rows; after anything else, one value. */
const beforeRows = [
  'from',
  'join',
  'lateral',
  'materialized',
  'in',
  'exists',
  'any',
  'all',
  'array',
  'union',
  'as',
  'filter',
];

function withoutConditions(text: string): string {
  const kept: string[] = [];
  /** Of each parenthesis that is open, whether one value is wanted of it. */
  const single: boolean[] = [];
  let last = '';
  let depth = 0;
  let cut: { readonly at: number; readonly until: readonly string[] } | undefined;
  for (const token of text.match(/'(?:[^']|'')*'|"[^"]*"|\w+|\s+|[^\s\w]/g) ?? []) {
    const word = token.toLowerCase();
    const isSingle = token === ')' && single.pop();
    if (token === ')') depth--;
    if (cut && (depth < cut.at || (depth === cut.at && cut.until.includes(word)))) {
      if (isSingle && depth < cut.at && cut.until === ends.where) kept.push('limit 1');
      cut = undefined;
    }
    if (!cut) kept.push(token);
    if (token === '(') {
      depth++;
      single.push(!beforeRows.includes(last));
    }
    if (!cut && (word === 'where' || (word === 'on' && last !== 'distinct'))) {
      cut = { at: depth, until: ends[word] };
      kept.push(' true ');
    }
    if (word.trim()) last = word;
  }
  return kept.join('');
}
