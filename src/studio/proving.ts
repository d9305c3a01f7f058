import { html } from 'hono/html';
import { asked, type Desk, siteOf } from './desk.ts';
import { ownForm } from './own-form.ts';
import { leadTo, notice, page } from './page.ts';
import { csrfField, pathFrom, sessionCookie, signInFirst, type Visitor, visitor } from './visitor.ts';

/** To where someone proves again who they are, before anything sensitive; and from there on to `next`. */
export const proveFirst = (next: string): Response => leadTo(`/prove?next=${encodeURIComponent(next)}`);

export async function provingPage(desk: Desk): Promise<Response> {
  const here = await visitor(desk.postern, desk.request);
  if (!here) return signInFirst(desk.request);
  return shown(desk, here, pathFrom(asked(desk, 'next')));
}

async function shown(desk: Desk, here: Visitor, next: string, wrong?: string): Promise<Response> {
  const { postern, provider } = desk;
  const hasPassword = await postern.identity.hasPassword(here);
  const hasPasskey = siteOf(desk) !== undefined && (await postern.identity.passkeys.of(here)).length > 0;
  return page(
    { title: 'Is it you?', status: wrong ? 401 : 200, script: 'passkey' },
    html`<h1>Is it you?</h1>
<p class="soft">You are signed in as ${here.email}. What comes next is sensitive, so show once more that it is you.</p>
${notice(wrong)}
${
  hasPassword
    ? html`<form method="post" action="/prove">${csrfField(here)}<input type="hidden" name="next" value="${next}">
<input type="text" name="email" value="${here.email}" autocomplete="username" hidden>
<div class="field"><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus></div>
<div class="actions"><button class="full">Go on</button></div></form>`
    : ''
}
${
  hasPasskey
    ? html`<form method="post" action="/prove/passkey" data-passkey="get" data-next="${next}" hidden>${csrfField(here)}
<button class="plain full">Use a passkey</button><p class="hint" role="status" data-says></p></form>`
    : ''
}
${provider && here.provenBy === 'provider' ? html`<p class="below"><a href="/sign-in/provider?again=1&amp;next=${encodeURIComponent(next)}">Sign in again with ${provider.name}</a></p>` : ''}
<p class="below"><a href="/account">Not now</a></p>`,
  );
}

export async function prove(desk: Desk): Promise<Response> {
  const { postern, request, from } = desk;
  const sent = await ownForm(desk);
  if (sent instanceof Response) return sent;
  const { here, text } = sent;
  const next = pathFrom(text('next'));
  const secret = await postern.identity.prove(here, text('password'), from);
  if (secret === undefined) return shown(desk, here, next, 'That is not your password.');
  return leadTo(next, { 'set-cookie': sessionCookie(postern, request, secret) });
}
