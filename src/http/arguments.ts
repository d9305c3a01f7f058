import { Problem } from '../terms/problem.ts';
import { cleanLine } from '../terms/text.ts';
import { type Served, type Shape, type Taken, takenBy } from './served.ts';

/** What narrows a call rather than being an argument of it, where the operation has no argument of that name in the query. */
export const narrowings = ['read_only', 'workspace'] as const;

/** Whether a name in the query narrows this operation's call as it narrows a connection of MCP. */
export const narrows = ({ tool, takesBody }: Served, name: string): boolean =>
  narrowings.some((it) => it === name) && (takesBody || !Object.hasOwn(takenBy(tool.operation).shapes, name));

/**
 * The arguments of a call, wherever they stand. Texts become what the operation's shape says; one that does not fit stays a text,
 * and a name that it does not know stays, for the operation to refuse.
 */
export function argumentsOf(
  served: Served,
  inPath: Readonly<Record<string, string>>,
  query: URLSearchParams,
  body: unknown,
): Record<string, unknown> {
  const { tool, takesBody } = served;
  const { shapes } = takenBy(tool.operation);
  const asked = [...new Set(query.keys())].filter((name) => !narrows(served, name));
  if (takesBody && asked[0] !== undefined) throw misplaced(asked[0], 'Arguments of this call go into the body.');
  if (!takesBody && body !== undefined) throw misplaced('', 'Arguments of this call go into the query, not a body.');
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body)))
    throw misplaced('', 'The body is one JSON object, with the arguments by name.');
  const rest = takesBody ? ((body as Record<string, unknown> | undefined) ?? {}) : fromQuery(query, asked, shapes);
  const twice = served.inPath.find((name) => Object.hasOwn(rest, name));
  if (twice) throw misplaced(twice, 'It is in the path already.');
  const named = served.inPath.map((name) => [name, typed(inPath[name] ?? '', shapes[name])] as const);
  return Object.fromEntries([...named, ...Object.entries(rest)]);
}

function fromQuery(query: URLSearchParams, names: readonly string[], shapes: Taken['shapes']): Record<string, unknown> {
  const found = new Map<string, unknown>();
  for (const name of names) {
    const [, outer, member] = /^(\w+)\[(\w+)\]$/.exec(name) ?? [];
    const shape = outer === undefined ? shapes[name] : shapes[outer];
    if (outer === undefined || member === undefined || shape?.type !== 'object') {
      found.set(name, oneOrMany(query.getAll(name), shape));
      continue;
    }
    const inner = (shape.properties as Taken['shapes'] | undefined)?.[member];
    const value = oneOrMany(query.getAll(name), inner);
    found.set(outer, { ...(found.get(outer) as object | undefined), [member]: value });
  }
  return Object.fromEntries(found);
}

/** A list has its items one by one; of anything else there is one, and several stay several, which no shape takes. */
function oneOrMany(texts: readonly string[], shape: Shape | undefined): unknown {
  if (shape?.type === 'array') return texts.map((text) => typed(text, shape.items as Shape | undefined));
  return texts.length === 1 ? typed(texts[0] ?? '', shape) : texts;
}

function typed(text: string, shape: Shape | undefined): unknown {
  const types = [shape, ...((shape?.anyOf as Shape[] | undefined) ?? [])].map((it) => it?.type);
  if (types.includes('string')) return text;
  if ((types.includes('integer') || types.includes('number')) && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text))
    return Number(text);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function misplaced(name: string, message: string): Problem {
  const pointer = name && `/${cleanLine(name.slice(0, 60))}`;
  return new Problem('invalid_argument', `${pointer || 'arguments'}: ${message}`, pointer ? { pointer } : {});
}
