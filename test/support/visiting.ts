import { openSession } from '../../src/storage/accounts.ts';
import { newId } from '../../src/terms/ids.ts';
import { hashOf, newSession } from '../../src/terms/secret.ts';
import type { Service } from './agent.ts';
import { storage, type World } from './world.ts';

export type Visiting = Awaited<ReturnType<typeof visiting>>;

/** Someone at a browser without scripts, signed in already: it keeps cookies, follows where it is led, and sends forms. */
export async function visiting(service: Service, here: World, who: string, origin = 'http://localhost') {
  const cookies = new Map([['postern_session', await signedIn(here, who)]]);

  /** One request; what it sets is kept. */
  const send = async (url: string | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await service.fetch(new Request(new URL(url, origin), { ...init, headers, redirect: 'manual' }));
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }
    return response;
  };
  /** Goes on as long as it is led on within this Postern. */
  const follow = async (url: string | URL, init?: RequestInit): Promise<{ url: URL; response: Response }> => {
    const response = await send(url, init);
    const location = response.headers.get('location');
    const next = location === null ? undefined : new URL(location, origin);
    if (!next) return { url: new URL(url, origin), response };
    return next.origin === origin ? follow(next) : { url: next, response };
  };
  /** Sends the form of a page; what it holds already stays, unless it is said here. */
  const submit = async (
    page: { url: URL; response: Response },
    fields: Readonly<Record<string, string | string[]>>,
  ) => {
    const text = await page.response.text();
    const body = new URLSearchParams({ csrf: /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '' });
    for (const [name, value] of Object.entries(fields)) for (const it of [value].flat()) body.append(name, it);
    return follow(page.url, { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin' } });
  };
  return {
    send,
    follow,
    submit,
    cookies,
    /** From a client's question to where it hears of the answer. */
    async answer(question: string | URL, fields: Readonly<Record<string, string | string[]>> = {}): Promise<URL> {
      const page = await follow(question);
      if (page.url.origin !== origin) return page.url;
      const { url } = await submit(page, { answer: 'allow', extent: 'asked', days: '90', ...fields });
      return url;
    },
  };
}

/** The cookie of someone who signed in just now. */
export async function signedIn(here: World, who: string): Promise<string> {
  await here.sql('insert into account (id, email, verified) values ($1, $2, true) on conflict (email_key) do nothing', [
    newId(),
    here.email(who),
  ]);
  const [row] = await here.sql<{ id: string }>('select id from account where email_key = lower($1)', [here.email(who)]);
  const id = newId();
  const secret = newSession(here.organization, id);
  const visit = {
    organization: here.organization,
    id,
    hash: hashOf(secret),
    agent: 'A browser',
    provenBy: 'password',
  } as const;
  await openSession(await storage(), { ...visit, account: row?.id as string });
  return secret;
}
