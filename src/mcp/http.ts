import {
  createMcpHandler,
  DEFAULT_MAX_REQUEST_BODY_SIZE,
  isJsonContentType,
  isLegacyRequest,
  readRequestBody,
} from '@modelcontextprotocol/server';
import { mostElements, outgrows } from '../documents/json-size.ts';
import { usualStreams } from '../terms/allowed.ts';
import type { Log } from './answer.ts';
import type { Limits } from './held.ts';
import { refuse } from './json-rpc.ts';
import { listening, listens, type Streams } from './listening.ts';
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
      const handling = { ...body, authInfo: authInfoOf(connection) };
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

/** Far more than any argument may have: the operation tells of those. */
const levels = 20_000;

/** Reads and parses the body once for both protocols: at most 4 MiB of JSON. */
async function bodyOf(request: Request): Promise<{ parsedBody?: unknown } | Response> {
  if (request.method !== 'POST') return {};
  if (!isJsonContentType(request.headers.get('content-type')))
    return refuse(415, -32000, 'Content-Type must be application/json');
  const read = await textOf(request);
  if (read.tooLarge) return refuse(413, -32000, `A request holds ${largestRequest} bytes at most`);
  const outgrown = outgrows(read.text, levels);
  if (outgrown === 'deep') return refuse(413, -32000, `A request is ${levels} levels deep at most`);
  if (outgrown === 'many') return refuse(413, -32000, `A request holds ${mostElements} elements at most`);
  try {
    return { parsedBody: JSON.parse(read.text) };
  } catch {
    return refuse(400, -32700, 'Parse error: the request body is not valid JSON');
  }
}

/** A body that says its length is read at once, which costs a fraction of reading it as a stream. */
export async function textOf(request: Request): ReturnType<typeof readRequestBody> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (!(length <= largestRequest)) return readRequestBody(request);
  const text = await request.text();
  return Buffer.byteLength(text) > largestRequest ? { tooLarge: true } : { tooLarge: false, text };
}

/** The connection, where the SDK takes along who is asking; no secret goes with it. */
function authInfoOf(connection: Connection) {
  const { id, scopes } = connection.session.credential;
  return { token: '', clientId: id, scopes: [...scopes], extra: { ...connection } };
}
