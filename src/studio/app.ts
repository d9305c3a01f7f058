import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import { paths } from '../oauth/addresses.ts';
import type { Questions } from '../oauth/questions.ts';
import type { Problem } from '../terms/problem.ts';
import type { Postern } from '../workspace/postern.ts';
import { accountPage } from './account.ts';
import { changePassword, endOne, makeKey, removePasskey } from './account-changes.ts';
import { assetAt } from './assets.ts';
import { consentPage } from './consent.ts';
import { answerConsent } from './consenting.ts';
import { agentOf, type Desk } from './desk.ts';
import { join, joinPage } from './join.ts';
import { limited } from './limited.ts';
import { leadTo, page } from './page.ts';
import { addPasskey, askToAdd, askToSignIn, proveByPasskey, signInByPasskey } from './passkey-ceremonies.ts';
import { forgottenPage, linkPage, sendLink, setPassword } from './passwords.ts';
import { backFromProvider, goToProvider, type Provider } from './provider.ts';
import { prove, provingPage } from './proving.ts';
import { goToOrganization, organizationsPage, signIn, signInPage, signOut } from './sign-in.ts';

export interface Building {
  readonly postern: Postern;
  readonly provider?: Provider | undefined;
  /** What clients ask people, where they can. */
  readonly questions?: Questions | undefined;
  /** Says what went wrong in the server's log; answers the problem, with a reference where it was our mistake. */
  readonly problemOf: (thrown: unknown, where: { method: string; path: string }) => Problem;
}

/** Where a request comes from, as the door says. */
interface Env {
  Variables: { readonly address: string };
}

/** The pages of the Studio: server-rendered, and all of use without scripts. */
export function studio({ postern, provider, questions, problemOf }: Building) {
  const at = (answer: (desk: Desk) => Response | Promise<Response>) => (context: Context<Env>) => {
    const request = context.req.raw;
    const from = { address: context.get('address'), agent: agentOf(request) };
    return answer({ postern, request, from, provider, questions });
  };
  return new Hono<Env>()
    .get('/', () => leadTo('/account'))
    .get('/assets/*', async ({ req, notFound }) => assetAt(req.path) ?? notFound())
    .post('*', limited)
    .get('/sign-in', at(signInPage))
    .post('/sign-in', at(signIn))
    .post('/sign-in/passkey/options', at(askToSignIn))
    .post('/sign-in/passkey', at(signInByPasskey))
    .get('/sign-in/provider', at(goToProvider))
    .get('/sign-in/provider/callback', at(backFromProvider))
    .post('/sign-out', at(signOut))
    .get('/organizations', at(organizationsPage))
    .post('/organizations', at(goToOrganization))
    .get('/prove', at(provingPage))
    .post('/prove', at(prove))
    .post('/prove/passkey/options', at(askToSignIn))
    .post('/prove/passkey', at(proveByPasskey))
    .get('/forgot-password', at(forgottenPage))
    .post('/forgot-password', at(sendLink))
    .get('/set-password', () => linkPage())
    .post('/set-password', at(setPassword))
    .get('/join', () => joinPage())
    .post('/join', at(join))
    .get('/account', at(accountPage))
    .post('/account/password', at(changePassword))
    .post('/account/passkeys/options', at(askToAdd))
    .post('/account/passkeys', at(addPasskey))
    .post('/account/passkeys/remove', at(removePasskey))
    .post('/account/keys', at(makeKey))
    .post('/account/connections/end', at(endOne))
    .get(`${paths.consent}/:uid`, at(consentPage))
    .post(`${paths.consent}/:uid`, at(answerConsent))
    .onError((thrown, { req }) => refused(problemOf(thrown, { method: req.method, path: req.path })));
}

export type { Provider };

/** The page at an address where there is none. */
export const missing = (): Promise<Response> =>
  page(
    { title: 'Nothing here', status: 404 },
    html`<h1>There is nothing here</h1><p>The address may be wrong, or what was there has ended.</p>
<p class="below"><a href="/account">Go on to your account</a></p>`,
  );

/** A refusal as a page. */
export function refused(problem: Problem): Promise<Response> {
  const { title } = problem;
  const { message, advice, reference, retry_after_seconds: seconds } = problem.toJSON();
  return page(
    {
      title,
      status: problem.status,
      ...(seconds !== undefined && { headers: { 'retry-after': String(seconds) } }),
    },
    html`<h1>${title}</h1><p>${message}</p>
<p class="soft">${seconds === undefined ? advice : `Try again in ${minutes(seconds)}.`}${reference ? ` Reference: ${reference}.` : ''}</p>
<p class="below"><a href="/account">Go on to your account</a></p>`,
  );
}

const minutes = (seconds: number) => (seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`);
