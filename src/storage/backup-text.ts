import { createHash } from 'node:crypto';
import { Problem } from '../terms/problem.ts';
import { end, type Foot, type Head, marks, type Table } from './backup.ts';

/** What a backup says, in its order: one head, tables with their rows, one foot. */
export type Part =
  | { readonly head: Head }
  | { readonly table: Table }
  /** Lines of COPY, whole ones. */
  | { readonly rows: Buffer }
  | { readonly tableEnds: true }
  | { readonly foot: Foot };

/** How much of a table is handed on at a time, in bytes. */
const piece = 1 << 18;

/**
 * Takes a backup apart as it is read; what is cut short, or reads otherwise than it was written, is refused when that shows, at the latest
 * at its end.
 */
export async function* partsOf(backup: AsyncIterable<Buffer>): AsyncGenerator<Part> {
  const digest = createHash('sha256');
  let held: Buffer[] = [];
  let size = 0;
  let at: 'head' | 'between' | 'rows' | 'over' = 'head';
  const flushed = function* (): Generator<Part> {
    if (size > 0) yield { rows: Buffer.concat(held, size) };
    held = [];
    size = 0;
  };
  for await (const line of linesOf(backup)) {
    if (at === 'over') throw broken('something stands behind its end');
    if (at === 'rows') {
      digest.update(line);
      if (line.length === 3 && line.toString() === `${end}\n`) {
        yield* flushed();
        yield { tableEnds: true };
        at = 'between';
        continue;
      }
      held.push(line);
      size += line.length;
      if (size >= piece) yield* flushed();
      continue;
    }
    const text = line.toString();
    if (at === 'between' && text.startsWith(marks.foot)) {
      const foot = json<Foot>(text.slice(marks.foot.length));
      if (foot.sha256 !== digest.digest('hex')) throw broken('it reads otherwise than it was written');
      yield { foot };
      at = 'over';
      continue;
    }
    digest.update(line);
    if (at === 'head') {
      if (!text.startsWith(marks.head)) throw broken('it does not begin as one');
      yield { head: json<Head>(text.slice(marks.head.length)) };
      at = 'between';
    } else {
      if (!text.startsWith(marks.table)) throw broken('it reads otherwise than it was written');
      yield { table: json<Table>(text.slice(marks.table.length)) };
      at = 'rows';
    }
  }
  if (at !== 'over') throw broken('its end is missing');
}

/** Why a file is not one to restore from. */
export const broken = (why: string, cause?: unknown): Problem =>
  new Problem('invalid_argument', `This is no whole backup: ${why}.`, {
    advice: 'Nothing was restored. Take another copy of it.',
    cause,
  });

function json<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw broken('it reads otherwise than it was written', cause);
  }
}

/** Each with its newline; what comes behind the last one is a line, too. */
async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let open: Buffer[] = [];
  for await (const piece of bytes) {
    let from = 0;
    for (let newline = piece.indexOf(10); newline !== -1; newline = piece.indexOf(10, from)) {
      const line = piece.subarray(from, newline + 1);
      yield open.length === 0 ? line : Buffer.concat([...open, line]);
      open = [];
      from = newline + 1;
    }
    if (from < piece.length) open.push(piece.subarray(from));
  }
  if (open.length > 0) yield Buffer.concat(open);
}
