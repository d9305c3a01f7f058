import { hash, timingSafeEqual } from 'node:crypto';
import { html } from 'hono/html';
import type { Visit } from '../workspace/doorstep.ts';
import type { Postern } from '../workspace/postern.ts';
import { type Html, leadTo, page } from './page.ts';

/** Someone who is signed in, with the browser that a request comes from. */
export interface Visitor extends Visit {
  /** What each of their forms bears. */
  readonly csrf: string;
}

/** Who sent a request; nobody where its cookie opens nothing. */
export async function visitor(postern: Postern, request: Request): Promise<Visitor | undefined> {
  const secret = cookieOf(request, cookieName(postern, request));
  const visit = secret === undefined ? undefined : await postern.identity.visit(secret);
  return visit && { ...visit, csrf: csrfOf(visit.secret) };
}

/** To the sign-in page, and from there back to where the request wanted to go. */
export function signInFirst(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  const next = ['GET', 'HEAD'].includes(request.method) ? `${pathname}${search}` : '/account';
  return leadTo(`/sign-in?next=${encodeURIComponent(next)}`);
}

/** Where to go on to: a path of this origin, whatever was asked for. */
export function pathFrom(next: unknown, otherwise = '/account'): string {
  const origin = 'http://here.invalid';
  const text = typeof next === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : undefined;
  const read = text === undefined ? null : URL.parse(text, origin);
  return read?.origin === origin ? `${read.pathname}${read.search}` : otherwise;
}

export const csrfField = ({ csrf }: Visitor): Html => html`<input type="hidden" name="csrf" value="${csrf}">`;

/** Whether a form comes from a page of this origin that was made for this visitor; else the answer that refuses it. */
export async function checkCsrf(
  postern: Postern,
  request: Request,
  form: FormData,
  visitor: Visitor,
): Promise<Response | undefined> {
  const given = Buffer.from(String(form.get('csrf') ?? ''));
  const right = Buffer.from(visitor.csrf);
  const fits = given.length === right.length && timingSafeEqual(given, right);
  return fits && isOwn(postern, request) ? undefined : foreign();
}

/** The same where nobody is signed in yet, by what the browser says of the origin. */
export const checkOrigin = (postern: Postern, request: Request): Promise<Response> | undefined =>
  isOwn(postern, request) ? undefined : foreign();

/** A browser says where a form comes from in one of two headers; who says it in neither is none that we know. */
function isOwn({ identity: { address } }: Postern, request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  if (origin === null) return false;
  return origin === (address && new URL(address).origin) || URL.parse(origin)?.host === hostOf(request);
}

const foreign = () =>
  page(
    { title: 'Not from here', status: 403 },
    html`<h1>This form did not come from here</h1>
<p>It was sent from another page, or it is older than your sign-in. Nothing was done.</p>
<p><a class="button" href="/account">Go on to your account</a></p>`,
  );

/** The cookie of a session that starts, or without a secret of one that ends. */
export function sessionCookie(postern: Postern, request: Request, secret: string | undefined): string {
  return cookie(cookieName(postern, request), secret, secret ? undefined : 0);
}

/** A cookie for the few minutes in which someone proves who they are. */
export const passingCookie = (postern: Postern, request: Request, value: string | undefined): string =>
  cookie(passingName(postern, request), value, value ? 600 : 0);

export const passing = (postern: Postern, request: Request): string | undefined =>
  cookieOf(request, passingName(postern, request));

const cookie = (name: string, value = '', age?: number) =>
  [
    `${name}=${value}`,
    'Path=/',
    'HttpOnly',
    ...(name.startsWith('__Host-') ? ['Secure'] : []),
    'SameSite=Lax',
    ...(age === undefined ? [] : [`Max-Age=${age}`]),
  ].join('; ');

const cookieName = (postern: Postern, request: Request) => named(postern, request, 'postern_session');
const passingName = (postern: Postern, request: Request) => named(postern, request, 'postern_passing');

/**
 * `__Host-` takes TLS: no other host of the domain can set such a cookie, and none goes out in the clear. On this machine alone there is
 * no TLS, and some browsers keep no Secure cookie there, so that there it has another name and goes without.
 */
function named({ identity: { address } }: Postern, request: Request, name: string): string {
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(hostOf(request));
  return isLocal && !address?.startsWith('https:') ? name : `__Host-${name}`;
}

const hostOf = ({ headers, url }: Request) => headers.get('host') ?? new URL(url).host;

function cookieOf({ headers }: Request, name: string): string | undefined {
  const all = (headers.get('cookie') ?? '').split(';').map((it) => it.trim());
  return all.find((it) => it.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Bound to the session, and worth nothing without its cookie. */
const csrfOf = (secret: string) => hash('sha256', `postern form ${secret}`, 'base64url');
