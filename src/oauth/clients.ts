import * as z from 'zod';
import { cleanLine } from '../terms/text.ts';
import type { ClientFound } from '../workspace/ledger.ts';
import { isRedirect } from './redirects.ts';

/** What is kept of a client: all that it says of itself beyond this has no say here. */
export interface ClientKept {
  readonly client_name: string;
  readonly redirect_uris: readonly string[];
  /** Of one that the operator gave a secret: its hash. */
  readonly secret_hash?: string;
}

/** An answer of OAuth that says no (RFC 6749, 7591). */
export class Refused extends Error {
  readonly error: string;
  readonly status: number;
  /** In how many seconds it may be tried again. */
  readonly wait: number | undefined;
  constructor(error: string, message: string, status = 400, wait?: number) {
    super(message);
    this.error = error;
    this.status = status;
    this.wait = wait;
  }
}

const Told = z.object({
  client_name: z.string().max(1_000).optional(),
  redirect_uris: z.array(z.string().max(2_000)).min(1).max(20),
  grant_types: z.array(z.string()).optional(),
  response_types: z.array(z.string()).optional(),
});

/** What a client says of itself, as it is kept. */
export function clientFrom(told: unknown): ClientKept {
  const read = Told.safeParse(told);
  if (!read.success)
    throw new Refused('invalid_client_metadata', 'A client has one to twenty redirect_uris, and a client_name.');
  const { client_name, redirect_uris, grant_types, response_types } = read.data;
  const odd = redirect_uris.find((it) => !isRedirect(it));
  if (odd !== undefined)
    throw new Refused(
      'invalid_redirect_uri',
      `${cleanLine(odd.slice(0, 200))} is no place to send people back to: use https, http on this machine, or the scheme of a program.`,
    );
  if (grant_types && !grant_types.includes('authorization_code'))
    throw new Refused('invalid_client_metadata', 'The only way to be let in is authorization_code.');
  if (response_types && !response_types.includes('code'))
    throw new Refused('invalid_client_metadata', 'The only response_type is code.');
  return { client_name: nameOf(client_name, redirect_uris[0] ?? ''), redirect_uris };
}

const nameOf = (told: string | undefined, redirect: string): string =>
  cleanLine(told ?? '').slice(0, 80) || `A client at ${new URL(redirect).hostname || 'this machine'}`;

/** A client in the terms of the library. Those on a person's machine may use any port there (RFC 8252). */
export function inTheLibrarysTerms(id: string, { metadata }: ClientFound) {
  const { client_name, redirect_uris, secret_hash } = metadata as ClientKept;
  return {
    client_id: id,
    client_name,
    redirect_uris: [...redirect_uris],
    application_type: redirect_uris.every((it) => it.startsWith('https:')) ? 'web' : 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...(secret_hash
      ? { token_endpoint_auth_method: 'client_secret_basic', client_secret: secret_hash }
      : { token_endpoint_auth_method: 'none' }),
  };
}
