import type { Asked } from '../workspace/passkeys.ts';
import { type Desk, siteOf } from './desk.ts';
import { startedAt, wayIn } from './sign-in.ts';
import { checkCsrf, checkOrigin, passing, passingCookie, pathFrom, sessionCookie, visitor } from './visitor.ts';

/** The two halves of each ceremony, as the pages' script calls them: JSON out, JSON in. */

export async function askToSignIn(desk: Desk): Promise<Response> {
  const { postern, request, from } = desk;
  const site = siteOf(desk);
  const refused = checkOrigin(postern, request);
  if (refused) return refused;
  return site ? asking(desk, await postern.identity.passkeys.askToProve(site, from.address)) : none();
}

export async function signInByPasskey(desk: Desk): Promise<Response> {
  const { postern, request, from } = desk;
  const [site, held] = [siteOf(desk), passing(postern, request)];
  const refused = checkOrigin(postern, request);
  if (refused) return refused;
  const { answer, next } = await brought(request);
  const signed = site && held ? await postern.identity.passkeys.signIn(site, held, answer, from) : undefined;
  return signed ? on(desk, wayIn(signed, pathFrom(next)), await startedAt(desk, signed)) : none();
}

export async function proveByPasskey(desk: Desk): Promise<Response> {
  const { postern, request } = desk;
  const [site, held] = [siteOf(desk), passing(postern, request)];
  const { answer, next, form } = await brought(request);
  const here = await visitor(postern, request);
  if (!here) return none();
  const refused = await checkCsrf(postern, request, form, here);
  if (refused) return refused;
  const secret = site && held ? await postern.identity.passkeys.prove(here, site, held, answer) : undefined;
  return secret ? on(desk, pathFrom(next), sessionCookie(postern, request, secret)) : none();
}

export async function askToAdd(desk: Desk): Promise<Response> {
  const { postern, request } = desk;
  const here = await visitor(postern, request);
  const site = siteOf(desk);
  const { form } = await brought(request);
  if (!here) return none();
  const refused = await checkCsrf(postern, request, form, here);
  if (refused) return refused;
  if (!site) return none();
  if (!here.isRecent) return Response.json({ next: '/prove?next=/account' }, { headers: unkept });
  return asking(desk, await postern.identity.passkeys.askToAdd(here, site));
}

export async function addPasskey(desk: Desk): Promise<Response> {
  const { postern, request } = desk;
  const here = await visitor(postern, request);
  const [site, held] = [siteOf(desk), passing(postern, request)];
  const { answer, form } = await brought(request);
  if (!here) return none();
  const refused = await checkCsrf(postern, request, form, here);
  if (refused) return refused;
  if (!site || !held) return none();
  const name = String(form.get('name') ?? '');
  const isAdded = await postern.identity.passkeys.add(here, site, held, answer, name);
  return isAdded ? on(desk, '/account?done=passkey') : none();
}

const unkept = { 'cache-control': 'no-store' };

const asking = ({ postern, request }: Desk, { options, passing: held }: Asked) =>
  Response.json(options, { headers: { ...unkept, 'set-cookie': passingCookie(postern, request, held) } });

function on({ postern, request }: Desk, next: string, session?: string): Response {
  const answer = Response.json({ next }, { headers: unkept });
  answer.headers.append('set-cookie', passingCookie(postern, request, undefined));
  if (session) answer.headers.append('set-cookie', session);
  return answer;
}

const none = () => Response.json({ says: 'This passkey opens nothing here.' }, { status: 401, headers: unkept });

/** What the script sends: the answer of the device, and beside it the fields of the form. */
async function brought(request: Request): Promise<{ answer: unknown; next: unknown; form: FormData }> {
  const it = await request.json().catch(() => undefined);
  const { answer, next, fields } = (typeof it === 'object' && it !== null ? it : {}) as Record<string, unknown>;
  const form = new FormData();
  for (const [name, value] of Object.entries(typeof fields === 'object' && fields !== null ? fields : {}))
    form.set(name, String(value));
  return { answer, next, form };
}
