import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { studio } from '../../src/studio/app.ts';
import type { Problem } from '../../src/terms/problem.ts';
import { password, premisesFor } from '../support/studio.ts';
import { visitorAt } from '../support/visitor.ts';
import { world } from '../support/world.ts';

const here = await premisesFor();
const { visitor, service, postern } = here;
const email = 'ida@forms.test';

/** Two browsers in which ida is signed in, before any of what follows: none of it may change that. */
const it = visitor();
const other = visitor();

beforeAll(async () => {
  await world({ people: { ida: { email } } });
  await it.settle(email);
  await other.signIn(email);
});
afterAll(async () => expect((await it.get('/account')).status).toBe(200));

/** Each form, filled in as someone would who is signed in; what it does is told by the pages' own tests. */
const forms = {
  '/sign-in': { email, password },
  '/sign-in/passkey/options': {},
  '/sign-in/passkey': {},
  '/sign-out': {},
  '/organizations': { organization: 'x' },
  '/prove': { password },
  '/prove/passkey/options': {},
  '/prove/passkey': {},
  '/forgot-password': { email },
  '/set-password': { secret: 'x' },
  '/join': { secret: 'x' },
  '/account/password': { password, again: password },
  '/account/passkeys/options': {},
  '/account/passkeys': {},
  '/account/passkeys/remove': { id: 'x' },
  '/account/keys': { name: 'x', scope: 'read', days: '7' },
  '/account/connections/end': { id: 'x' },
  '/oauth/consent/:uid': { answer: 'allow' },
} as const;
/** Those that only someone signed in has. */
const signed = Object.keys(forms).filter((path) => /^\/(sign-out|organizations|prove(?!.*options)|account)/.test(path));

describe.each(Object.entries(forms))('%s', (path, fields) => {
  test.each([
    ['another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['another host of this site', { origin: 'http://localhost', 'sec-fetch-site': 'same-site' }],
    ['an older browser on another port', { origin: 'http://localhost:1' }],
    ['a page without an origin', { origin: 'null' }],
    ['nowhere', {}],
  ])('does nothing for %s (security 12)', async (_title, headers) => {
    await it.get('/account');
    const answer = await it.post(path, fields, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });
});

test.each(signed)('%s does nothing without the token of its session (security 12)', async (path) => {
  const foreign = /name="csrf" value="([^"]+)"/.exec((await other.get('/account')).text)?.[1] ?? '';
  for (const csrf of ['', foreign]) {
    const { status } = await it.post(path, { ...forms[path as keyof typeof forms], csrf });
    expect(status).toBe(403);
  }
});

test('every form there is is among these', () => {
  const { routes } = studio({ postern, problemOf: (thrown) => thrown as Problem });
  const posts = routes.filter(({ method, path }) => method === 'POST' && path !== '/*');
  expect([...new Set(posts.map(({ path }) => path))].sort()).toEqual(Object.keys(forms).sort());
});

const pages = [
  '/sign-in',
  '/forgot-password',
  '/set-password',
  '/join',
  '/prove',
  '/organizations',
  '/account',
  '/no-such-page',
];

test.each(pages)('%s is framed by nobody, kept by nobody, and runs nothing but its own (security 12)', async (path) => {
  const { headers, text } = await (path === '/sign-in' ? visitor() : it).get(path);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('same-origin');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(text).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style| style=| on\w+=|https?:/);
});

test.each([
  '//evil.test',
  '/\\evil.test',
  'https://evil.test',
  'javascript:alert(1)',
  '/%0d%0aX: y',
  '/a\nb',
  '\\\\evil.test',
])('nobody is led on to %s (security 12)', async (next) => {
  const it = visitor();
  const page = await it.get(`/sign-in?next=${encodeURIComponent(next)}`);
  const kept = /name="next" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
  expect(kept === '/account' || kept === '/%0d%0aX:').toBe(kept === '/account');
  const { to } = await it.post('/sign-in', { email, password, next });
  expect(new URL(to ?? '', 'http://localhost').origin).toBe('http://localhost');
  expect(to).not.toMatch(/[\r\n]/);
});

test('what others are called is text on a page, whatever they are called (security 12)', async () => {
  const name = `<img src=x onerror=alert(1)>"'`;
  const them = visitor();
  await world({ people: { [name]: { email: 'markup@forms.test' } } });
  await them.settle('markup@forms.test');
  const { text } = await them.get('/account');
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;');
  expect(text).not.toContain('<img');
});

test('an address where there is no page is a page for a person, and a problem for a caller', async () => {
  expect(await visitor().get('/no/such/page')).toMatchObject({ status: 404, text: expect.stringContaining('<h1>') });
  const answer = await service.fetch(new Request('http://localhost/no/such/page'));
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
});

test('a form that holds too much is refused, and one that comes in chunks is read like any other (security 24)', async () => {
  const large = { email, password: 'x'.repeat(70_000) };
  expect(await visitor().post('/sign-in', large)).toMatchObject({ status: 413 });
  const address = await here.address();
  const inChunks = visitorAt(
    ({ url, method, headers, body }) =>
      fetch(url, { method, headers, body, redirect: 'manual', duplex: 'half' } as RequestInit),
    address,
  );
  await inChunks.get('/sign-in');
  expect(await inChunks.post('/sign-in', large)).toMatchObject({ status: 413 });
  expect(await inChunks.signIn(email)).toMatchObject({ status: 303, to: '/account' });
});
