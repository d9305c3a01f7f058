import type { default as Library } from 'oidc-provider';
import { newId } from '../terms/ids.ts';
import type { Ledger } from '../workspace/ledger.ts';
import type { Outdoors } from '../workspace/outdoors.ts';
import { type Addresses, paths, serverMetadata } from './addresses.ts';
import { formInOurWords, inOurWords } from './asking.ts';
import { comeBack, isAway } from './away.ts';
import { clientFrom, Refused } from './clients.ts';
import { hasDocument, readDocument } from './documents.ts';
import { type Asked, exchange } from './exchange.ts';
import { lasting, providerOn } from './provider.ts';
import { type Questions, questionsOf } from './questions.ts';
import type { keysOf } from './tokens.ts';

/** Who asks, as the door knows it. */
export interface Caller {
  readonly address: string;
  isSignedIn(): Promise<boolean>;
}

/** Postern as an authorization server of its own: clients ask here, people answer on the Studio's page. */
export interface Server {
  readonly metadata: object;
  /** Answers what is asked at one of its addresses; someone has to sign in first where it would go and read what a stranger names. */
  answer(request: Request, caller: Caller): Promise<Response | 'sign in first'>;
  readonly questions: Questions;
}

export interface Ground {
  readonly ledger: Ledger;
  readonly keys: ReturnType<typeof keysOf>;
  readonly addresses: Addresses;
  readonly outdoors: Pick<Outdoors, 'resolve' | 'dial'>;
  /** Whether clients may register themselves. */
  readonly registers: boolean;
  readonly trouble: (thrown: unknown) => void;
}

/** In bytes: the largest of its forms. */
const largest = 65_536;

export function serverOn(ground: Ground): Server {
  const { ledger, keys, addresses, outdoors, registers, trouble } = ground;
  let made: { kids: string; provider: Promise<Library> } | undefined;

  return {
    metadata: serverMetadata(addresses, registers),
    questions: questionsOf(provider, ledger, addresses),
    async answer(request, caller) {
      const { pathname, searchParams } = new URL(request.url);
      try {
        if (pathname === paths.register) return await register(request, caller.address);
        const client = searchParams.get('client_id') ?? '';
        if (pathname === paths.authorize && hasDocument(client)) {
          const known = await ledger.client(client);
          if (!known && !(await caller.isSignedIn())) return 'sign in first';
          await readDocument(client, ledger, outdoors, trouble);
        }
        // Tokens are made with the key that is the newest now, since whatever others sign may be refused already.
        if (pathname === paths.token) await keys.read();
        return inOurManner(await exchange((await provider()).callback(), await askedBy(request, addresses)));
      } catch (thrown) {
        if (isAway(thrown)) return refused(comeBack(thrown));
        if (thrown instanceof Refused) return refused(thrown);
        throw thrown;
      }
    },
  };

  /** Made anew where the keys are others. */
  async function provider(): Promise<Library> {
    const now = await keys.now();
    const kids = now.map(({ kid }) => kid).join();
    if (made?.kids !== kids)
      made = { kids, provider: providerOn({ ledger, keys: now, time: keys.time, addresses, trouble }) };
    return made.provider;
  }

  /** RFC 7591, for clients without a secret: what they say is kept as far as it counts. */
  async function register(request: Request, address: string): Promise<Response> {
    if (!registers)
      throw new Refused('invalid_request', 'Clients do not register here; the operator sets them up.', 403);
    if (request.method !== 'POST') throw new Refused('invalid_request', 'A client registers with POST.', 405);
    const wait = await ledger.knock(address);
    if (wait !== undefined)
      throw new Refused(
        'temporarily_unavailable',
        `Too many clients registered. Try again in ${wait} seconds.`,
        429,
        wait,
      );
    const client = clientFrom(jsonIn(await bodyOf(request)));
    const id = `client_${newId()}`;
    await ledger.keepClient(id, 'self', client);
    await keys.now();
    const metadata = {
      client_id: id,
      client_id_issued_at: Math.floor(keys.time()),
      ...client,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
    return Response.json(metadata, { status: 201, headers: { 'cache-control': 'no-store' } });
  }
}

const refused = ({ error, message, status, wait }: Refused) =>
  Response.json(
    { error, error_description: message },
    { status, headers: { 'cache-control': 'no-store', ...(wait !== undefined && { 'retry-after': String(wait) }) } },
  );

/** What the library is asked: with the name that it has, whatever the request was sent to, and nothing that a proxy or a caller says of it. */
async function askedBy(request: Request, addresses: Addresses): Promise<Asked> {
  const { pathname, searchParams } = new URL(request.url);
  const issuer = new URL(addresses.issuer);
  const cookie = request.headers.get('cookie');
  const headers = {
    host: issuer.host,
    'x-forwarded-proto': issuer.protocol.slice(0, -1),
    accept: 'application/json',
    ...(cookie && { cookie }),
  };
  if (request.method !== 'POST') {
    const asked = pathname === paths.authorize ? `?${inOurWords(searchParams, addresses)}` : '';
    return { method: request.method, path: `${pathname}${asked}`, headers };
  }
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers.get('content-type') ?? ''))
    throw new Refused('invalid_request', 'It is sent as a form: application/x-www-form-urlencoded.');
  const form = formInOurWords(await bodyOf(request), request.headers.get('authorization'), addresses);
  return { method: 'POST', path: pathname, ...form, headers: { ...headers, ...form.headers } };
}

async function bodyOf(request: Request): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > largest) throw new Refused('invalid_request', `It holds ${largest} bytes at most.`, 413);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Without the library's own cookie of a session, which stands for nothing; and others for so long, rather than until a time by the clock of
 * this process. Whoever is to come back hears when.
 */
function inOurManner(response: Response): Response {
  const cookies = response.headers.getSetCookie().filter((it) => !it.startsWith('postern_unused'));
  response.headers.delete('set-cookie');
  for (const it of cookies) {
    const isKept = !/^[^=]+=;/.test(it);
    const lasts = it.replace(/; expires=[^;]+/i, `; max-age=${isKept ? lasting.question : 0}`);
    response.headers.append('set-cookie', lasts);
  }
  if (response.status === 503) response.headers.set('retry-after', '2');
  return response;
}
