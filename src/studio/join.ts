import { html } from 'hono/html';
import { type Desk, formOf } from './desk.ts';
import { leadTo, notice, page } from './page.ts';
import { inWords, newPassword, pasting } from './passwords.ts';
import { startedAt } from './sign-in.ts';
import { checkCsrf, checkOrigin, csrfField, visitor } from './visitor.ts';

/** Where the link of an invitation leads (ORG-4). */
export const joinPage = (wrong?: string): Promise<Response> =>
  page(
    { title: 'You are invited', script: 'fragment', status: wrong ? 400 : 200 },
    html`<h1>You are invited</h1>${notice(wrong)}
${pasting('/join', 'Your invitation')}`,
  );

const over = 'This invitation opens nothing: it may have ended, been used, or been taken back.';

/** First with the secret alone, which shows the invitation; then to accept it, signed in by its email (ORG-11). */
export async function join(desk: Desk): Promise<Response> {
  const { postern, request, from } = desk;
  const refused = checkOrigin(postern, request);
  if (refused) return refused;
  const { form, text } = await formOf(desk);
  const secret = text('secret');
  const { invitations } = postern.identity;
  const seen = await invitations.see(secret);
  if (!seen) return joinPage(over);
  const here = await visitor(postern, request);
  const isInvited = here?.email.toLowerCase() === seen.email.toLowerCase();
  const shown = (wrong?: string) => invitation({ secret, seen, here: isInvited ? here : undefined, wrong });
  if (text('step') !== 'accept') return shown();
  try {
    if (here && isInvited) {
      const foreign = await checkCsrf(postern, request, form, here);
      if (foreign) return foreign;
      const signed = await invitations.accept(here, secret, from);
      return signed ? leadTo('/account', { 'set-cookie': await startedAt(desk, signed) }) : leadTo('/sign-in');
    }
    if (seen.has_account) return shown();
    if (text('password') !== text('again')) return shown('The two passwords are not the same.');
    const password = text('password');
    const signed = await invitations.settle({ secret, name: text('name'), password }, from);
    return signed ? leadTo('/account', { 'set-cookie': await startedAt(desk, signed) }) : leadTo('/sign-in');
  } catch (thrown) {
    return shown(inWords(thrown));
  }
}

type Invitation = Awaited<ReturnType<Desk['postern']['identity']['invitations']['see']>>;

interface Shown {
  readonly secret: string;
  readonly seen: NonNullable<Invitation>;
  readonly here: Awaited<ReturnType<typeof visitor>>;
  readonly wrong: string | undefined;
}

const invitation = ({ secret, seen, here, wrong }: Shown) =>
  page(
    { title: `Join ${seen.organization_name}`, status: wrong ? 400 : 200 },
    html`<h1>Join ${seen.organization_name}</h1>
<p class="soft">${seen.inviter} invites ${seen.email}, as ${seen.role}.</p>${notice(wrong)}
${here ? accepting(secret, here) : seen.has_account ? signing(secret) : settling(secret, seen)}`,
  );

const accepting = (
  secret: string,
  here: NonNullable<Shown['here']>,
) => html`<form method="post" action="/join">${csrfField(here)}
<input type="hidden" name="secret" value="${secret}"><input type="hidden" name="step" value="accept">
<div class="actions"><button class="full">Join as ${here.name}</button></div></form>`;

const signing = (
  secret: string,
) => html`<p>This email has an account already. Sign in with it first, and then follow your link again.</p>
<div class="actions"><a class="button full" href="/sign-in?next=/join">Sign in</a></div>
<details><summary>Your link, to paste it afterwards</summary><code class="secret">${secret}</code></details>`;

const settling = (secret: string, { email }: NonNullable<Invitation>) => html`<form method="post" action="/join">
<input type="hidden" name="secret" value="${secret}"><input type="hidden" name="step" value="accept">
<input type="text" name="email" value="${email}" autocomplete="username" hidden>
<div class="field"><label for="name">Your name</label><input id="name" name="name" maxlength="120" autocomplete="name" required autofocus></div>
${newPassword()}
<div class="actions"><button class="full">Join</button></div>
</form>`;
