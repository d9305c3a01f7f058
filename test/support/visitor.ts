type Answering = (request: Request, socket?: never) => Response | Promise<Response>;

export const password = 'a gate that stands ajar';

export interface Answered {
  readonly status: number;
  /** Where it leads on to. */
  readonly to: string | null;
  readonly text: string;
  readonly headers: Headers;
}

/** What a browser does that matters here, without one: it keeps cookies, and fills in forms of the page that it shows. */
export function visitorAt(
  fetch: Answering,
  origin = 'http://localhost',
  kept: ReadonlyMap<string, string> = new Map(),
) {
  const cookies = new Map(kept);
  let shown = '';

  async function ask(path: string, init: RequestInit = {}, from?: string): Promise<Answered> {
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html');
    headers.set('host', new URL(origin).host);
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const socket = from && ({ incoming: { socket: { remoteAddress: from } } } as never);
    const request = new Request(`${origin}${path}`, { ...init, headers, redirect: 'manual' });
    const answer = await fetch(request, ...(socket ? [socket] : []));
    for (const it of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(it) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await answer.text();
    if (answer.headers.get('content-type')?.startsWith('text/html')) shown = text;
    return { status: answer.status, to: answer.headers.get('location'), text, headers: answer.headers };
  }

  const csrf = () => /name="csrf" value="([^"]+)"/.exec(shown)?.[1];
  /** Sends a form of the page that is shown; `headers` as a browser would send them from elsewhere. */
  const post = (
    path: string,
    fields: Readonly<Record<string, string | string[]>>,
    headers: Record<string, string> = { origin, 'sec-fetch-site': 'same-origin' },
    from?: string,
  ) => {
    const body = new URLSearchParams();
    const own = csrf();
    if (own && !('csrf' in fields)) body.set('csrf', own);
    for (const [name, value] of Object.entries(fields)) for (const it of [value].flat()) body.append(name, it);
    return ask(path, { method: 'POST', body, headers }, from);
  };
  /** Calls what the script of a page calls, with the token of the page that is shown. */
  const script = (path: string, told: object = {}) => {
    const headers = { origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    return ask(path, { method: 'POST', body: JSON.stringify({ fields: { csrf: csrf() }, ...told }), headers });
  };

  return {
    cookies,
    get: (path: string, headers?: Record<string, string>) => ask(path, headers ? { headers } : {}),
    post,
    script,
    signIn: (email: string, secret = password, from?: string) =>
      post('/sign-in', { email, password: secret }, undefined, from),
  };
}
