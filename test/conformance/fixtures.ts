import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  completable,
  createRequestStateCodec,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  McpServer,
  type ProtocolEra,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { content, forms, png, schema2020 } from './content.ts';

type Answer = CallToolResult | InputRequiredResult;
type Fixture = (args: Record<string, string>, ctx: ServerContext) => Answer | Promise<Answer>;

const says = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });
const state = createRequestStateCodec<string>({ key: 'a key for the conformance suite, nothing else' });
const pause = () => new Promise((done) => setTimeout(done, 50));

const elicit = (message: string, properties: object, required: string[] = Object.keys(properties)) =>
  inputRequired.elicit({ message, requestedSchema: { type: 'object', properties, required } as never });
const sample = (text: string, maxTokens = 100) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });
const text = { type: 'string' };
const name = elicit('What is your name?', { name: text });

/** Asks for what has not come yet; once all is there, says so. */
const asks =
  (requests: InputRequests, then: (responses: Record<string, unknown>) => string): Fixture =>
  (_, { mcpReq: { inputResponses = {} } }) =>
    Object.keys(requests).every((key) => inputResponses[key])
      ? says(then(inputResponses))
      : inputRequired({ inputRequests: requests });

/** The same, with a sealed state that has to come back. */
const asksSealed =
  (requests: InputRequests, sealed: string, then: string): Fixture =>
  async (_, { mcpReq: { inputResponses = {}, requestState } }) =>
    requestState() === sealed && Object.keys(requests).every((key) => inputResponses[key])
      ? says(then)
      : inputRequired({ inputRequests: requests, requestState: await state.mint(sealed) });

const nameOf = ({ user_name }: Record<string, unknown>) =>
  `Hello, ${(user_name as { content?: { name?: string } }).content?.name}!`;
const ok = { confirm: elicit('Please confirm', { ok: { type: 'boolean' } }) };

/** What the conformance suite wants to find on any server, by the names it gives them. */
const tools: Record<string, Fixture> = {
  test_simple_text: () => says('This is a simple text response for testing.'),
  test_image_content: () => ({ content: [content.image] }),
  test_audio_content: () => ({ content: [content.audio] }),
  test_embedded_resource: () => ({ content: [content.resource] }),
  test_multiple_content_types: () => ({ content: content.mixed }),
  test_error_handling: () => {
    throw new Error('This tool intentionally returns an error for testing');
  },
  test_tool_with_logging: async (_, { mcpReq }) => {
    for (const step of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await mcpReq.log('info', step);
      await pause();
    }
    return says('logged');
  },
  test_logging_tool: async (_, { mcpReq }) => {
    await mcpReq.log('info', 'only where it was asked for');
    return says('logged');
  },
  test_tool_with_progress: async (_, { mcpReq: { _meta, notify } }) => {
    const progressToken = _meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        await notify({ method: 'notifications/progress', params: { progressToken, progress, total: 100 } });
      }
      await pause();
    }
    return says('done');
  },
  test_sampling: ({ prompt = '' }, ctx) =>
    asks({ answer: sample(prompt) }, ({ answer }) => `LLM response: ${JSON.stringify(answer)}`)({}, ctx),
  test_elicitation: ({ message = '' }, ctx) =>
    asks(
      { user: elicit(message, { username: text, email: text }) },
      ({ user }) => `User response: ${JSON.stringify(user)}`,
    )({}, ctx),
  test_elicitation_sep1034_defaults: asks(
    { form: elicit('Check the defaults', forms.defaults, []) },
    ({ form }) => `Elicitation completed: ${JSON.stringify(form)}`,
  ),
  test_elicitation_sep1330_enums: asks(
    { form: elicit('Choose', forms.enums, []) },
    ({ form }) => `Elicitation completed: ${JSON.stringify(form)}`,
  ),
  test_streaming_elicitation: asks({ user_name: name }, nameOf),
  test_missing_capability: asks({ answer: sample('Anything') }, () => 'sampled'),
  test_input_required_result_elicitation: asks({ user_name: name }, nameOf),
  test_input_required_result_sampling: asks(
    { capital_question: sample('What is the capital of France?') },
    ({ capital_question }) => JSON.stringify(capital_question),
  ),
  test_input_required_result_list_roots: asks({ client_roots: inputRequired.listRoots() }, ({ client_roots }) =>
    JSON.stringify(client_roots),
  ),
  test_input_required_result_request_state: asksSealed(ok, 'confirmed', 'state-ok'),
  test_input_required_result_tampered_state: asksSealed(ok, 'untampered', 'state-ok'),
  test_input_required_result_multiple_inputs: asksSealed(
    { user_name: name, greeting: sample('Generate a greeting', 50), client_roots: inputRequired.listRoots() },
    'all three',
    'all three came',
  ),
  test_input_required_result_multi_round: async (_, { mcpReq: { inputResponses = {}, requestState } }) => {
    if (requestState() === 'second' && inputResponses.step2) return says('both rounds came');
    const step = requestState() === 'first' && inputResponses.step1 ? 2 : 1;
    const step1 = elicit('Step 1: What is your name?', { name: text });
    const step2 = elicit('Step 2: What is your favorite color?', { color: text });
    return inputRequired({
      inputRequests: step === 1 ? { step1 } : { step2 },
      requestState: await state.mint(step === 1 ? 'first' : 'second'),
    });
  },
  test_input_required_result_capabilities: (_, ctx) => {
    const declared: object =
      (ctx.mcpReq.envelope as Record<string, object> | undefined)?.[CLIENT_CAPABILITIES_META_KEY] ?? {};
    const requests = {
      ...('sampling' in declared && { answer: sample('Anything') }),
      ...('elicitation' in declared && { user_name: name }),
    };
    return asks(requests, () => 'answered')({}, ctx);
  },
};

