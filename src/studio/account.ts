import { html } from 'hono/html';
import type { PasskeyFound } from '../storage/passkeys.ts';
import { credentialScopes, defaultScopes } from '../terms/scopes.ts';
import { listConnections } from '../workspace/connections.ts';
import { asked, type Desk, siteOf } from './desk.ts';
import { type Html, notice, page } from './page.ts';
import { newPassword } from './passwords.ts';
import { scopeWords } from './scope-words.ts';
import { csrfField, signInFirst, type Visitor, visitor } from './visitor.ts';

const done = {
  password: 'Your password is changed, and every other session of yours has ended.',
  passkey: 'The passkey is added. You can sign in with it from now on.',
  'passkey-gone': 'The passkey is removed.',
  ended: 'It has ended, and opens nothing from now on.',
};

/** Who someone is here, how they prove it, and what speaks for them. */
export async function accountPage(desk: Desk): Promise<Response> {
  const here = await visitor(desk.postern, desk.request);
  if (!here) return signInFirst(desk.request);
  return showAccount(desk, here);
}

export interface Told {
  readonly wrong?: string | undefined;
  /** A key that was just made, which is shown this once. */
  readonly key?: { readonly name: string; readonly key: string; readonly expires_at: string };
}

export async function showAccount(desk: Desk, here: Visitor, { wrong, key }: Told = {}): Promise<Response> {
  const { identity } = desk.postern;
  const places = await identity.places(here);
  const passkeys = await identity.passkeys.of(here);
  const cursor = asked(desk, 'cursor');
  const listed = await here.session.perform(listConnections, { limit: 50, ...(cursor && { cursor }) });
  const connections = listed.items as readonly Connection[];
  return page(
    { title: 'Your account', visitor: here, script: 'passkey', status: wrong ? 400 : 200 },
    html`<h1>Your account</h1>
${notice(wrong)}${notice(done[asked(desk, 'done') as keyof typeof done], 'done')}${key ? keyShown(key) : ''}
<section aria-labelledby="you"><h2 id="you">You</h2>
<dl><dt>Name</dt><dd>${here.name}</dd><dt>Email</dt><dd>${here.email}</dd>
<dt>Organization</dt><dd>${here.organization.name}, as ${here.role}${places.length > 1 ? html` · <a href="/organizations">switch</a>` : ''}</dd></dl></section>
${proofs(desk, here, await identity.hasPassword(here), passkeys)}
${speaking(here, connections, listed.next_cursor as string | undefined)}
${keyForm(here)}`,
  );
}

interface Connection {
  readonly id: string;
  readonly kind: 'key' | 'session' | 'connection';
  readonly name: string;
  readonly scopes: readonly string[];
  readonly workspaces?: readonly string[];
  readonly current: boolean;
  readonly created_at: string;
  readonly last_used_at?: string;
  readonly expires_at?: string;
}

const proofs = (desk: Desk, here: Visitor, hasPassword: boolean, passkeys: readonly PasskeyFound[]): Html => html`
<section aria-labelledby="proofs"><h2 id="proofs">Signing in</h2>
<p>What proves that it is you. A passkey stays on your device, and there is nothing to remember or to give away.</p>
<ul class="rows"><li><span><b>Password</b><small>${hasPassword ? 'It is set.' : 'There is none.'}</small></span></li>
${passkeys.map(
  ({ id, name, created_at, used_at }) => html`<li><span><b>${name}</b><span class="tag">Passkey</span>
<small>Added ${day(created_at)}${used_at ? html`, last used ${day(used_at)}` : ''}</small></span>
<form method="post" action="/account/passkeys/remove">${csrfField(here)}<button class="small danger" name="id" value="${id}" aria-label="Remove ${name}">Remove</button></form></li>`,
)}</ul>
<details><summary>${hasPassword ? 'Change the password' : 'Set a password'}</summary>
<form method="post" action="/account/password">${csrfField(here)}<input type="text" name="email" value="${here.email}" autocomplete="username" hidden>
${newPassword()}<div class="actions"><button>${hasPassword ? 'Change it' : 'Set it'}</button><span class="hint">Your other sessions end.</span></div></form></details>
${
  siteOf(desk)
    ? html`<details data-passkey hidden><summary>Add a passkey</summary>
