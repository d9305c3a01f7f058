import { part, pathOf } from '../documents/pointer.ts';
import { Problem } from '../terms/problem.ts';
import { lightest, mostOfAToken, outweighs, roomOfAnswer, weightOf } from './weight.ts';

/** In characters, as they may be asked for. */
export const longestPointer = 500;

/** Estimated tokens that documents may take of one answer at most. */
const roomOfDocument = 5_500;
/** Of the numbers beside the pointer of something omitted. */
const roomOfPlace = 40;

/** Something that was asked for and does not fit. */
interface Large {
  readonly pointer: string;
  readonly whole: unknown;
  /** What is left to show of a text that no answer holds. */
  readonly text: string | undefined;
}

/**
 * Parts by pointer, as far as they fit in one answer; of texts that no answer holds, stretches in the room that is left. The rest is
 * told with the pointers that lead into it, or with where its text goes on.
 */
export function fitting(find: (pointer: string) => unknown, pointers: readonly string[], from: number, room: number) {
  const limit = Math.min(roomOfDocument, room);
  const parts: Record<string, unknown> = {};
  const large: Large[] = [];
  let used = 0;
  for (const pointer of new Set(pointers)) {
    const whole = find(pointer);
    const value = from ? restOf(whole, from) : whole;
    const weight = outweighs(value, limit) ? Number.POSITIVE_INFINITY : weightOf(pointer) + weightOf(value);
    if (used + weight > limit) {
      large.push({ pointer, whole, text: typeof value === 'string' && weight > limit ? value : undefined });
    } else {
      parts[pointer] = value;
      used += weight;
    }
  }
  const places = large.reduce((sum, { pointer }) => sum + weightOf(pointer) + roomOfPlace, 0);
  const left = Math.min(limit, room - places) - used;
  const stretches = stretched(large, from, left, parts);
  used = Object.entries(parts).reduce((sum, [pointer, value]) => sum + weightOf(pointer) + weightOf(value), 0);
  const { '': document_, ...rest } = parts;
  const spare = Math.min(room - used, Math.max(limit - used, roomOfAnswer - roomOfDocument));
  return {
    ...('' in parts && { document: document_ }),
    ...(Object.keys(rest).length && { parts: rest }),
    ...(large.length && {
      omitted: lightest(
        large.map((it, i) => ({ ...omission(it, spare / large.length), ...stretches[i] })),
        spare,
      ),
    }),
  };
}

/** Puts the beginning of each text into `parts` as far as there is room; answers where each begins and goes on, in characters. */
function stretched(large: readonly Large[], from: number, room: number, parts: Record<string, unknown>) {
  let left = room;
  return large.map(({ pointer, text }) => {
    if (text === undefined) return undefined;
    const stretch = text.slice(0, lengthWithin(left - weightOf(pointer), text));
    if (stretch) {
      parts[pointer] = stretch;
      left -= weightOf(pointer) + weightOf(stretch);
    }
    return { from, next: from + stretch.length };
  });
}

export function partAt(document: unknown, pointer: string): unknown {
  const found = part(document, pointer);
  if (found.found && pathOf(pointer)) return found.value;
  throw new Problem('invalid_argument', '/at: Nothing in the document is at one of these pointers.', {
    pointer: '/at',
    advice: 'Take pointers from the outline.',
  });
}

function restOf(value: unknown, from: number): string {
  if (typeof value === 'string' && from < value.length) return value.slice(from);
  throw new Problem('invalid_argument', `/from: No text at that pointer goes on at character ${from}.`, {
    pointer: '/from',
    advice: 'Take it from next, beside the pointer in omitted; without next, all of the text was shown.',
  });
}

/** How many characters of a text fit into `room`; a pair of surrogates stays together. */
function lengthWithin(room: number, text: string): number {
  let [fits, most] = [0, Math.min(text.length, Math.max(0, Math.floor(room * mostOfAToken)))];
  while (fits < most) {
    const half = Math.ceil((fits + most) / 2);
    if (weightOf(text.slice(0, half)) <= room) fits = half;
    else most = half - 1;
  }
  return /[\uD800-\uDBFF]/.test(text[fits - 1] ?? '') ? fits - 1 : fits;
}

/** What was too large to show whole: how large, and the pointers below it as far as `room` goes; the rest of them are counted. */
function omission({ pointer, whole }: Large, room: number) {
  const bytes = Buffer.byteLength(JSON.stringify(whole));
  if (typeof whole !== 'object' || whole === null) return { pointer, bytes };
  const below = Object.keys(whole).map((key) => `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  const inside = lightest(
    below.filter((it) => it.length <= longestPointer),
    room - weightOf(pointer) - 30,
  );
  return { pointer, bytes, inside, ...(below.length > inside.length && { more: below.length - inside.length }) };
}
