import type { Session } from '../workspace/session.ts';

/** Says how much more may be asked, as draft-ietf-httpapi-ratelimit-headers has it. */
export function withAllowance(response: Response, { allowance }: Pick<Session, 'allowance'>): Response {
  if (!allowance) return response;
  response.headers.set('RateLimit-Policy', `"person";q=${allowance.limit};w=60`);
  response.headers.set('RateLimit', `"person";r=${allowance.left};t=${allowance.seconds}`);
  return response;
}
