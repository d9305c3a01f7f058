import { type exportJWK, importJWK, type JWK, SignJWT } from 'jose';
import type { Postern } from '../../src/workspace/postern.ts';

type Key = Parameters<typeof exportJWK>[0];
export type Signing = Awaited<ReturnType<typeof signingOf>>;

/** What a server signs access tokens with, so that a test makes its own. */
export async function signingOf({ postern }: { readonly postern: Pick<Postern, 'ledger'> }) {
  const { keys } = await postern.ledger.tokenKeys(async () => ({}));
  const [newest] = keys;
  if (!newest) throw new Error('no key');
  const { kid } = newest;
  const jwk = newest.jwk as JWK;
  const key = (await importJWK(jwk, 'ES256')) as Key;
  return {
    kid,
    jwk,
    signed: (payload: object, header: object = {}, by: Key = key) =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(by),
  };
}

/** What a token says. */
export const payloadOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
