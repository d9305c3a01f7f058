import type { Configuration } from 'openid-client';
import { Problem } from '../terms/problem.ts';
import { asked, type Desk } from './desk.ts';
import { leadTo } from './page.ts';
import { comeIn } from './sign-in.ts';
import { passing, passingCookie, pathFrom } from './visitor.ts';

/** An identity provider that speaks OpenID Connect, where people may prove who they are. */
export interface Provider {
  /** What the button says. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of emails that it may speak for; it speaks for any where it names none. */
  readonly domains?: readonly string[] | undefined;
}

interface Meanwhile {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly next: string;
  /** They prove again who they are, so that an earlier sign-in at the provider does not do. */
  readonly again: boolean;
}

/** How long ago they may have signed in at the provider to prove again who they are, in seconds. */
const lately = 300;

const callback = '/sign-in/provider/callback';
const found = new WeakMap<Provider, Promise<Configuration>>();

/** What the provider says of itself, asked once; where it did not answer, the next sign-in asks again. */
function configurationOf(provider: Provider): Promise<Configuration> {
  const known = found.get(provider) ?? discovered(provider);
  found.set(provider, known);
  known.catch(() => found.delete(provider));
  return known;
}

async function discovered({ issuer, clientId, clientSecret }: Provider): Promise<Configuration> {
  const { allowInsecureRequests, discovery } = await openid();
  const isLocal = /^http:\/\/(localhost|127\.0\.0\.1)(:|\/|$)/.test(issuer);
  return discovery(new URL(issuer), clientId, clientSecret, undefined, {
    timeout: 10,
    ...(isLocal && { execute: [allowInsecureRequests] }),
  });
}

/** Loaded when someone signs in by it, since a desktop client waits for `stdio`. */
const openid = () => import('openid-client');

/** To the provider, with a state, a nonce and a proof key that only this browser's cookie leads back to. */
export async function goToProvider(desk: Desk): Promise<Response> {
  const { provider, postern, request, from } = desk;
  if (!provider) return leadTo('/sign-in');
  try {
    const oidc = await openid();
    const configuration = await configurationOf(provider);
    const again = asked(desk, 'again') !== '';
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    const to = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: addressOf(desk),
      scope: 'openid email profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...(again && { prompt: 'login', max_age: String(lately) }),
    });
    const meanwhile: Meanwhile = { state, nonce, verifier, again, next: pathFrom(asked(desk, 'next')) };
    const held = await postern.identity.ceremonies.begin('provider', meanwhile, from.address);
    return leadTo(to.href, { 'set-cookie': passingCookie(postern, request, held) });
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    return leadTo('/sign-in?wrong=provider');
  }
}

/** Back from the provider: whoever it says has proven an email is signed in by it. */
export async function backFromProvider(desk: Desk): Promise<Response> {
  const { provider, postern, request, from } = desk;
  const held = passing(postern, request);
  const meanwhile = (held && (await postern.identity.ceremonies.end('provider', held))) as Meanwhile | undefined;
  if (!provider || !meanwhile) return leadTo('/sign-in?wrong=provider');
  const { email, isProven } = await provenBy(provider, desk, meanwhile).catch(() => ({ email: '', isProven: false }));
  if (!isProven) return leadTo('/sign-in?wrong=provider');
  const signed = speaksFor(provider, email) ? await postern.identity.signInByProvider(email, from) : undefined;
  if (!signed) return leadTo('/sign-in?wrong=unknown');
  const answer = await comeIn(desk, signed, pathFrom(meanwhile.next));
  answer.headers.append('set-cookie', passingCookie(postern, request, undefined));
  return answer;
}

/** State, nonce, issuer, audience, signature and time of what it says are checked by the library. */
async function provenBy(provider: Provider, desk: Desk, { state, nonce, verifier, again }: Meanwhile) {
  const here = new URL(addressOf(desk));
  here.search = new URL(desk.request.url).search;
  const { authorizationCodeGrant, fetchUserInfo } = await openid();
  const configuration = await configurationOf(provider);
  const tokens = await authorizationCodeGrant(configuration, here, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
    ...(again && { maxAge: lately }),
  });
  const claims = tokens.claims();
  // Some say who it is in the token, and some only where they are asked.
  const isSilent = claims && claims.email === undefined;
  const told = isSilent ? await fetchUserInfo(configuration, tokens.access_token, claims.sub) : claims;
  const email = typeof told?.email === 'string' ? told.email : '';
  return { email, isProven: email !== '' && told?.email_verified === true };
}

const speaksFor = ({ domains }: Provider, email: string): boolean =>
  !domains?.length || domains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase());

const addressOf = ({ postern, request }: Desk): string =>
  `${postern.identity.address?.startsWith('https:') ? postern.identity.address : new URL(request.url).origin}${callback}`;
