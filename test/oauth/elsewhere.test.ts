import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { oauthFrom } from '../../src/cli/oauth-settings.ts';
import { agent } from '../support/agent.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { world } from '../support/world.ts';

const email = `ada-${randomUUID()}@acme.test`;
const both = `bo-${randomUUID()}@acme.test`;
const here = await world({ people: { ada: { email }, bo: { email: both } }, workspaces: { growth: { ada: 'owner' } } });
const there = await world({ people: { bo: { email: both } } });

const { publicKey, privateKey } = await generateKeyPair('RS256');
const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };
let isThere = false;
const provider = createServer((request, response) => {
  const told = request.url === '/keys' ? keys : { issuer, jwks_uri: `${issuer}/keys` };
  response.writeHead(isThere ? 200 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(told));
});
await new Promise<void>((done) => provider.listen(0, '127.0.0.1', done));
afterAll(() => provider.close());
const issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;

const settings = { POSTERN_AUTH_ISSUER: issuer, POSTERN_AUTH_CLAIMS: { scopes: 'scp', prefix: 'postern.' } };
const service = await serviceIn(here, { oauth: oauthFrom(settings) }, { address: 'http://localhost' });

interface Wish {
  readonly issued?: string;
  readonly ends?: number | string;
  readonly audience?: string;
  readonly key?: typeof privateKey;
}
const token = (
  claims: object = {},
  { issued = '0s', ends = '10m', audience = 'http://localhost/mcp', key = privateKey }: Wish = {},
) =>
  new SignJWT({ email, email_verified: true, client_id: 'claude', scp: ['postern.read', 'other.write'], ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(issued)
    .setExpirationTime(ends)
    .sign(key);
const me = async (bearer: string) => (await rawly(service, bearer)('GET /me')).status;

test('while the provider does not say where its keys are its tokens open nothing; then it is asked again', async () => {
  expect(await me(await token())).toBeGreaterThanOrEqual(500);
  isThere = true;
  expect(await me(await token())).toBe(200);
});

test('what is protected names the provider, and Postern issues nothing itself', async () => {
  const found = await service.fetch(new Request('http://localhost/.well-known/oauth-protected-resource/mcp'));
  expect(await found.json()).toMatchObject({ resource: 'http://localhost/mcp', authorization_servers: [issuer] });
  for (const path of ['/.well-known/oauth-authorization-server', '/oauth/authorize', '/oauth/keys'])
    expect((await service.fetch(new Request(`http://localhost${path}`))).status).toBe(404);
});

test('its token lets in whose email it has proven, with those of its scopes that are ours, each client told apart', async () => {
  const { call } = await agent(service, await token());
  expect((await call('whoami')).key).toMatchObject({ name: 'claude', scopes: ['read'] });
  expect((await call('whoami')).person.email).toBe(email);
  await agent(service, await token({ client_id: 'cursor' }));
  await agent(service, await token());
  const rows = await here.sql(
    `select name from credential where organization_id = $1 and kind = 'connection' order by name`,
    [here.organization],
  );
  expect(rows).toEqual([{ name: 'claude' }, { name: 'cursor' }]);
});

test('a token of less does less, whatever another of the same client may', async () => {
  await agent(service, await token({ scp: ['postern.read', 'postern.write', 'postern.override'] }));
  const created = await rawly(service, await token())('POST /workflows', { body: { name: 'a', document: {} } });
  expect([created.status, created.body.code]).toEqual([403, 'insufficient_scope']);
  const { call } = await agent(service, await token());
  expect((await call('whoami')).key.scopes).toEqual(['read']);
});

describe('what lets nobody in', () => {
  const wrong: Record<string, () => Promise<string>> = {
    'an email that nobody has': () => token({ email: 'nobody@acme.test' }),
    'an email that is not proven': () => token({ email_verified: false }),
    'an email of which nothing is said': () => token({ email_verified: undefined }),
    'someone in two organizations, of which none is named': () => token({ email: both }),
    'a token for something else': () => token({}, { audience: 'http://localhost/api' }),
    'a token that is over': () => token({}, { ends: 1 }),
    'a token of another signer': async () => token({}, { key: (await generateKeyPair('RS256')).privateKey }),
  };
  test.each(Object.keys(wrong))('%s', async (what) => {
    expect(await me(await (wrong[what] as () => Promise<string>)())).toBe(401);
  });

  test('someone who is suspended', async () => {
    const status = (it: string) =>
      here.sql(`update person set status = $3 where organization_id = $1 and id = $2`, [
        here.organization,
        here.uuid('ada'),
        it,
      ]);
    await status('suspended');
    expect(await me(await token())).toBe(401);
    await status('active');
    expect(await me(await token())).toBe(200);
  });

  test('what was issued before its connection was ended; what is issued later is a new one', async () => {
    const [old, late] = [
      await token({ client_id: 'ended' }, { issued: '-60s' }),
      await token({ client_id: 'ended' }, { issued: '60s' }),
    ];
    expect(await me(old)).toBe(200);
    await here.sql(`update credential set revoked_at = now() where organization_id = $1 and client_id = 'ended'`, [
      here.organization,
    ]);
    expect(await me(old)).toBe(401);
    expect(await me(late)).toBe(200);
  });
});

test('someone in two organizations is let into the one that the token names', async () => {
  const { call } = await agent(service, await token({ email: both, organization: there.organization }));
  expect((await call('whoami')).person.id).toBe(there.id('bo'));
});
