import type { Finding } from '../terms/problem.ts';
import { cleanLine } from '../terms/text.ts';
import type { Document, Format } from './document.ts';
import type { JsonObject } from './json.ts';
import { type Call, type Link, linksIn, withoutIds } from './links.ts';
import { cost, cut, within } from './outline-budget.ts';
import { type Parts, type Place, partsOf } from './outline-parts.ts';

/**
 * What a document is, before it is read: under 1,500 tokens (o200k) whatever it holds (DOC-3).
 *
 * Names are its authors' words, cleaned and cut; ids of ours stand in `links` alone. Where fewer are listed than `count` says, the rest is
 * read by pointer.
 */
export interface Outline {
  readonly format: Format;
  readonly name?: string;
  readonly bytes: number;
  readonly count: { readonly triggers: number; readonly steps: number; readonly warnings: number };
  readonly triggers: readonly Place[];
  readonly steps: readonly Place[];
  readonly links: readonly Link[];
  readonly calls: readonly Call[];
  readonly warnings: readonly Finding[];
}

export function outlineOf({
  format,
  value,
  bytes,
  warnings,
  warned,
}: Pick<Document, 'format' | 'value' | 'bytes' | 'warnings' | 'warned'>): Outline {
  const parts = partsOf(format, value);
  const name = titleOf(format, value);
  const seen = warnings.map(({ pointer, message }) => ({ pointer: withoutIds(pointer), message }));
  return {
    format,
    ...(name && { name }),
    bytes,
    count: { triggers: parts.triggers.total, steps: parts.steps.total, warnings: warned },
    ...listed(parts, linksIn(value), seen),
  };
}

/** Short lists first; the steps have what they leave. */
function listed({ triggers, steps, calls }: Parts, links: readonly Link[], warnings: readonly Finding[]) {
  const few = {
    triggers: within(triggers.first.map(trimmed), 10, 200),
    links: within(links, 10, 250),
    calls: within(
      calls.map((call) => ({ ...call, name: cut(call.name) })),
      6,
      150,
    ),
    warnings: within(warnings, 6, 200),
  };
  const spent = Object.values(few)
    .flat()
    .reduce((sum, item) => sum + cost(item), 0);
  return { ...few, steps: within(steps.first.map(trimmed), 40, 1060 - spent) };
}

function trimmed(place: Place): Place {
  return { ...place, name: cut(place.name), ...(place.type && { type: cut(place.type) }) };
}

function titleOf(format: Format, value: JsonObject): string | undefined {
  const document = value.document as JsonObject;
  const title = format === 'serverless-workflow' ? (document.title ?? document.name) : (value.name ?? value.title);
  return typeof title === 'string' ? cut(withoutIds(cleanLine(title))) : undefined;
}
