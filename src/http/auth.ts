import type { Gate } from '../oauth/gate.ts';
import { Problem } from '../terms/problem.ts';
import type { Postern } from '../workspace/postern.ts';
import type { Narrowing, Session } from '../workspace/session.ts';

/** Who lets callers in: a key is Postern's own, an access token is the gate's, where there is one. */
export interface Doorkeepers {
  readonly postern: Postern;
  readonly gate?: Gate | undefined;
}

/** Lets in whoever sent a request; throws unauthenticated, whatever is wrong. */
export function admit(
  { postern, gate }: Doorkeepers,
  request: Request,
  { narrowing, from }: { readonly narrowing?: Narrowing; readonly from?: string | undefined },
): Promise<Session> {
  const secret = bearer(request);
  return gate && isToken(secret) ? gate.admit(secret, narrowing) : postern.admit(secret, narrowing, from);
}

/** The form of a token: three parts with dots between, which no key has. */
const isToken = (secret: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(secret);

/** The secret that a request bears; an address is no place for one, since addresses are logged. */
function bearer({ headers, url }: Request): string {
  if (url.includes('access_token=')) {
    throw new Problem('unauthenticated', 'A key goes into the Authorization header, never into the address.');
  }
  const secret = headers.get('authorization')?.match(/^Bearer +(\S+)$/i)?.[1];
  if (!secret) throw new Problem('unauthenticated', 'There is no bearer key.');
  return secret;
}
