import {
  Client,
  ProtocolError,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { Problem } from '../terms/problem.ts';

export interface RemoteCall {
  readonly url: URL;
  readonly key: string;
  readonly tool: string;
  readonly args: Record<string, unknown>;
  /** Instead of the network's. */
  readonly fetch?: (request: Request) => Promise<Response> | Response;
}

/** Calls one tool of a Postern as a client would, and answers what it says as data. */
export async function callOver({
  url,
  key,
  tool,
  args,
  fetch,
}: RemoteCall): Promise<{ isError: boolean; answer: unknown }> {
  const client = new Client({ name: 'postern-call', version: '0' });
  const headers = { authorization: `Bearer ${key}` };
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers },
    ...(fetch && {
      fetch: async (input: string | URL | Request, init?: RequestInit) => fetch(new Request(input, init)),
    }),
  });
  try {
    await client.connect(transport);
    const { isError = false, structuredContent, content } = await client.callTool({ name: tool, arguments: args });
    return { isError, answer: structuredContent ?? content };
  } catch (cause) {
    throw refusal(url, cause);
  } finally {
    await transport.terminateSession().catch(() => {});
    await client.close();
  }
}

/** Why there was no answer at all: the key, the call, or the way there. */
function refusal({ host }: URL, cause: unknown): Problem {
  if (cause instanceof UnauthorizedError || (cause instanceof SdkHttpError && cause.status === 401)) {
    return new Problem('unauthenticated', 'The key is not accepted.', { cause });
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof ProtocolError)
    return new Problem('invalid_argument', said, { advice: 'Check the name of the tool.', cause });
  const advice = 'Check POSTERN_URL, and that Postern runs there.';
  return new Problem('invalid_argument', `${host} does not answer as a Postern: ${said.replace(/\.$/, '')}.`, {
    advice,
    cause,
  });
}
