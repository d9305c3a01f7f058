import { createSecretKey, randomUUID } from 'node:crypto';
import { exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { letIn } from '../support/letting-in.ts';
import { serviceIn } from '../support/service.ts';
import { payloadOf, type Signing, signingOf } from '../support/signing.ts';
import { visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' } });
const service = await serviceIn(here, {}, { address: 'http://localhost' });
const metadata = 'resource_metadata="http://localhost/.well-known/oauth-protected-resource/mcp"';
const now = () => Math.floor(Date.now() / 1000);

let right: { readonly payload: Record<string, unknown>; readonly access: string };
let signing: Signing;

beforeAll(async () => {
  const { access } = await letIn(service, await visiting(service, here, 'ada'));
  signing = await signingOf(service);
  right = { access, payload: payloadOf(access) };
});

const call = (token?: string, path = '/mcp') =>
  service.fetch(
    new Request(`http://localhost${path}`, {
      method: path === '/mcp' ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(path === '/mcp' && { body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }) }),
    }),
  );

const signed: Signing['signed'] = (...it) => signing.signed(...it);
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(right.payload).filter(([name]) => !names.includes(name)));
const unsigned = (header: object, payload: object) =>
  [header, payload].map((it) => Buffer.from(JSON.stringify(it)).toString('base64url')).join('.');

/** Each is the right token, wrong in one thing. */
const wrong: Record<string, () => Promise<string | undefined> | string> = {
  'none at all': async () => undefined,
  garbage: () => 'a.b.c',
  'one that is over': () => signed({ ...right.payload, iat: now() - 700, exp: now() - 1 }),
  'one that is not there yet': () => signed({ ...right.payload, nbf: now() + 300 }),
  'one without an end': () => signed(without('exp')),
  'one that nobody signed': () => `${unsigned({ alg: 'none', typ: 'at+jwt' }, right.payload)}.`,
  'one signed with the public key as a secret': async () => {
    const { d: _, ...rest } = signing.jwk;
    const publicKey = (await importJWK(rest, 'ES256', { extractable: true })) as Parameters<typeof exportSPKI>[0];
    const secret = createSecretKey(Buffer.from(await exportSPKI(publicKey)));
    return new SignJWT({ ...right.payload })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: signing.kid })
      .sign(secret);
  },
  'one of another signer': async () => signed(right.payload, {}, (await generateKeyPair('ES256')).privateKey),
  'one by a key that is not known': async () =>
    signed(right.payload, { kid: randomUUID() }, (await generateKeyPair('ES256')).privateKey),
  'one of another issuer': () => signed({ ...right.payload, iss: 'http://localhost.example' }),
  'one for something else': () => signed({ ...right.payload, aud: 'http://localhost/other' }),
  'one for nothing': () => signed(without('aud')),
  'an id_token': () => signed(right.payload, { typ: 'JWT' }),
  'one of another connection': () => signed({ ...right.payload, connection: 'key_00000000000000000000000000' }),
  'one of no connection': () => signed(without('connection')),
};

describe('what opens nothing', () => {
  test.each(Object.keys(wrong))('%s is answered 401, and where to get a token (security 3)', async (name) => {
    const token = await wrong[name]?.();
    for (const path of ['/mcp', '/api/v1/me']) {
      const { status, headers } = await call(token, path);
      expect(status).toBe(401);
      const challenge = headers.get('www-authenticate');
      expect(challenge).toContain(metadata);
      expect(challenge).toContain('scope="read request"');
      expect(challenge?.includes('error="invalid_token"')).toBe(token !== undefined);
    }
  });

  test('the right one opens MCP and REST, so that it is that one thing which is wrong (security 3)', async () => {
    expect((await call(await signed(right.payload))).status).not.toBe(401);
    expect((await call(right.access, '/api/v1/me')).status).toBe(200);
  });

  test('a token in the address opens nothing (security 4)', async () => {
    const address = `http://localhost/api/v1/me?access_token=${right.access}`;
    expect((await service.fetch(new Request(address))).status).toBe(401);
    const authorization = `Bearer ${right.access}`;
    expect((await service.fetch(new Request(address, { headers: { authorization } }))).status).toBe(401);
  });
});
