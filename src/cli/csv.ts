import { Problem } from '../terms/problem.ts';

/** In characters; a longer cell has most likely lost its closing quote. */
const longest = 100_000;

/** A record of a CSV file, and the line that it begins on. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Reads CSV as it comes (RFC 4180): quoted cells hold commas, quotes and line ends; lines end in CRLF, LF or CR. */
export async function* readCsv(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  let cells: string[] = [];
  let cell = '';
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let [line, begun] = [1, 1];
  let last = '';
  for await (const chunk of chunks) {
    for (const character of chunk) {
      const isLineEnd = character === '\n' || character === '\r';
      if (character === '\n' ? last !== '\r' : character === '\r') line++;
      if (state === 'quoted') {
        if (character === '"') state = 'closed';
        else cell += character;
      } else if (character === '\n' && last === '\r' && cells.length === 0 && state === 'start') {
        begun = line;
      } else if (state === 'closed' && character === '"') {
        cell += character;
        state = 'quoted';
      } else if (state === 'start' && character === '"') state = 'quoted';
      else if (character === ',' || isLineEnd) {
        cells.push(cell);
        [cell, state] = ['', 'start'];
        if (isLineEnd) {
          if (cells.length > 1 || cells[0] !== '') yield { line: begun, cells };
          [cells, begun] = [[], line];
        }
      } else {
        cell += character;
        state = 'plain';
      }
      if (cell.length > longest)
        throw new Problem('invalid_argument', `line ${begun}: A cell goes on for more than ${longest} characters.`, {
          advice: 'Look for a quote that is not closed.',
        });
      last = character;
    }
  }
  if (cell !== '' || cells.length > 0) yield { line: begun, cells: [...cells, cell] };
}
