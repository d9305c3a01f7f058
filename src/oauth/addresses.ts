import { credentialScopes, defaultScopes } from '../terms/scopes.ts';
import { isLoopback } from './redirects.ts';

/** Where it is, and what it is called in tokens. */
export interface Addresses {
  readonly issuer: string;
  /** What every access token is made for. */
  readonly resource: string;
}

/** Where OAuth can be: over TLS, or on this machine alone; anywhere else a token would go out in the clear. */
export function addressesAt(address: string | undefined): Addresses | undefined {
  const url = address === undefined ? null : URL.parse(address);
  if (!url || !(url.protocol === 'https:' || isLoopback(url))) return undefined;
  return { issuer: url.origin, resource: `${url.origin}/mcp` };
}

/** Below the issuer. */
export const paths = {
  authorize: '/oauth/authorize',
  token: '/oauth/token',
  revoke: '/oauth/revoke',
  keys: '/oauth/keys',
  register: '/oauth/register',
  consent: '/oauth/consent',
  resource: '/.well-known/oauth-protected-resource',
} as const;

/** How clients find out where to ask (RFC 8414). */
export function serverMetadata({ issuer }: Addresses, registers: boolean) {
  return {
    issuer,
    authorization_endpoint: `${issuer}${paths.authorize}`,
    token_endpoint: `${issuer}${paths.token}`,
    jwks_uri: `${issuer}${paths.keys}`,
    ...(registers && { registration_endpoint: `${issuer}${paths.register}` }),
    revocation_endpoint: `${issuer}${paths.revoke}`,
    scopes_supported: [...credentialScopes],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    // Of OpenID Connect, for clients that look there first; there are no id_tokens.
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

/** What is protected, and by whom (RFC 9728); of scopes only what a client needs to begin with. */
export const resourceMetadata = (resource: string, issuer: string) => ({
  resource,
  authorization_servers: [issuer],
  scopes_supported: [...defaultScopes],
  bearer_methods_supported: ['header'],
  resource_name: 'Postern',
});

/**
 * Whether a client means this resource, however it calls it: where MCP or REST is, or the whole of the origin; on this machine by any of
 * its names.
 */
export function isOurs(text: string, { resource }: Addresses): boolean {
  const [asked, own] = [URL.parse(text), new URL(resource)];
  if (!asked || text.includes('#') || asked.username !== '' || asked.password !== '') return false;
  const isHere =
    asked.origin === own.origin ||
    (isLoopback(asked) && isLoopback(own) && asked.protocol === own.protocol && asked.port === own.port);
  return isHere && ['/', '/mcp', '/mcp/', '/api/v1', '/api/v1/'].includes(asked.pathname);
}

/** Where a request finds what is protected; on this machine by the name that it was called by. */
export function resourceFor(request: Request, { resource }: Addresses): string {
  const here = new URL(request.url);
  const host = request.headers.get('host') ?? here.host;
  const called = URL.parse(`http://${host}/mcp`);
  return called && isLoopback(called) && isLoopback(new URL(resource)) && !resource.startsWith('https:')
    ? called.href
    : resource;
}
