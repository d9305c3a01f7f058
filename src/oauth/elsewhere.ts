import type { createRemoteJWKSet, JWTPayload } from 'jose';
import { credentialScopes } from '../terms/scopes.ts';
import { cleanLine } from '../terms/text.ts';
import type { Vouched } from '../workspace/postern.ts';
import type { Addresses } from './addresses.ts';

/** An identity provider that issues the access tokens, in Postern's stead. */
export interface Elsewhere {
  readonly issuer: string;
  /** What its tokens for this Postern say that they are for; where it is left out, the address of MCP. */
  readonly audience?: string | undefined;
  /** Which claims say what. */
  readonly claims: {
    readonly email: string;
    /** Whether the email is proven; `always` where the provider speaks of no other. */
    readonly verified: string;
    readonly scopes: string;
    /** What the scopes begin with there, like `postern.`. */
    readonly prefix: string;
    readonly client: string;
    readonly organization: string;
  };
}

const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];

/** For whom a token vouches, and by which client; nothing where it proves nothing. */
export function vouchedBy({ issuer, audience, claims }: Elsewhere, { resource }: Addresses) {
  let keys: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined;

  return async (token: string): Promise<Vouched | undefined> => {
    keys ??= keysOf(issuer);
    const set = await keys.catch((thrown) => {
      keys = undefined;
      throw thrown;
    });
    const wanted = { issuer, audience: audience ?? resource, algorithms, requiredClaims: ['exp', 'iat'] };
    const { jwtVerify } = await import('jose');
    const payload = await jwtVerify(token, set, wanted).then(
      (it) => it.payload,
      (thrown: { code?: string }) => {
        // Whatever has no code of JOSE is no fault of the token's.
        if (!thrown.code?.startsWith('ERR_J')) throw thrown;
        return undefined;
      },
    );
    return payload && personIn(payload, claims);
  };
}

/** A provider says where its keys are, at one of two addresses. */
async function keysOf(issuer: string) {
  const base = issuer.replace(/\/$/, '');
  const { origin, pathname } = new URL(base);
  const places = [
    `${base}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`,
  ];
  for (const place of places) {
    const answer = await fetch(place, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) continue;
    const told = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (told.issuer !== issuer || typeof told.jwks_uri !== 'string')
      throw new Error(`${place} speaks of another issuer.`);
    const { createRemoteJWKSet } = await import('jose');
    return createRemoteJWKSet(new URL(told.jwks_uri));
  }
  throw new Error(`${issuer} does not say where its keys are.`);
}

function personIn(payload: JWTPayload, claims: Elsewhere['claims']): Vouched | undefined {
  const text = (name: string) => (typeof payload[name] === 'string' ? (payload[name] as string) : undefined);
  const email = text(claims.email);
  const isProven = claims.verified === 'always' || payload[claims.verified] === true;
  if (!email || !isProven) return undefined;
  const told = payload[claims.scopes];
  const named = Array.isArray(told) ? told.map(String) : String(told ?? '').split(' ');
  const scopes = credentialScopes.filter((scope) => named.includes(`${claims.prefix}${scope}`));
  const client = text(claims.client) ?? text('azp') ?? text('sub') ?? '';
  const issued = new Date(Number(payload.iat) * 1000);
  return {
    email,
    organization: text(claims.organization),
    client: client.slice(0, 2_000),
    name: cleanLine(client).slice(0, 120) || 'A client',
    scopes,
    issued,
    until: Number(payload.exp),
  };
}
