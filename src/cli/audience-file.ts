import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isObject } from '../documents/json.ts';
import { Problem } from '../terms/problem.ts';
import { contactFrom, type NewContact } from '../workspace/operator-contacts.ts';
import { readCsv } from './csv.ts';

/** The contacts of a file as they come, or what is wrong with a line; by its name it is CSV or JSON Lines. */
export function contactsIn(file: string): AsyncGenerator<NewContact | string> {
  if (/\.(jsonl|ndjson)$/i.test(file)) return fromJsonLines(file);
  if (/\.csv$/i.test(file)) return fromCsv(file);
  throw new Problem('invalid_argument', `${file} ends neither in .csv nor in .jsonl.`, { advice: 'Name it so.' });
}

async function* fromJsonLines(file: string): AsyncGenerator<NewContact | string> {
  let number = 0;
  for await (const line of createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    const text = line.replace(/^\ufeff/, '').trim();
    if (text === '') continue;
    const value = parsed(text);
    yield isObject(value) ? contactFrom(value, `line ${number}`) : `line ${number}: It is no JSON object.`;
  }
}

async function* fromCsv(file: string): AsyncGenerator<NewContact | string> {
  let head: readonly string[] | undefined;
  for await (const { line, cells } of readCsv(createReadStream(file, 'utf8'))) {
    if (!head) {
      head = cells.map((cell) => cell.replace(/^\ufeff/, '').trim());
      head = head.map((name) => (own.includes(name.toLowerCase()) ? name.toLowerCase() : name));
      if (!head.includes('email'))
        throw new Problem('invalid_argument', `The first line of ${file} names no column email.`, {
          advice: 'The first line names the columns.',
        });
    } else if (cells.length > head.length) yield `line ${line}: It has more cells than there are columns.`;
    else {
      const record = Object.fromEntries(cells.map((cell, i) => [head?.[i] ?? '', armed(cell)]));
      const { attributes } = record;
      yield contactFrom({ ...record, ...(attributes && { attributes: parsed(attributes) }) }, `line ${line}`);
    }
  }
}

const own = ['email', 'name', 'source', 'source_name', 'collected_at', 'attributes', 'id'];

/** A cell as it was before an export put an apostrophe before what looked like a formula. */
const armed = (cell: string) => (/^'[\s=+\-@|%]/.test(cell) ? cell.slice(1) : cell);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
