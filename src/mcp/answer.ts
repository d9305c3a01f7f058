import type { CallToolResult } from '@modelcontextprotocol/server';
import { type Problem, toProblem } from '../terms/problem.ts';
import type { Preview } from '../workspace/session.ts';

/** Where the causes go that no caller may read. A pino logger is one. */
export interface Log {
  error(details: object, message: string): void;
  debug(details: object, message: string): void;
}

/** Whatever was thrown, as a Problem; what was not foreseen is logged under its reference, and so is why the database does not answer. */
export function problemOf(thrown: unknown, log: Log, about: object): Problem {
  const problem = toProblem(thrown);
  if (problem.code === 'internal') {
    log.error({ ...about, reference: problem.reference, err: problem.cause ?? problem }, problem.message);
  }
  if (problem.code === 'unavailable') log.error({ ...about, because: because(problem.cause) }, problem.message);
  return problem;
}

/** In one line, since there are many of them while it lasts. */
const because = (cause: unknown) => (cause instanceof Error ? cause.message.split('\n')[0] : undefined);

export function asResult(output: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(output) }], structuredContent: output };
}

/** What a model reads of a problem: what happened, what it can do about it, and the particulars as data. */
export function asToolError(problem: Problem): CallToolResult {
  const error = problem.toJSON();
  return { isError: true, content: [{ type: 'text', text: wordsOf(problem) }], structuredContent: { error } };
}

/** The message names the places that are wrong, so they are not said twice. */
export function wordsOf(problem: Problem): string {
  const { code, message, advice, pointer: _, findings: __, ...rest } = problem.toJSON();
  const particulars = Object.keys(rest).length > 0 ? `\n${JSON.stringify(rest)}` : '';
  return `${problem.title} (${code}). ${message} ${advice}${particulars}`;
}

/** A preview as a model reads it, which has to be told that nothing has happened yet (EXT-8). */
export function asPreview(tool: string, preview: Preview): CallToolResult {
  const next =
    `Nothing has happened yet. Show the person this preview; once they agree, call ${tool} again ` +
    'with the same arguments and confirm, within 5 minutes.';
  return {
    content: [{ type: 'text', text: `${next}\n${JSON.stringify(preview)}` }],
    structuredContent: { ...preview },
  };
}
