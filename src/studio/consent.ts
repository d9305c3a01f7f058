import { html } from 'hono/html';
import type { Question } from '../oauth/questions.ts';
import { type CredentialScope, credentialScopes } from '../terms/scopes.ts';
import { seeConnection } from '../workspace/connecting.ts';
import { whoami } from '../workspace/directory.ts';
import type { Desk } from './desk.ts';
import { type Html, notice, page } from './page.ts';
import { isSensitive, scopeWords } from './scope-words.ts';
import { csrfField, signInFirst, type Visitor, visitor } from './visitor.ts';

/** Whether someone lets a client in, and what it may then do: asked each time, by name and host, with nothing sensitive ticked. */
export async function consentPage(desk: Desk): Promise<Response> {
  const here = await visitor(desk.postern, desk.request);
  if (!here) return signInFirst(desk.request);
  const question = await desk.questions?.of(desk.request);
  return question ? showConsent(desk, here, question) : questionOver();
}

export async function showConsent(desk: Desk, here: Visitor, question: Question, wrong?: string): Promise<Response> {
  const { client, redirect } = question;
  const held = (await here.session.perform(seeConnection, { client: client.id })) as Held;
  const { workspaces } = (await here.session.perform(whoami, {})) as unknown as { workspaces: readonly Place[] };
  const places = await desk.postern.identity.places(here);
  const path = new URL(desk.request.url).pathname;
  return page(
    { title: `Let ${client.name} in?`, status: wrong ? 400 : 200, formsTo: [redirect.source], wide: true },
    html`<h1>Let ${client.name} in?</h1>
<p class="soft">It would act in your name, as ${here.email} in ${here.organization.name}${places.length > 1 ? html` (<a href="/organizations?next=${encodeURIComponent(path)}">another organization</a>)` : ''}. It never does more than you may yourself.</p>
${notice(wrong)}
<dl><dt>Who asks</dt><dd>${client.name}<br><small>${standing(question)}</small></dd>
<dt>Sends you back to</dt><dd><b>${redirect.host}</b></dd></dl>
${warning(question)}
<form method="post" action="${path}">${csrfField(here)}
${extents(question, held)}
${sensitive(question, held)}
${workspaces.length > 1 ? cut(workspaces, held) : ''}
<div class="field"><label for="days">How long it stays</label><select id="days" name="days">
<option value="1">A day</option><option value="7">A week</option><option value="30">A month</option><option value="90" selected>90 days</option><option value="365">A year</option></select>
<span class="hint">You can end it at any time, from your account.</span></div>
<div class="actions"><button name="answer" value="allow">Let it in</button><button class="plain" name="answer" value="deny">No</button></div>
</form>`,
  );
}

interface Held {
  readonly scopes?: readonly CredentialScope[];
  readonly workspaces?: readonly string[];
}

interface Place {
  readonly id: string;
  readonly name: string;
}

const standing = ({ client }: Question): Html =>
  ({
    registered: html`Set up by whoever runs this Postern.`,
    document: html`Known by its own page at <b>${client.host}</b>.`,
    self: html`It gave itself this name, and nobody has checked it.`,
  })[client.standing];

function warning({ client, redirect }: Question): Html {
  const local = redirect.isLocal
    ? 'It runs on your own machine, where any program could pose as it. Go on only if you have just started it yourself.'
    : undefined;
  const unchecked =
    client.standing === 'self' && !redirect.isLocal
      ? `Go on only if you know ${redirect.host}, and have just come from there.`
      : undefined;
  const words = local ?? unchecked;
  return words ? html`<p class="notice warn">${words}</p>` : html``;
}

/** What it is let do already stays, unless it is taken out here. */
export const proposed = ({ scopes }: Question, { scopes: held = [] }: Held): readonly CredentialScope[] =>
  credentialScopes.filter((scope) => (scopes.includes(scope) || held.includes(scope)) && !isSensitive(scope));

/** All that is not sensitive. */
export const everyday: readonly CredentialScope[] = credentialScopes.filter((scope) => !isSensitive(scope));

function extents(question: Question, held: Held): Html {
  const asked = proposed(question, held);
  const isReading = asked.every((scope) => scope === 'read');
  return html`<fieldset><legend>What it may do</legend><div class="choices one">
${extent('asked', isReading ? 'Read only' : 'What it asks for', inWords(asked), true)}
${isReading ? '' : extent('read', 'Read only', inWords(['read']))}
${extent('all', 'Everything for everyday work', inWords(everyday))}
${extent('custom', 'Choose yourself', 'Tick below what it may do')}</div></fieldset>
<fieldset class="custom"><legend>Chosen by yourself</legend><div class="choices">${everyday.map((scope) => tick(scope, asked.includes(scope)))}</div></fieldset>`;
}

const extent = (value: string, name: string, says: string, checked = false): Html =>
  html`<label class="choice"><input type="radio" name="extent" value="${value}" ${checked ? 'checked' : ''}>
<span><b>${name}</b><span>${says}</span></span></label>`;

const tick = (scope: CredentialScope, checked: boolean, says: string = scopeWords[scope].says): Html =>
  html`<label class="choice"><input type="checkbox" name="scope" value="${scope}" ${checked ? 'checked' : ''}>
<span><b>${scopeWords[scope].name}</b><span>${says}</span></span></label>`;

const sensitive = ({ scopes }: Question, { scopes: held = [] }: Held): Html => {
  const asks = (scope: CredentialScope) => scopes.includes(scope) && !held.includes(scope);
  const all = credentialScopes.filter(isSensitive);
  return html`<details ${all.some((scope) => scopes.includes(scope) || held.includes(scope)) ? 'open' : ''}><summary>What reaches further</summary>
<fieldset><legend>Only if you mean it: these decide over other people</legend><div class="choices">${all.map((scope) =>
    tick(scope, held.includes(scope), `${scopeWords[scope].says}${asks(scope) ? '. It asks for this' : ''}`),
  )}</div></fieldset></details>`;
};

const cut = (workspaces: readonly Place[], held: Held): Html =>
  html`<details ${held.workspaces ? 'open' : ''}><summary>Only in some workspaces</summary>
<fieldset><legend>Tick none, and it reaches all that are yours</legend><div class="choices">${workspaces.map(
    ({ id, name }) =>
      html`<label class="choice"><input type="checkbox" name="workspace" value="${id}" ${held.workspaces?.includes(id) ? 'checked' : ''}><span><b>${name}</b></span></label>`,
  )}</div></fieldset></details>`;

const inWords = (scopes: readonly CredentialScope[]): string => {
  const [first = '', ...others] = scopes.map((scope) => scopeWords[scope].says);
  return [first, ...others.map((it) => it.charAt(0).toLowerCase() + it.slice(1))].join('; ');
};

export const questionOver = (): Promise<Response> =>
  page(
    { title: 'This question is over', status: 410 },
    html`<h1>This question is over</h1><p>It was answered, it was asked in another browser, or it took too long. Start again from the client.</p>
<p class="below"><a href="/account">Go on to your account</a></p>`,
  );

/** Where a client's question can't be put, and there is nowhere to send someone back to. */
export async function cannotAsk(answer: Response): Promise<Response> {
  const told = (await answer.json().catch(() => ({}))) as { error?: string; error_description?: string };
  return page(
    { title: 'This does not work', status: answer.status },
    html`<h1>This does not work</h1><p>A client sent you here with a question that Postern cannot put to you: ${told.error_description ?? 'it makes no sense.'}</p>
<p class="soft">Nothing was allowed. Start again from the client; if that does not help, tell whoever makes it: ${told.error ?? 'invalid_request'}.</p>`,
  );
}
