import { ProtocolErrorCode, type RequestId } from '@modelcontextprotocol/server';
import { capped } from '../documents/json.ts';
import { readJson } from '../documents/json-text.ts';
import { type Finding, Problem } from '../terms/problem.ts';
import { wordsOf } from './answer.ts';

/** An answer to what never became a call; `id` is of the request, where it has one. */
export interface Refusal {
  readonly jsonrpc: '2.0';
  readonly id: RequestId | null;
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** What a client sent, as it came, and for the requests in it, by their ids, the integers that a number can't keep. */
export interface Message {
  readonly text: string;
  readonly value: unknown;
  readonly rounded: ReadonlyMap<RequestId, readonly Finding[]>;
}

/** Far more than any argument may have: the operation tells of those. */
export const levels = 20_000;

/** The bytes as text, without a mark of their order; nothing where they are no UTF-8, which would be altered by reading it all the same. */
export function textIn(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * What a client sent, or why it is not taken: nothing that JSON.parse or the SDK would pass over in silence is kept as something else
 * (DOC-1). Places are told as in the arguments of a call.
 */
export function readMessage(text: string, most: number = levels): Message | { readonly refusal: Refusal } {
  const { value, errors, warnings } = readJson(text, most);
  if (value === undefined) return { refusal: unread(errors[0]?.message ?? '') };
  // In the 2025 protocol several may come in one.
  const requests = Array.isArray(value) ? value.map((it, at) => ({ it, at: `/${at}` })) : [{ it: value, at: '' }];
  const findings = [...errors.map((it) => within('', it)), ...requests.flatMap(({ it, at }) => unheard(it, at))];
  if (findings.length === 0) {
    const rounded = requests.flatMap(({ it, at }): [RequestId, Finding[]][] => {
      const [id, its] = [idOf(it), warnings.filter(({ pointer }) => pointer.startsWith(`${at}/`))];
      return id === null || its.length === 0 ? [] : [[id, its.map((warning) => within(at, warning))]];
    });
    return { text, value, rounded: new Map(rounded) };
  }
  const problem = new Problem(
    'invalid_argument',
    findings
      .slice(0, 5)
      .map(({ pointer, message }) => `${pointer}: ${message}`)
      .join(' '),
    { pointer: findings[0]?.pointer ?? '', findings: capped(findings) },
  );
  const error = { code: ProtocolErrorCode.InvalidParams, message: wordsOf(problem), data: problem.toJSON() };
  return { refusal: { jsonrpc: '2.0', id: idOf(value), error } };
}

/** A finding in the request at a place, which is told as a place in its arguments. */
const within = (at: string, { pointer, message }: Finding): Finding => {
  const inside = `${at}/params/arguments`;
  const isInside = pointer === inside || pointer.startsWith(`${inside}/`);
  return { pointer: isInside ? pointer.slice(inside.length) : pointer, message };
};

export const unread = (why: string): Refusal => ({
  jsonrpc: '2.0',
  id: null,
  error: { code: ProtocolErrorCode.ParseError, message: `Parse error: ${why}` },
});

/** What the SDK leaves out of the arguments of a request without a word. */
function unheard(request: unknown, at: string): Finding[] {
  const { params } = (request ?? {}) as { params?: { arguments?: unknown } | null };
  const given = params?.arguments;
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, '__proto__')) return [];
  const pointer = `${at ? `${at}/params/arguments` : ''}/__proto__`;
  return [{ pointer, message: 'There is no such argument.' }];
}

function idOf(request: unknown): Refusal['id'] {
  const { id } = (request ?? {}) as { id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
