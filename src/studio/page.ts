import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { assets } from './assets.ts';
import type { Visitor } from './visitor.ts';

/** A piece of a page, escaped already. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Head {
  readonly title: string;
  /** Who is signed in, for the bar at the top; a page without is one narrow card. */
  readonly visitor?: Visitor | undefined;
  readonly status?: number | undefined;
  /** A card with more room, for a page that says more than a form does. */
  readonly wide?: boolean | undefined;
  /** Origins, beside this one, to which answering a form of the page may lead on. */
  readonly formsTo?: readonly string[] | undefined;
  /** A script that adds to the page, which works without. */
  readonly script?: 'passkey' | 'fragment' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A whole page, as it goes out: nobody frames it, nothing of it is cached, and only its own style and scripts run in it. */
export async function page({ title, visitor, status = 200, wide = false, formsTo, script, headers }: Head, body: Html) {
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Postern</title>
<link rel="icon" href="${assets.icon.path}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style.path}">
${script ? html`<script src="${assets[script].path}" type="module"></script>` : ''}
</head>
<body class="${visitor ? 'in' : wide ? 'out wide' : 'out'}">
<a class="skip" href="#main">Skip to the content</a>
${visitor ? bar(visitor) : html`<header class="gate">${mark}<span>Postern</span></header>`}
<main id="main">${body}</main>
<footer>Postern, the workspace that assistants work through</footer>
</body>
</html>`;
  return new Response(text.toString(), { status, headers: { ...headersFor(formsTo), ...headers } });
}

const headersFor = (formsTo: readonly string[] = []) => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    `form-action ${["'self'", ...formsTo].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
});

/** A gate: an arch, and a door that stands ajar. */
const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><path class="arch" d="M5 29V14a11 11 0 0 1 22 0v15z"/><path class="door" d="M11 29V14.5a5 5 0 0 1 10 0V29z"/><circle class="knob" cx="18.4" cy="21" r="1.3"/></svg>`;

const bar = ({ email, organization, csrf }: Visitor) => html`<header class="bar">
<a class="home" href="/account">${mark}<span>Postern</span></a>
<span class="organization">${organization.name}</span>
<nav aria-label="You"><a href="/account">${email}</a>
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="${csrf}"><button class="quiet">Sign out</button></form></nav>
</header>`;

/** What went wrong with a form, read out when the page comes up. */
export const notice = (words: string | undefined, kind: 'wrong' | 'done' = 'wrong'): Html =>
  words ? html`<p class="notice ${kind}" role="${kind === 'wrong' ? 'alert' : 'status'}">${words}</p>` : html``;

/** Leads on after a form, so that going back or reloading sends it no second time. */
export const leadTo = (path: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(null, { status: 303, headers: { location: path, 'cache-control': 'no-store', ...headers } });
