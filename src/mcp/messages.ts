import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import { capped } from '../documents/json.ts';
import { readJson } from '../documents/json-text.ts';
import { type Finding, Problem } from '../terms/problem.ts';
import { wordsOf } from './answer.ts';

/** An answer to what never became a call; `id` is of the request, where it has one. */
export interface Refusal {
  readonly jsonrpc: '2.0';
  readonly id: string | number | null;
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** What a client sent, and the integers in it that a number can't keep. */
export interface Message {
  readonly value: unknown;
  readonly rounded: readonly Finding[];
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
  const findings = [...errors.map(inArguments), ...unheard(value)];
  if (findings.length === 0) return { value, rounded: warnings.map(inArguments) };
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

const inArguments = ({ pointer, message }: Finding): Finding => ({
  pointer: pointer.replace(/^\/params\/arguments(?=\/|$)/, ''),
  message,
});

export const unread = (why: string): Refusal => ({
  jsonrpc: '2.0',
  id: null,
  error: { code: ProtocolErrorCode.ParseError, message: `Parse error: ${why}` },
});

/** What the SDK leaves out of the arguments without a word. */
function unheard(value: unknown): Finding[] {
  const { params } = (value ?? {}) as { params?: { arguments?: unknown } | null };
  const given = params?.arguments;
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, '__proto__')) return [];
  return [{ pointer: '/__proto__', message: 'There is no such argument.' }];
}

function idOf(value: unknown): Refusal['id'] {
  const { id } = (value ?? {}) as { id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
