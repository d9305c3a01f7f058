import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { afterAll } from 'vitest';
import type { visitorAt } from './visitor.ts';

/** Who sits before the provider, and what it knows of them. */
export interface Known {
  readonly email: string;
  readonly email_verified: boolean;
}

/** A provider that others wrote, as a company runs one: whoever comes is signed in as `known` says. */
export async function identityProvider(callback: string) {
  let known: Known = { email: '', email_verified: false };
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { client_id: 'postern', client_secret: 'a secret of theirs', redirect_uris: [callback] };
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'k', alg: 'RS256', use: 'sig' }] },
    clients: [{ ...client, token_endpoint_auth_method: 'client_secret_post' }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['theirs'] },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: async () => ({ sub: accountId, ...known }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  const signIn = (request: IncomingMessage, response: ServerResponse) =>
    provider.interactionFinished(request, response, { login: { accountId: known.email } });
  server.on('request', (request, response) =>
    request.url?.startsWith('/interaction/') ? signIn(request, response) : handle(request, response),
  );
  afterAll(() => new Promise((done) => server.close(done)));

  return {
    settings: { name: 'Acme ID', issuer, clientId: client.client_id, clientSecret: client.client_secret },
    /** Goes there from where the pages lead, signs in, and answers where it leads back to. */
    async passedBy(it: ReturnType<typeof visitorAt>, who: Known, from = '/sign-in/provider'): Promise<URL> {
      known = who;
      const cookies = new Map<string, string>();
      for (let to = (await it.get(from)).to ?? ''; ; ) {
        if (!to.startsWith(issuer)) return new URL(to);
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const answer = await fetch(to, { redirect: 'manual', headers: { cookie } });
        for (const set of answer.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
          cookies.set(name, value);
        }
        to = new URL(answer.headers.get('location') ?? 'nowhere:', issuer).href;
      }
    },
  };
}
