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
}

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
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    const to = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: addressOf(desk),
      scope: 'openid email profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const meanwhile: Meanwhile = { state, nonce, verifier, next: pathFrom(asked(desk, 'next')) };
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
async function provenBy(provider: Provider, desk: Desk, { state, nonce, verifier }: Meanwhile) {
  const here = new URL(addressOf(desk));
  here.search = new URL(desk.request.url).search;
  const { authorizationCodeGrant } = await openid();
  const tokens = await authorizationCodeGrant(await configurationOf(provider), here, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const email = typeof claims?.email === 'string' ? claims.email : '';
  return { email, isProven: email !== '' && claims?.email_verified === true };
}

const speaksFor = ({ domains }: Provider, email: string): boolean =>
  !domains?.length || domains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase());

const addressOf = ({ postern, request }: Desk): string =>
  `${postern.identity.address?.startsWith('https:') ? postern.identity.address : new URL(request.url).origin}${callback}`;
