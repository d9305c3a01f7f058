import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityProvider, type Known } from '../support/identity-provider.ts';
import { premisesFor } from '../support/studio.ts';
import { type World, world } from '../support/world.ts';

const at = (name: string) => `${name}@provider.test`;
const { passedBy, settings } = await identityProvider('http://localhost/sign-in/provider/callback');
const { visitor, postern } = await premisesFor({ provider: { ...settings, domains: ['provider.test'] } });
let isThere = false;
/** Another, which is not there at first. */
const latecomer = createServer((_, response) =>
  response
    .writeHead(isThere ? 200 : 503, { 'content-type': 'application/json' })
    .end(JSON.stringify({ issuer, authorization_endpoint: `${issuer}/authorize` })),
);
await new Promise<void>((done) => latecomer.listen(0, '127.0.0.1', done));
afterAll(() => latecomer.close());
const issuer = `http://127.0.0.1:${(latecomer.address() as AddressInfo).port}`;
const late = await premisesFor({ provider: { ...settings, issuer } });
let here: World;

beforeAll(async () => {
  here = await world({
    people: { ada: { email: at('ada') }, eve: { email: at('eve') }, out: { email: 'out@elsewhere.test' } },
  });
});

const proven = (email: string): Known => ({ email, email_verified: true });
const pathOf = ({ pathname, search }: URL) => `${pathname}${search}`;

test('whoever has proven their email to the provider is signed in by it, and led on to where they went (ORG-11)', async () => {
  const it = visitor();
  const page = await it.get('/sign-in?next=/account%3Fx=1');
  expect(page.text).toContain('Sign in with Acme ID');
  const back = await passedBy(it, proven(at('ADA').toLowerCase()), '/sign-in/provider?next=/account%3Fx=1');
  expect(await it.get(pathOf(back))).toMatchObject({ status: 303, to: '/account?x=1' });
  expect((await it.get('/account')).text).toContain(at('ada'));
  expect([...it.cookies.keys()]).toEqual(['postern_session']);
});

test('what someone set up for an email without proving it is gone once the provider proves whose it is (ORG-11)', async () => {
  const squatter = visitor();
  await squatter.settle(at('eve'));
  await here.sql('update account set verified = false where email = $1', [at('eve')]);
  const of = `(select id from account where email = '${at('eve')}')`;
  await here.sql(`update person set account_id = ${of} where id = $1`, [here.uuid('eve')]);
  await here.sql(
    `insert into passkey (account_id, id, public_key, counter, transports, name) values (${of}, 'theirs', '', 0, '{}', 'theirs')`,
  );
  expect((await squatter.get('/account')).status).toBe(200);
  const it = visitor();
  await it.get(pathOf(await passedBy(it, proven(at('eve')))));
  expect((await it.get('/account')).status).toBe(200);
  expect((await squatter.get('/account')).status).toBe(303);
  expect((await squatter.signIn(at('eve'))).status).toBe(401);
  expect(await here.sql(`select id from passkey where account_id = ${of}`)).toEqual([]);
});

test('it alone opens an organization that wants it', async () => {
  const it = visitor();
  await it.settle(at('ada'));
  const sso = `insert into sso (organization_id, protocol, issuer, required) values ($1, 'oidc', 'https://id.test', true)`;
  await here.sql(sso, [here.organization]);
  expect((await it.get('/account')).status).toBe(303);
  expect((await it.signIn(at('ada'))).status).toBe(401);
  await it.get(pathOf(await passedBy(it, proven(at('ada')))));
  expect((await it.get('/account')).status).toBe(200);
  await here.sql('delete from sso where organization_id = $1', [here.organization]);
});

test.each<[string, Known, string]>([
  ['has proven no email there', { email: at('ada'), email_verified: false }, 'provider'],
  ['has an email that nobody has here', proven(at('nobody')), 'unknown'],
  ['has an email of a domain that it does not speak for', proven('out@elsewhere.test'), 'unknown'],
])('whoever %s is not', async (_title, who, wrong) => {
  const it = visitor();
  expect(await it.get(pathOf(await passedBy(it, who)))).toMatchObject({ to: `/sign-in?wrong=${wrong}` });
  expect(it.cookies.has('postern_session')).toBe(false);
});

test('what it answers serves once, in the browser that went there, with its state and its code (security 12)', async () => {
  const [it, other] = [visitor(), visitor()];
  const back = await passedBy(it, proven(at('ada')));
  const nowhere = { to: '/sign-in?wrong=provider' };
  expect(await visitor().get(pathOf(back)), 'in a browser that never went').toMatchObject(nowhere);
  const foreign = await passedBy(other, proven(at('ada')));
  expect(await other.get(pathOf(back)), 'in another that went').toMatchObject(nowhere);

  const swapped = new URL(back);
  swapped.searchParams.set('code', foreign.searchParams.get('code') ?? '');
  expect(await it.get(pathOf(swapped)), 'with the code of another sign-in').toMatchObject(nowhere);
  const third = visitor();
  const again = await passedBy(third, proven(at('ada')));
  expect(await third.get(pathOf(again))).toMatchObject({ to: '/account' });
  third.cookies.delete('postern_session');
  expect(await third.get(pathOf(again)), 'a second time').toMatchObject(nowhere);
  const fourth = visitor();
  const tardy = await passedBy(fourth, proven(at('ada')));
  await here.sql(`update ceremony set expires_at = now() - interval '1 s'`);
  expect(await fourth.get(pathOf(tardy)), 'after ten minutes').toMatchObject(nowhere);
});

test('proving again who one is takes signing in there again', async () => {
  const it = visitor();
  await it.get(pathOf(await passedBy(it, proven(at('ada')))));
  await here.sql(`update credential set proven_at = now() - interval '1 day' where organization_id = $1`, [
    here.organization,
  ]);
  const link = /href="(\/sign-in\/provider\?again[^"]+)"/.exec((await it.get('/prove?next=/account')).text)?.[1] ?? '';
  const path = link.replaceAll('&amp;', '&');
  const asked = new URL((await it.get(path)).to ?? '').searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({ prompt: 'login', max_age: '300', code_challenge_method: 'S256' });
  expect(await it.get(pathOf(await passedBy(it, proven(at('ada')), path)))).toMatchObject({ to: '/account' });
  const visit = await postern.identity.visit(it.cookies.get('postern_session') ?? '');
  expect(visit).toMatchObject({ isRecent: true, provenBy: 'provider' });
});

test('where it does not answer, the sign-in page says so, and it is asked again by whoever comes next', async () => {
  const it = late.visitor();
  expect(await it.get('/sign-in/provider')).toMatchObject({ to: '/sign-in?wrong=provider' });
  expect((await it.get('/sign-in?wrong=provider')).text).toContain('That sign-in did not work.');
  isThere = true;
  expect((await it.get('/sign-in/provider')).to).toMatch(`${issuer}/authorize?`);
});
