import { capped } from '../documents/json.ts';
import { mostElements, outgrows } from '../documents/json-size.ts';
import { readJson } from '../documents/json-text.ts';
import { largestRequest, textOf } from '../mcp/http.ts';
import { type Finding, Problem } from '../terms/problem.ts';

/** What a request brought, nothing where it brought none; or a refusal, with the status that HTTP has for it. */
export type Body =
  | { readonly value: unknown; readonly rounded?: readonly Finding[] }
  | { readonly refused: Problem; readonly status: number };

/** Far more levels than any argument may have, and few enough for whoever reads them next. */
const levels = 1_000;

/** The JSON of a request, of which no more is read than a request may hold. */
export async function bodyOf(request: Request): Promise<Body> {
  if (!request.body) return { value: undefined };
  const read = await textOf(request);
  if (read === 'large') {
    const message = `A request holds ${largestRequest} bytes at most.`;
    return { status: 413, refused: new Problem('too_large', message) };
  }
  if (read === 'no text') return { status: 400, refused: broken([{ pointer: '', message: 'It is no UTF-8.' }]) };
  if (read.text === '') return { value: undefined };
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    const advice = 'Send JSON, with Content-Type: application/json.';
    return {
      status: 415,
      refused: new Problem('invalid_argument', 'The body is not said to be application/json.', { advice }),
    };
  }
  const outgrown = outgrows(read.text, levels);
  if (outgrown === 'many')
    return { status: 413, refused: new Problem('too_large', `A request holds ${mostElements} elements at most.`) };
  const { value, errors, warnings } = readJson(read.text, levels);
  return errors.length === 0 ? { value, rounded: warnings } : { status: 400, refused: broken(capped(errors)) };
}

const broken = (findings: ReturnType<typeof capped>) =>
  new Problem(
    'invalid_argument',
    findings.map(({ pointer, message }) => `${pointer || 'body'}: ${message}`).join(' '),
    {
      findings,
      ...(findings[0]?.pointer && { pointer: findings[0].pointer }),
      advice: 'Send one JSON object, with each key once.',
    },
  );
