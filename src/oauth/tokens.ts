import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Ledger, TokenKey } from '../workspace/ledger.ts';
import type { Addresses } from './addresses.ts';

/** In milliseconds: how long a server goes without asking which keys there are. */
const trusted = 60_000;

/** Which keys sign and prove access tokens, asked anew now and then, and where a token names one that is not known. */
export function keysOf(ledger: Ledger) {
  let known: { keys: readonly TokenKey[]; at: number } | undefined;
  const read = async () => {
    known = { keys: await ledger.tokenKeys(newKey), at: performance.now() };
    return known.keys;
  };
  return {
    now: async () => (known && performance.now() - known.at < trusted ? known.keys : read()),
    read,
  };
}

async function newKey(): Promise<object> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return exportJWK(privateKey);
}

/** What an access token of ours says, once signature, issuer, audience, kind and time are right; nothing where any of it is wrong. */
export async function claimsOf(
  token: string,
  keys: ReturnType<typeof keysOf>,
  { issuer, resource }: Addresses,
): Promise<JWTPayload | undefined> {
  const wanted = {
    issuer,
    audience: resource,
    typ: 'at+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['exp', 'iat', 'sub'],
  };
  for (const all of [await keys.now(), undefined]) {
    const set = createLocalJWKSet({ keys: (all ?? (await keys.read())).map(publicOf) } as JSONWebKeySet);
    try {
      return (await jwtVerify(token, set, wanted)).payload;
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== 'ERR_JWKS_NO_MATCHING_KEY') return undefined;
    }
  }
  return undefined;
}

/** Without what signs. */
const publicOf = ({ kid, jwk }: TokenKey) => {
  const { d: _, ...rest } = jwk as Record<string, unknown>;
  return { ...rest, kid, alg: 'ES256', use: 'sig' };
};
