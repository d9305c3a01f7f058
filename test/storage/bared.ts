import pg from 'pg';

/** A statement without its conditions: every `where` and every `on` of a join says `true`, and values stand in the text. */
export function bared(text: string, values: readonly unknown[]): string {
  const literal = (value: unknown) => {
    const prepared = pg.types && prepare(value);
    return prepared === null ? 'null' : pg.escapeLiteral(String(prepared));
  };
  return withoutConditions(text.replace(/\$(\d+)/g, (_, n) => literal(values[Number(n) - 1])));
}

const { prepareValue: prepare } = pg as unknown as { prepareValue(value: unknown): unknown };

const ends = {
  where: ['group', 'order', 'limit', 'union', 'returning', 'for', 'offset', 'having'],
  on: ['join', 'left', 'inner', 'cross', 'full', 'where', 'group', 'order', 'limit', 'union', 'returning', 'for'],
};

function withoutConditions(text: string): string {
  const kept: string[] = [];
  let depth = 0;
  let cut: { readonly at: number; readonly until: readonly string[] } | undefined;
  for (const token of text.match(/'(?:[^']|'')*'|"[^"]*"|\w+|\s+|[^\s\w]/g) ?? []) {
    const word = token.toLowerCase();
    if (token === ')') depth--;
    if (cut && (depth < cut.at || (depth === cut.at && cut.until.includes(word)))) cut = undefined;
    if (!cut) kept.push(token);
    if (token === '(') depth++;
    if (!cut && (word === 'where' || word === 'on')) {
      cut = { at: depth, until: ends[word] };
      kept.push(' true ');
    }
  }
  return kept.join('');
}
