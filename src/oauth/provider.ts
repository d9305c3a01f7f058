import { timingSafeEqual } from 'node:crypto';
import type { Client, Configuration, default as Library } from 'oidc-provider';
import { inside, outside, pairBehind } from '../terms/ids.ts';
import { credentialScopes } from '../terms/scopes.ts';
import { hashOf } from '../terms/secret.ts';
import type { Ledger, TokenKey } from '../workspace/ledger.ts';
import { adapterOn } from './adapter.ts';
import { type Addresses, paths } from './addresses.ts';
import { inItsTerms } from './away.ts';
import { turnByLedger } from './turning.ts';

/** In seconds. */
export const lasting = { token: 600, code: 60, question: 900, refresh: 30 * 86_400 } as const;

interface Told {
  readonly ledger: Ledger;
  /** What signs, newest first. */
  readonly keys: readonly TokenKey[];
  /** The database's clock, in seconds of the epoch. */
  readonly time: () => number;
  readonly addresses: Addresses;
  readonly trouble: (thrown: unknown) => void;
}

/** The authorization server, with all that it keeps in the ledger. It is loaded where it is first asked. */
export async function providerOn({ keys, time, addresses, trouble, ...told }: Told): Promise<Library> {
  const { default: Provider, errors, interactionPolicy } = await import('oidc-provider');
  const { Check, Prompt } = interactionPolicy;
  const ledger = inItsTerms(told.ledger, (said, cause) => new errors.TemporarilyUnavailable(said, { cause } as never));
  // Whoever is asked is asked each time: a client that was let in before may be another program today.
  const asked = new Check('asked', 'someone has to be asked', 'consent_required', ({ oidc }) => !oidc.result?.consent);
  const provider = new Provider(addresses.issuer, {
    ...settings,
    adapter: adapterOn(ledger),
    formats: { customizers: { jwt: (_, __, token) => void Object.assign(token.payload, timesFrom(time())) } },
    jwks: { keys: keys.map(({ kid, jwk }) => ({ ...jwk, kid, alg: 'ES256', use: 'sig' })) } as Configuration['jwks'],
    interactions: {
      url: (_, { uid }) => `${paths.consent}/${uid}`,
      policy: [new Prompt({ name: 'consent', requestable: false }, asked)],
    } as Configuration['interactions'],
    features: {
      ...features,
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => addresses.resource,
        useGrantedResource: async () => true,
        async getResourceServerInfo(_, resource) {
          if (resource !== addresses.resource) throw new errors.InvalidTarget();
          return {
            scope: credentialScopes.join(' '),
            audience: addresses.resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: lasting.token,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
  } satisfies Configuration);
  provider.proxy = true;
  provider.on('server_error', (_, thrown) => trouble(thrown));
  turnByLedger(provider, ledger, () => new errors.InvalidGrant('The refresh token has served already.'));
  // Of a secret, the hash alone is kept.
  Object.assign(provider.Client.prototype, {
    compareClientSecret(this: Client & { clientSecret: string }, given: string) {
      return timingSafeEqual(hashOf(given), Buffer.from(this.clientSecret, 'base64url'));
    },
  });
  return provider;
}

/** When a token was made, and when it is over: by the database's clock, so that every server finds the same (DEC-4). */
const timesFrom = (now: number) => ({ iat: Math.floor(now), exp: Math.floor(now) + lasting.token });

const features = {
  devInteractions: { enabled: false },
  userinfo: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  dPoP: { enabled: false },
  revocation: {
    enabled: true,
    allowedPolicy: async (_: unknown, client: Client, token: { readonly clientId?: string | undefined }) =>
      token.clientId === client.clientId,
  },
} as const;

const settings: Configuration = {
  clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'none' },
  routes: { authorization: paths.authorize, token: paths.token, revocation: paths.revoke, jwks: paths.keys },
  responseTypes: ['code'],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  expiresWithSession: async () => false,
  clientBasedCORS: () => false,
  clientAuthMethods: ['none', 'client_secret_basic'],
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  loadExistingGrant: async ({ oidc }) => {
    const id = oidc.result?.consent?.grantId;
    return id ? oidc.provider.Grant.find(id) : undefined;
  },
  extraTokenClaims: async (_, token) => {
    const [organization = '', connection = ''] = pairBehind(('grantId' in token && token.grantId) || '') ?? [];
    return { organization: outside('organization', organization), connection: outside('credential', connection) };
  },
  renderError: (ctx, { error, error_description }) => {
    ctx.body = { error, error_description };
  },
  cookies: {
    names: { interaction: 'postern_asked', resume: 'postern_asking', session: 'postern_unused' },
    short: { httpOnly: true, sameSite: 'lax' },
    long: { httpOnly: true, sameSite: 'lax' },
  },
  ttl: {
    AccessToken: lasting.token,
    AuthorizationCode: lasting.code,
    Interaction: lasting.question,
    RefreshToken: lasting.refresh,
    IdToken: lasting.token,
    Session: lasting.question,
    Grant: lasting.refresh,
  },
};

/** The connection that a token speaks of, as the tables know it. */
export function connectionIn({ organization, connection }: Record<string, unknown>) {
  const [first, second] = [inside('organization', String(organization)), inside('credential', String(connection))];
  return first && second ? { organization: first, credential: second } : undefined;
}
