import type { Problem } from '../terms/problem.ts';

const media = { 'content-type': 'application/problem+json' };

/** A problem, as RFC 9457 has it. */
export function asResponse(problem: Problem, status: number = problem.status): Response {
  const { code, message: detail, reference, ...rest } = problem.toJSON();
  const body = {
    type: `/problems/${code}`,
    status,
    title: problem.title,
    detail,
    code,
    ...rest,
    ...(reference && { instance: `urn:uuid:${reference}` }),
  };
  return Response.json(body, { status, headers: { ...media, ...headersOf(problem) } });
}

/** What HTTP itself refuses, before anyone asked anything of Postern. */
export function plain(status: number, title: string, detail: string): Response {
  return Response.json({ type: 'about:blank', status, title, detail }, { status, headers: media });
}

function headersOf({ code, details: { retry_after_seconds: wait } }: Problem): Record<string, string> {
  return {
    ...(code === 'unauthenticated' && { 'www-authenticate': 'Bearer realm="postern"' }),
    ...(wait !== undefined && { 'retry-after': String(wait) }),
  };
}