<form method="post" action="/account/passkeys" data-passkey="create">${csrfField(here)}
<div class="field"><label for="passkey-name">What to call it</label><input id="passkey-name" name="name" maxlength="80" placeholder="My laptop" required></div>
<div class="actions"><button>Add it</button><span class="hint" role="status" data-says></span></div></form></details>`
    : html`<p class="hint">Passkeys need a host name: this page was opened at an address of numbers.</p>`
}</section>`;

const kinds = { key: 'Key', session: 'Session', connection: 'Client' } as const;

const speaking = (here: Visitor, connections: readonly Connection[], next: string | undefined): Html => html`
<section aria-labelledby="speaking"><h2 id="speaking">Connected clients and keys</h2>
<p>What speaks for you in ${here.organization.name}. Whatever you end here opens nothing more, at once.</p>
<ul class="rows">${connections.map(
  (it) => html`<li><span><b>${it.name}</b><span class="tag">${it.current ? 'This session' : kinds[it.kind]}</span>
<small>${it.kind === 'session' ? 'All that you may do here' : inWords(it.scopes)}${it.workspaces ? html` · in ${it.workspaces.length} ${it.workspaces.length === 1 ? 'workspace' : 'workspaces'}` : ''}</small>
<small>Since ${day(it.created_at)}${it.last_used_at ? html` · last used ${day(it.last_used_at)}` : ''}${it.expires_at ? html` · ends ${day(it.expires_at)}` : ' · no end'}</small></span>
<form method="post" action="/account/connections/end">${csrfField(here)}<button class="small danger" name="id" value="${it.id}" aria-label="End ${it.name}">End</button></form></li>`,
)}</ul>
${next ? html`<p><a href="/account?cursor=${encodeURIComponent(next)}">Older ones</a></p>` : ''}</section>`;

const keyForm = (here: Visitor): Html => html`<section aria-labelledby="key"><h2 id="key">A new key</h2>
<p>For a client that cannot sign you in itself. It does what you may, cut down to what you tick.</p>
<details><summary>Make a key</summary>
<form method="post" action="/account/keys">${csrfField(here)}
<div class="field"><label for="key-name">What to call it</label><input id="key-name" name="name" maxlength="120" placeholder="Assistant on my laptop" required></div>
<fieldset><legend>What it may do</legend><div class="choices">${credentialScopes.map(
  (
    scope,
  ) => html`<label class="choice"><input type="checkbox" name="scope" value="${scope}" ${defaultScopes.includes(scope) ? 'checked' : ''}>
<span><b>${scopeWords[scope].name}</b><span>${scopeWords[scope].says}</span></span></label>`,
)}</div></fieldset>
<div class="field"><label for="key-days">How long it holds</label><select id="key-days" name="days">
<option value="7">A week</option><option value="30">A month</option><option value="90" selected>90 days</option><option value="365">A year</option></select></div>
<div class="actions"><button>Make the key</button></div></form></details></section>`;

const keyShown = ({
  name,
  key,
  expires_at,
}: NonNullable<Told['key']>): Html => html`<section aria-labelledby="made" role="status">
<h2 id="made">${name} is made</h2><p>Copy it now: it is shown only this once, and not kept. It ends ${day(expires_at)}.</p><code class="secret">${key}</code></section>`;

const inWords = (scopes: readonly string[]) =>
  scopes.map((scope) => scopeWords[scope as keyof typeof scopeWords]?.name ?? scope).join(', ') || 'Nothing by itself';

/** A day as it reads anywhere, with the instant for machines. */
const day = (at: string | Date): Html => {
  const iso = new Date(at).toISOString();
  written ??= new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return html`<time datetime="${iso}">${written.format(new Date(iso))}</time>`;
};
/** How it is written; to make that takes as long as all of the Studio to load, so it comes with the first day. */
let written: Intl.DateTimeFormat | undefined;
