import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { Ledger, TokenKey, TokenKeys } from '../workspace/ledger.ts';
import type { Addresses } from './addresses.ts';

/** In milliseconds: how long a server goes without asking which keys there are. */
const trusted = 60_000;

/** Which keys sign and prove access tokens, asked anew now and then, and where a token names one that is not known. */
export function keysOf(ledger: Ledger) {
  let known: (TokenKeys & { readonly at: number }) | undefined;
  const read = async () => {
    const found = await ledger.tokenKeys(newKey);
    known = { ...found, at: performance.now() };
    return found.keys;
  };
  return {
    now: async () => (known && performance.now() - known.at < trusted ? known.keys : read()),
    read,
    /** The database's clock, by which alone tokens end (DEC-4), in seconds of the epoch; once the keys have been read. */
    time: (): number => (known ? known.now + (performance.now() - known.at) / 1000 : Number.NaN),
  };
}

/** Loaded with the first token, since no start needs it. */
const jose = () => import('jose');

async function newKey(): Promise<object> {
  const { exportJWK, generateKeyPair } = await jose();
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return exportJWK(privateKey);
}

/** What an access token of ours says, and by which key, once signature, issuer, audience, kind and time are right; nothing where any of it is wrong. */
export async function claimsOf(
  token: string,
  keys: ReturnType<typeof keysOf>,
  { issuer, resource }: Addresses,
): Promise<{ readonly claims: JWTPayload; readonly signer: string } | undefined> {
  const { createLocalJWKSet, jwtVerify } = await jose();
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
      const currentDate = new Date(1000 * keys.time());
      const { payload, protectedHeader } = await jwtVerify(token, set, { ...wanted, currentDate });
      return protectedHeader.kid === undefined ? undefined : { claims: payload, signer: protectedHeader.kid };
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
