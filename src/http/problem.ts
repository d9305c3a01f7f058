import type { Problem } from '../terms/problem.ts';

const media = { 'content-type': 'application/problem+json' };

/** A problem, as RFC 9457 has it. */
export function asResponse(problem: Problem, status: number = problem.status): Response {
  const headers = { ...media, 'cache-control': 'no-store', ...headersOf(problem) };
  return Response.json(asBody(problem, status), { status, headers });
}

/** What it says: the words and particulars of every door, under the names of RFC 9457. */
export function asBody(problem: Problem, status: number) {
  const { code, message: detail, reference, ...rest } = problem.toJSON();
  return {
    type: `/problems/${code}`,
    status,
    title: problem.title,
    detail,
    code,
    ...rest,
    ...(reference && {
      instance: /^[0-9a-f]{8}(-[0-9a-f]{4,12}){4}$/.test(reference) ? `urn:uuid:${reference}` : `#${reference}`,
    }),
  };
}

/** What HTTP itself refuses, before anyone asked anything of Postern. */
export function plain(status: number, title: string, detail: string): Response {
  return Response.json({ type: 'about:blank', status, title, detail }, { status, headers: media });
}

function headersOf({ details: { retry_after_seconds: wait } }: Problem): Record<string, string> {
  return {
    ...(wait !== undefined && { 'retry-after': String(wait) }),
  };
}
