import type { Problem } from '../terms/problem.ts';
import { isPreview } from '../workspace/session.ts';
import { asResponse } from './problem.ts';
import { isHeld, tagOf } from './revisions.ts';
import { root } from './routes.ts';
import type { Served } from './served.ts';

/**
 * An answer over HTTP. A preview is 202, so that nobody takes it for the deed: what was sent was understood, and nothing has
 * happened yet.
 */
export function reply(served: Served, output: Record<string, unknown>, { url, headers: asked }: Request): Response {
  const body = JSON.stringify(output);
  const previewed = served.tool.confirmed && isPreview(output);
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'private, no-cache' });
  if (previewed) return new Response(body, { status: 202, headers });

  if (served.method === 'GET' && typeof output.next_cursor === 'string')
    headers.set('link', `<${pageAt(url, output.next_cursor)}>; rel="next"`);
  if (served.makes !== undefined && typeof output.id === 'string')
    headers.set('location', `${root}${served.makes}/${encodeURIComponent(output.id)}`);
  if (served.tagged && typeof output.revision === 'number') {
    const tag = tagOf(output.revision, body);
    headers.set('etag', tag);
    if (served.method === 'GET' && isHeld(tag, asked.get('if-none-match')))
      return new Response(null, { status: 304, headers });
  }
  return new Response(body, { status: served.creates ? 201 : 200, headers });
}

function pageAt(url: string, cursor: string): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.set('cursor', cursor);
  return `${pathname}?${searchParams}`;
}

/** A refusal over HTTP, which has words of its own for a revision that was named in a header or not at all. */
export function refusal(problem: Problem, served: Served, { headers }: Request, status = problem.status): Response {
  return asResponse(problem, preconditionOf(problem, served, headers) ?? status);
}

function preconditionOf({ code, details: { findings = [] } }: Problem, { compares }: Served, headers: Headers) {
  if (!compares) return undefined;
  const isNamed = headers.has('if-match');
  if (code === 'conflict' && isNamed) return 412;
  const lacks = findings.every(({ pointer, message }) => pointer === '/revision' && message === 'It is missing.');
  return code === 'invalid_argument' && !isNamed && findings.length > 0 && lacks ? 428 : undefined;
}
