import { hash, randomBytes } from 'node:crypto';
import type { Visiting } from './visiting.ts';

/** Where the client of a test has people sent back to. */
export const callback = 'http://127.0.0.1:4655/callback';

interface Service {
  fetch(request: Request, socket: never): Response | Promise<Response>;
}

/** Steps of OAuth written by hand, as any client could send them; from a network of its own, where none is told. */
export function clientOf(
  service: Service,
  address = `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}::1`,
) {
  const origin = 'http://localhost';
  const socket = { incoming: { socket: { remoteAddress: address } } } as never;
  const verifier = randomBytes(32).toString('base64url');
  const post = (path: string, body: URLSearchParams | object, headers: Record<string, string> = {}) =>
    service.fetch(
      new Request(new URL(path, origin), {
        method: 'POST',
        body: body instanceof URLSearchParams ? body : JSON.stringify(body),
        headers: { ...(!(body instanceof URLSearchParams) && { 'content-type': 'application/json' }), ...headers },
      }),
      socket,
    );
  const token = async (fields: Record<string, string>) => {
    const response = await post('/oauth/token', new URLSearchParams(fields));
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
    return { status: response.status, body: (await response.json()) as any };
  };
  return {
    verifier,
    post,
    token,
    register: async (metadata: object = {}) => {
      const response = await post('/oauth/register', { client_name: 'Probe', redirect_uris: [callback], ...metadata });
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
      return { status: response.status, headers: response.headers, body: (await response.json()) as any };
    },
    /** The address of a question; a parameter set to nothing is left out. */
    question: (client: string, params: Readonly<Record<string, string | undefined>> = {}) => {
      const all = {
        response_type: 'code',
        client_id: client,
        redirect_uri: callback,
        state: 'a state',
        code_challenge: hash('sha256', verifier, 'base64url'),
        code_challenge_method: 'S256',
        resource: `${origin}/mcp`,
        ...params,
      };
      const set = Object.entries(all).filter((it): it is [string, string] => it[1] !== undefined);
      return new URL(`/oauth/authorize?${new URLSearchParams(set)}`, origin);
    },
    redeem: (client: string, code: string, more: Record<string, string> = {}) =>
      token({
        grant_type: 'authorization_code',
        client_id: client,
        code,
        redirect_uri: callback,
        code_verifier: verifier,
        ...more,
      }),
    refresh: (client: string, refresh: string, more: Record<string, string> = {}) =>
      token({ grant_type: 'refresh_token', client_id: client, refresh_token: refresh, ...more }),
  };
}

/** A client that someone has let in, with its tokens. */
export async function letIn(
  service: Service,
  person: Visiting,
  fields: Readonly<Record<string, string | string[]>> = {},
  metadata: object = {},
) {
  const client = clientOf(service);
  const { client_id: id } = (await client.register(metadata)).body;
  const back = await person.answer(client.question(id), fields);
  const code = back.searchParams.get('code') ?? '';
  const { body } = await client.redeem(id, code);
  if (!body.access_token) throw new Error(`There is no token: ${JSON.stringify(body)}`);
  return { client, id, code, access: body.access_token as string, refresh: body.refresh_token as string, body };
}
