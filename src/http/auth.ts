import { Problem } from '../terms/problem.ts';

/** The secret that a request bears; an address is no place for one, since addresses are logged. */
export function bearer({ headers, url }: Request): string {
  if (url.includes('access_token=')) {
    throw new Problem('unauthenticated', 'A key goes into the Authorization header, never into the address.');
  }
  const secret = headers.get('authorization')?.match(/^Bearer +(\S+)$/i)?.[1];
  if (!secret) throw new Problem('unauthenticated', 'There is no bearer key.');
  return secret;
}
