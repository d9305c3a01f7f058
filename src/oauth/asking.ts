import { type CredentialScope, credentialScopes, defaultScopes } from '../terms/scopes.ts';
import { type Addresses, isOurs } from './addresses.ts';
import type { Asked } from './exchange.ts';

/** What comes with an answer of OpenID Connect, which this is none of, or asks for pages that are always there. */
const beside = [
  'nonce',
  'max_age',
  'claims',
  'claims_locales',
  'ui_locales',
  'id_token_hint',
  'login_hint',
  'acr_values',
  'display',
  'prompt',
  'response_mode',
  'audience',
];

/** The scopes that are ours, of those a client names; what one gets to begin with where it names none (EXT-4). */
export function scopesAsked(text: string | null | undefined): readonly CredentialScope[] {
  const named = (text ?? '').split(' ');
  const ours = credentialScopes.filter((scope) => named.includes(scope));
  return ours.length > 0 ? ours : defaultScopes;
}

/** A question to someone, in the words that the library is asked it. */
export function inOurWords(asked: URLSearchParams, addresses: Addresses): URLSearchParams {
  const params = new URLSearchParams(asked);
  const isSilent = params.get('prompt') === 'none';
  for (const name of beside) params.delete(name);
  if (isSilent) params.set('prompt', 'none');
  if (params.getAll('scope').length < 2) params.set('scope', scopesAsked(params.get('scope')).join(' '));
  return named(params, addresses);
}

/** Every name of ours for the resource becomes the one; others stay, and are refused. */
function named(params: URLSearchParams, addresses: Addresses): URLSearchParams {
  const all = params.getAll('resource').map((it) => (isOurs(it, addresses) ? addresses.resource : it));
  params.delete('resource');
  for (const it of new Set(all)) params.append('resource', it);
  return params;
}

/**
 * A form for tokens. A client's secret may stand in it; the library wants it in the header. What a token may do, the person has said: a
 * client that asks for less gets no less.
 */
export function formInOurWords(
  text: string,
  authorization: string | null,
  addresses: Addresses,
): Pick<Asked, 'headers' | 'body'> {
  const params = named(new URLSearchParams(text), addresses);
  params.delete('scope');
  const [id, secret] = [params.get('client_id'), params.get('client_secret')];
  const basic =
    id && secret && !authorization
      ? `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`
      : authorization;
  if (secret && !authorization) params.delete('client_secret');
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(basic && { authorization: basic }) },
    body: params.toString(),
  };
}
