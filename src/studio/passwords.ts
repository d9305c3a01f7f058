import { html } from 'hono/html';
import { Problem } from '../terms/problem.ts';
import { shortestPassword } from '../workspace/passwords.ts';
import { type Desk, formOf } from './desk.ts';
import { type Html, leadTo, notice, page } from './page.ts';
import { startedAt, wayIn } from './sign-in.ts';
import { checkOrigin } from './visitor.ts';

export const forgottenPage = ({ postern }: Desk): Promise<Response> =>
  page(
    { title: 'Forgot your password?' },
    postern.identity.mails
      ? html`<h1>Forgot your password?</h1>
<p class="soft">Say which email you sign in with, and we send a link to choose a new one.</p>
<form method="post" action="/forgot-password"><div class="field"><label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus></div>
<div class="actions"><button class="full">Send the link</button></div></form>
<p class="below"><a href="/sign-in">Back to sign in</a></p>`
      : html`<h1>Forgot your password?</h1>
<p>This Postern sends no mail. Whoever runs it can make a link for you, to choose a new one.</p>
<p class="below"><a href="/sign-in">Back to sign in</a></p>`,
  );

/** The same answer whether or not anyone has that email. */
export async function sendLink(desk: Desk): Promise<Response> {
  const refused = checkOrigin(desk.postern, desk.request);
  if (refused) return refused;
  const { text } = await formOf(desk);
  const email = text('email').trim().slice(0, 320);
  await desk.postern.identity.links.ask(email, desk.from);
  return page(
    { title: 'Look into your mail' },
    html`<h1>Look into your mail</h1>
<p>If someone here signs in with ${email}, a link is on its way. It serves once, within the hour.</p>
<p class="below"><a href="/sign-in">Back to sign in</a></p>`,
  );
}

/** A link's secret stands behind its hash, which no server sees: a script moves it into this form, or someone pastes the link. */
export const linkPage = (wrong?: string): Promise<Response> =>
  page(
    { title: 'Choose a password', script: 'fragment', status: wrong ? 400 : 200 },
    html`<h1>Choose a password</h1>${notice(wrong)}
${pasting('/set-password', 'The link that you were sent')}`,
  );

export const pasting = (action: string, label: string): Html => html`<form method="post" action="${action}">
<div class="field"><label for="secret">${label}</label>
<input id="secret" name="secret" autocomplete="off" spellcheck="false" required aria-describedby="secret-hint">
<span class="hint" id="secret-hint">Paste the whole of it.</span></div>
<div class="actions"><button class="full">Go on</button></div></form>`;

const ended = 'This link has ended, or has served already. Ask for another.';

/** First with the secret alone, which answers the form for the password; then with both. */
export async function setPassword(desk: Desk): Promise<Response> {
  const refused = checkOrigin(desk.postern, desk.request);
  if (refused) return refused;
  const { links } = desk.postern.identity;
  const { form, text } = await formOf(desk);
  const secret = text('secret');
  const email = await links.see(secret);
  if (email === undefined) return linkPage(ended);
  if (!form.has('password')) return choosing({ secret, email });
  if (text('password') !== text('again')) return choosing({ secret, email, wrong: 'The two are not the same.' });
  try {
    const signed = await links.follow(secret, text('password'), desk.from);
    if (signed === undefined) return linkPage(ended);
    if (signed === 'set') return leadTo('/sign-in?done=password');
    return leadTo(wayIn(signed, '/account'), { 'set-cookie': await startedAt(desk, signed) });
  } catch (thrown) {
    return choosing({ secret, email, wrong: inWords(thrown) });
  }
}

const choosing = ({ secret, email, wrong }: { secret: string; email: string; wrong?: string }) =>
  page(
    { title: 'Choose a password', status: wrong ? 400 : 200 },
    html`<h1>Choose a password</h1><p class="soft">For ${email}.</p>${notice(wrong)}
<form method="post" action="/set-password"><input type="hidden" name="secret" value="${secret}">
<input type="text" name="email" value="${email}" autocomplete="username" hidden>
${newPassword()}
<div class="actions"><button class="full">Set it and sign in</button></div></form>`,
  );

/** Both fields of a password that is chosen, the first of them called `password`. */
export const newPassword = (): Html => html`<div class="field"><label for="password">New password</label>
<input id="password" name="password" type="password" minlength="${shortestPassword}" autocomplete="new-password" required aria-describedby="password-hint">
<span class="hint" id="password-hint">${shortestPassword} characters or more. A few words that nobody would guess are easy to remember.</span></div>
<div class="field"><label for="again">The same again</label>
<input id="again" name="again" type="password" minlength="${shortestPassword}" autocomplete="new-password" required></div>`;

/** What a form says of a refusal of what it holds; whatever else it is, a page of its own says. */
export function inWords(thrown: unknown): string {
  if (!(thrown instanceof Problem) || thrown.status === 429 || thrown.status >= 500) throw thrown;
  return thrown.message;
}
