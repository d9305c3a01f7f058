import { Client, type JsonSchemaValidator, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';

export type Era = '2026' | '2025';

export interface Service {
  fetch(request: Request): Response | Promise<Response>;
}

export interface AgentTold {
  readonly era?: Era;
  /** The query of the address, like `toolsets=groups`. */
  readonly query?: string;
  /** Answers in the person's place; without it the client cannot ask anyone. */
  readonly person?: (message: string) => 'accept' | 'decline';
}

const modes = { '2026': { mode: { pin: '2026-07-28' } }, '2025': { mode: 'legacy' } } as const;

/** How clients check answers, as their makers do it; what one of them has compiled serves all in the process. */
const ajv = new AjvJsonSchemaValidator();
const compiled = new Map<string, JsonSchemaValidator<unknown>>();
const jsonSchemaValidator: typeof ajv = Object.assign(Object.create(ajv), {
  getValidator(schema: object) {
    const text = JSON.stringify(schema);
    const found = compiled.get(text) ?? ajv.getValidator(schema);
    compiled.set(text, found);
    return found;
  },
});

/** A client of the protocol as their makers keep it, in the era told; whoever it can ask answers as told. */
export function newClient({ era = '2026', person }: AgentTold = {}): Client {
  const client = new Client(
    { name: 'test', version: '0' },
    {
      versionNegotiation: modes[era],
      jsonSchemaValidator,
      ...(person && { capabilities: { elicitation: { form: {} } } }),
    },
  );
  if (person) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      const action = person(params.message);
      return action === 'accept' ? { action, content: { confirm: true } } : { action };
    });
  }
  return client;
}

/** An MCP client that is signed in with `secret`, talking to the real HTTP app without a socket. */
export async function agent(service: Service, secret: string, told: AgentTold = {}) {
  const client = newClient(told);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`http://localhost/mcp?${told.query ?? ''}`), {
      requestInit: { headers: { authorization: `Bearer ${secret}` } },
      fetch: async (url, init) => service.fetch(new Request(url, init)),
    }),
  );
  return { client, call: calling(client), close: () => client.close() };
}

interface Callable {
  callTool(params: {
    name: string;
    arguments: Record<string, unknown>;
    _meta?: Record<string, unknown>;
  }): Promise<object>;
}

/** One call of a tool: what it answers, or the words and the data of its refusal. */
export const calling =
  (client: Callable) =>
  async (
    name: string,
    args: Record<string, unknown> = {},
    _meta?: Record<string, unknown>,
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
  ): Promise<Record<string, any>> => {
    const result = (await client.callTool({ name, arguments: args, ...(_meta && { _meta }) })) as {
      isError?: boolean;
      content: { text: string }[];
      structuredContent: Record<string, unknown>;
    };
    const { error } = result.structuredContent ?? {};
    return result.isError ? { refused: result.content[0]?.text, error } : result.structuredContent;
  };
