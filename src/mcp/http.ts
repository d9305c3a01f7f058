import {
  createMcpHandler,
  DEFAULT_MAX_REQUEST_BODY_SIZE,
  isJsonContentType,
  isLegacyRequest,
} from '@modelcontextprotocol/server';
import { mostElements, outgrows } from '../documents/json-size.ts';
import { usualStreams } from '../terms/allowed.ts';
import { Problem } from '../terms/problem.ts';
import type { Log } from './answer.ts';
import type { Limits } from './held.ts';
import { refuse } from './json-rpc.ts';
import { listening, listens, type Streams } from './listening.ts';
import { levels, type Message, readMessage, textIn } from './messages.ts';
import type { Build, Connection } from './server.ts';
import { defaultLimits, sessionful } from './sessions.ts';
import { stepUp } from './stepping-up.ts';

/** In bytes, of whatever door of HTTP. */
export const largestRequest = DEFAULT_MAX_REQUEST_BODY_SIZE;

export interface HttpDoor {
  /** Answers one request of someone who has been let in; `narrowing` tells their connections apart. */
  fetch(request: Request, connection: Connection, narrowing: string): Promise<Response>;
  /** How many sessions of the 2025 protocol are held, and how many streams of that of 2026 are open. */
  figures(): { readonly sessions: number; readonly streams: number };
  /** Ends what clients hear by, so that they go to hear elsewhere; calls go on. */
  endStreams(): Promise<void>;
  close(): Promise<void>;
}

/** Streamable HTTP on one address: a server a request for the 2026 protocol, a server a session for those before. */
export function overHttp(build: Build, log: Log, wanted: Partial<Limits & Streams> = {}): HttpDoor {
  const limits = { ...defaultLimits, streams: usualStreams, ...wanted };
  const modern = createMcpHandler(({ authInfo, era }) => build(authInfo?.extra as unknown as Connection, era), {
    legacy: 'reject',
    onerror: (err) => log.debug({ err }, 'An MCP request was refused.'),
  });
  const streams = listening(build, log, limits);
  const legacy = sessionful(build, log, limits);

  return {
    async fetch(request, connection, narrowing) {
      const body = await bodyOf(request);
      if (body instanceof Response) return body;
      const lacking = await stepUp(connection, body.parsedBody);
      if (lacking) return lacking;
      const { rounded, ...parsed } = body;
      const handling = { ...parsed, authInfo: authInfoOf({ ...connection, rounded: (id) => rounded?.get(id) ?? [] }) };
      if (Array.isArray(body.parsedBody)) await connection.session.asks(body.parsedBody.length - 1);
      if (!(await isLegacyRequest(request, handling.parsedBody))) {
        if (listens(handling.parsedBody)) return streams.fetch(request, connection, handling);
        return modern.fetch(request, handling);
      }
      return legacy.fetch(request, connection, narrowing, handling);
    },
    async endStreams() {
      legacy.endStreams();
      await streams.close();
    },
    figures: () => ({ sessions: legacy.held(), streams: streams.open() }),
    async close() {
      await Promise.all([modern.close(), streams.close(), legacy.close()]);
    },
  };
}

/** Reads and parses the body once for both protocols: at most 4 MiB of JSON. */
async function bodyOf(
  request: Request,
): Promise<{ readonly parsedBody?: unknown; readonly rounded?: Message['rounded'] } | Response> {
  if (request.method !== 'POST') return {};
  if (!isJsonContentType(request.headers.get('content-type')))
    return refuse(415, -32000, 'Content-Type must be application/json');
  const read = await textOf(request);
  if (read === 'large') return refuse(413, -32000, `A request holds ${largestRequest} bytes at most`);
  if (read === 'no text') return refuse(400, -32700, 'Parse error: the request body is no UTF-8');
  const outgrown = outgrows(read.text, levels);
  if (outgrown === 'deep') return refuse(413, -32000, `A request is ${levels} levels deep at most`);
  if (outgrown === 'many') return refuse(413, -32000, `A request holds ${mostElements} elements at most`);
  const message = readMessage(read.text);
  if ('refusal' in message) return Response.json(message.refusal, { status: 400 });
  return { parsedBody: message.value, rounded: message.rounded };
}

/** The text of a request, of which no more is read than it may hold; or that it holds more, or bytes that are no text. */
export async function textOf(request: Request): Promise<{ readonly text: string } | 'large' | 'no text'> {
  const bytes = await bytesOf(request).catch(() => {
    throw new Problem('invalid_argument', 'The request broke off before all of it had come.');
  });
  if (!bytes) return 'large';
  const text = textIn(bytes);
  return text === undefined ? 'no text' : { text };
}

/** A body that says its length is read at once, which costs a fraction of reading it as a stream. */
async function bytesOf(request: Request): Promise<Uint8Array | undefined> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (length <= largestRequest) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    return bytes.length > largestRequest ? undefined : bytes;
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > largestRequest) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The connection, where the SDK takes along who is asking; no secret goes with it. */
function authInfoOf(connection: Connection) {
  const { id, scopes } = connection.session.credential;
  return { token: '', clientId: id, scopes: [...scopes], extra: { ...connection } };
}