const args: Record<string, z.ZodObject> = {
  test_sampling: z.object({ prompt: z.string() }),
  test_elicitation: z.object({ message: z.string() }),
};

/** A server of fixtures alone, to be put behind Postern's own doors. */
export function fixtureServer(era: ProtocolEra): McpServer {
  const legacy = era === 'legacy';
  const server = new McpServer(
    { name: 'postern-fixtures', version: '0.0.0' },
    {
      capabilities: {
        tools: { listChanged: false },
        resources: { listChanged: false, ...(legacy && { subscribe: true }) },
        prompts: { listChanged: false },
        completions: {},
        logging: {},
      },
      cacheHints: { 'tools/list': { ttlMs: 1000, cacheScope: 'private' } },
      requestState: { verify: state.verify },
    },
  );
  for (const [tool, run] of Object.entries(tools)) {
    const inputSchema = args[tool] ?? z.object({});
    server.registerTool(tool, { description: `Does what ${tool} is to do.`, inputSchema }, run as never);
  }
  server.registerTool('json_schema_2020_12_tool', { description: 'Has a rich schema.', inputSchema: schema2020 }, () =>
    says('ok'),
  );
  offerResources(server);
  offerPrompts(server);
  if (legacy) {
    server.server.setRequestHandler('resources/subscribe', () => ({}));
    server.server.setRequestHandler('resources/unsubscribe', () => ({}));
  }
  return server;
}

function offerResources(server: McpServer): void {
  const plain = { mimeType: 'text/plain' };
  server.registerResource('text', 'test://static-text', plain, ({ href: uri }) => ({
    contents: [{ uri, ...plain, text: 'This is the content of the static text resource.' }],
  }));
  server.registerResource('watched', 'test://watched-resource', plain, ({ href: uri }) => ({
    contents: [{ uri, ...plain, text: 'watched' }],
  }));
  server.registerResource('binary', 'test://static-binary', { mimeType: 'image/png' }, ({ href: uri }) => ({
    contents: [{ uri, mimeType: 'image/png', blob: png }],
  }));
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  server.registerResource('template', template, { mimeType: 'application/json' }, ({ href: uri }, { id }) => ({
    contents: [
      {
        uri,
        mimeType: 'application/json',
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
      },
    ],
  }));
}

function offerPrompts(server: McpServer): void {
  const said = (...contents: object[]) =>
    ({ messages: contents.map((it) => ({ role: 'user', content: it })) }) as never;
  const line = (it: string) => ({ type: 'text', text: it });
  const description = 'Says what it is to say.';
  const cities = ['paris', 'park', 'party'];
  const argsSchema = z.object({
    arg1: completable(z.string(), (value) => cities.filter((city) => city.startsWith(value))),
    arg2: z.string(),
  });
  server.registerPrompt('test_simple_prompt', { description }, () =>
    said(line('This is a simple prompt for testing.')),
  );
  server.registerPrompt('test_prompt_with_arguments', { description, argsSchema }, ({ arg1, arg2 }) =>
    said(line(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description, argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) =>
      said(
        {
          type: 'resource',
          resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
        },
        line('Please process the embedded resource above.'),
      ),
  );
  server.registerPrompt('test_prompt_with_image', { description }, () =>
    said(content.image, line('Please analyze the image above.')),
  );
  server.registerPrompt('test_input_required_result_prompt', { description }, ({ mcpReq: { inputResponses } }) =>
    inputResponses?.user_context
      ? said(line(JSON.stringify(inputResponses.user_context)))
      : inputRequired({
          inputRequests: { user_context: elicit('What context should the prompt use?', { context: text }) },
        }),
  );
}
