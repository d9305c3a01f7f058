import { html } from 'hono/html';
import type { SignedIn } from '../workspace/doorstep.ts';
import { asked, type Desk, formOf, siteOf } from './desk.ts';
import { ownForm } from './own-form.ts';
import { leadTo, notice, page } from './page.ts';
import { checkCsrf, checkOrigin, csrfField, pathFrom, sessionCookie, signInFirst, visitor } from './visitor.ts';

interface Shown {
  readonly next: string;
  readonly email?: string;
  readonly wrong?: string | undefined;
  readonly done?: string | undefined;
  readonly status?: number;
}

export async function signInPage(desk: Desk): Promise<Response> {
  const next = pathFrom(asked(desk, 'next'));
  if (await visitor(desk.postern, desk.request)) return leadTo(next);
  const done = asked(desk, 'done') === 'password' ? 'Your password is set. Sign in with it.' : undefined;
  return shown(desk, { next, done, wrong: messages[asked(desk, 'wrong') as keyof typeof messages] });
}

const messages = {
  provider: 'That sign-in did not work. Try again, or ask the operator of this Postern.',
  unknown: 'Nobody here has the email that you signed in with. Ask to be invited by it.',
};

const shown = (desk: Desk, { next, email = '', wrong, done, status = 200 }: Shown) => {
  const { provider, postern } = desk;
  const site = siteOf(desk);
  return page(
    { title: 'Sign in', status, script: 'passkey' },
    html`<h1>Sign in</h1>
${notice(wrong)}${notice(done, 'done')}
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<div class="field"><label for="email">Email</label>
<input id="email" name="email" type="email" value="${email}" autocomplete="username webauthn" required ${email ? '' : 'autofocus'}></div>
<div class="field"><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required ${email ? 'autofocus' : ''}></div>
<div class="actions"><button class="full">Sign in</button></div>
</form>
${site || provider ? html`<div class="or" ${provider ? '' : 'hidden data-passkey'}>or</div>` : ''}
${
  provider
    ? html`<a class="button plain full" href="/sign-in/provider?next=${encodeURIComponent(next)}">Sign in with ${provider.name}</a>`
    : ''
}
${
  site
    ? html`<form method="post" action="/sign-in/passkey" data-passkey="get" data-next="${next}" hidden>
<button class="plain full">Sign in with a passkey</button><p class="hint" role="status" data-says></p></form>`
    : ''
}
<p class="below">${postern.identity.mails ? html`<a href="/forgot-password">Forgot your password?</a>` : html`<span class="soft">Forgot your password? Ask whoever runs this Postern for a link.</span>`}</p>`,
  );
};

export async function signIn(desk: Desk): Promise<Response> {
  const refused = checkOrigin(desk.postern, desk.request);
  if (refused) return refused;
  const { text } = await formOf(desk);
  const [next, email] = [pathFrom(text('next')), text('email').trim().slice(0, 320)];
  const signed = await desk.postern.identity.signIn(email, text('password'), desk.from);
  if (!signed) return shown(desk, { next, email, status: 401, wrong: unpaired(desk) });
  return comeIn(desk, signed, next);
}

/** The same whether the email is unknown, the password wrong, or the organization one that lets in nobody this way. */
const unpaired = ({ provider }: Desk) =>
  `This email and this password do not belong together.${provider ? ` If your organization uses ${provider.name}, sign in with that.` : ''}`;

/** Starts the session in the browser, ends the one before, and asks for the organization where there are several. */
export async function comeIn(desk: Desk, signed: SignedIn, next: string): Promise<Response> {
  return leadTo(wayIn(signed, next), { 'set-cookie': await startedAt(desk, signed) });
}

export const wayIn = ({ places }: SignedIn, next: string) =>
  places > 1 ? `/organizations?next=${encodeURIComponent(next)}` : next;

/** The cookie of a session that starts; what the browser had before ends with it. */
export async function startedAt({ postern, request }: Desk, { secret }: Pick<SignedIn, 'secret'>): Promise<string> {
  const before = await visitor(postern, request);
  if (before) await postern.identity.leave(before);
  return sessionCookie(postern, request, secret);
}

export async function signOut({ postern, request, ...desk }: Desk): Promise<Response> {
  const here = await visitor(postern, request);
  if (!here) return leadTo('/sign-in');
  const { form } = await formOf({ postern, request, ...desk });
  const refused = await checkCsrf(postern, request, form, here);
  if (refused) return refused;
  await postern.identity.leave(here);
  return leadTo('/sign-in', { 'set-cookie': sessionCookie(postern, request, undefined), 'clear-site-data': '"cache"' });
}

/** Which organization to work in, where there are several (ORG-11). */
export async function organizationsPage(desk: Desk): Promise<Response> {
  const { postern, request } = desk;
  const here = await visitor(postern, request);
  if (!here) return signInFirst(request);
  const next = pathFrom(asked(desk, 'next'));
  const places = await postern.identity.places(here);
  return page(
    { title: 'Choose an organization' },
    html`<h1>Choose an organization</h1>
<p class="soft">You are in several. You can switch later, from your account.</p>
<form method="post" action="/organizations">${csrfField(here)}<input type="hidden" name="next" value="${next}">
<ul class="rows">${places.map(
      ({ organization, name, role }) => html`<li><span><b>${name}</b><small>${role}</small></span>
<button class="small plain" name="organization" value="${organization}" aria-label="${organization === here.organization.id ? 'Stay in' : 'Go to'} ${name}">${organization === here.organization.id ? 'Stay' : 'Go'}</button></li>`,
    )}</ul></form>`,
  );
}

export async function goToOrganization(desk: Desk): Promise<Response> {
  const { postern, request, from } = desk;
  const sent = await ownForm(desk);
  if (sent instanceof Response) return sent;
  const { here, text } = sent;
  const next = pathFrom(text('next'));
  if (text('organization') === here.organization.id) return leadTo(next);
  const places = await postern.identity.places(here);
  const wanted = places.find(({ organization }) => organization === text('organization'));
  const gone = wanted && (await postern.identity.goTo(here, wanted.organization, from));
  if (gone) return leadTo(next, { 'set-cookie': sessionCookie(postern, request, gone.secret) });
  return page(
    { title: 'Not this way', status: 403, visitor: here },
    html`<h1>This organization lets you in another way</h1>
<p>${wanted ? html`${wanted.name} wants its people to sign in with their identity provider.` : 'You are not in that organization.'}</p>
<p><a class="button" href="/organizations">Back</a></p>`,
  );
}
