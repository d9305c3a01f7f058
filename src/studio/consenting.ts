import { type CredentialScope, credentialScopes } from '../terms/scopes.ts';
import { connectClient, seeConnection } from '../workspace/connecting.ts';
import { everyday, proposed, questionOver, showConsent } from './consent.ts';
import type { Desk } from './desk.ts';
import { ownForm } from './own-form.ts';
import { leadTo } from './page.ts';
import { inWords } from './passwords.ts';
import { proveFirst } from './proving.ts';
import { isSensitive } from './scope-words.ts';
import type { Visitor } from './visitor.ts';

/** What someone said to a client's question, and on to the client with it. */
export async function answerConsent(desk: Desk): Promise<Response> {
  const { request, questions } = desk;
  const sent = await ownForm(desk);
  if (sent instanceof Response) return sent;
  const { here, form, text } = sent;
  const question = await questions?.of(request);
  if (!questions || !question) return questionOver();
  if (text('answer') !== 'allow') return leadOn(await questions.deny(request));

  const held = await here.session.perform(seeConnection, { client: question.client.id });
  const scopes = ticked(form, text('extent'), proposed(question, held));
  if (scopes.some(isSensitive) && !here.isRecent) return proveFirst(new URL(request.url).pathname);
  try {
    const days = Number(text('days'));
    const { id } = await letIn(here, question.client, {
      scopes,
      days,
      workspaces: form.getAll('workspace').map(String),
    });
    const { organization, session } = here;
    return leadOn(
      await questions.allow(request, {
        organization: organization.id,
        person: session.person.id,
        connection: String(id),
        scopes,
        days,
      }),
    );
  } catch (thrown) {
    return showConsent(desk, here, question, inWords(thrown));
  }
}

function ticked(form: FormData, extent: string, asked: readonly CredentialScope[]): CredentialScope[] {
  const boxes = form.getAll('scope').map(String);
  const usual = { asked, read: ['read'], all: everyday }[extent] ?? everyday.filter((scope) => boxes.includes(scope));
  return credentialScopes.filter((scope) => (isSensitive(scope) ? boxes.includes(scope) : usual.includes(scope)));
}

interface Wish {
  readonly scopes: readonly CredentialScope[];
  readonly days: number;
  readonly workspaces: readonly string[];
}

const letIn = ({ session }: Visitor, { id, name }: { id: string; name: string }, { workspaces, ...wish }: Wish) =>
  session.perform(connectClient, { client: id, name, ...wish, ...(workspaces.length > 0 && { workspaces }) });

const leadOn = (to: string | undefined) => (to === undefined ? questionOver() : leadTo(to));
