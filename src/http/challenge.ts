import { paths, resourceFor } from '../oauth/addresses.ts';
import type { Gate } from '../oauth/gate.ts';
import type { Problem } from '../terms/problem.ts';
import { credentialScopes, defaultScopes } from '../terms/scopes.ts';
import type { Session } from '../workspace/session.ts';

/** What a refusal says of how to get in (RFC 6750, 9728), and of every scope that it takes to go on. */
export function challengeFor(request: Request, gate: Gate | undefined) {
  const where = gate && `resource_metadata="${metadataOf(resourceFor(request, gate.addresses))}"`;
  const line = (...parts: (string | undefined)[]) =>
    `Bearer ${['realm="postern"', ...parts, where].filter((it) => it !== undefined).join(', ')}`;
  const scopes = (all: readonly string[]) => `scope="${credentialScopes.filter((it) => all.includes(it)).join(' ')}"`;
  return {
    /** To someone who is nobody: `isWrong` where what they sent opens nothing. */
    unknown: (isWrong: boolean) =>
      line(isWrong ? 'error="invalid_token"' : undefined, gate ? scopes(defaultScopes) : undefined),
    lacking: (all: readonly string[]) => line('error="insufficient_scope"', scopes(all)),
  };
}

/** The same answer, with what its refusal says of how to go on. */
export function challenged(
  response: Response,
  { code, details: { scope } }: Problem,
  request: Request,
  { gate, session }: { readonly gate: Gate | undefined; readonly session?: Session | undefined },
): Response {
  const challenge = challengeFor(request, gate);
  if (code === 'unauthenticated')
    response.headers.set('www-authenticate', challenge.unknown(request.headers.has('authorization')));
  if (code === 'insufficient_scope' && session?.canAsk && scope)
    response.headers.set('www-authenticate', challenge.lacking([...session.credential.scopes, scope]));
  return response;
}

const metadataOf = (resource: string): string => {
  const { origin, pathname } = new URL(resource);
  return `${origin}${paths.resource}${pathname}`;
};
