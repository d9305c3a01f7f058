import {
  type GetPromptResult,
  type McpServer,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { CredentialScope } from '../terms/scopes.ts';
import { cleanText } from '../terms/text.ts';
import type { Session } from '../workspace/session.ts';
import { type Argument, type Completion, completeId, completePrincipal, nothing, oneOf } from './completion.ts';
import { type Offered, prompts } from './prompt-texts.ts';

/** Lists and gives the prompts that the credential's scopes have a use for (EXT-5). */
export function offerPrompts({ server }: McpServer, session: Session): void {
  const offered = new Map(
    Object.entries(prompts)
      .filter(([, { scopes, writes }]) => scopes.every((it) => bears(session, it)) && !(writes && session.readOnly))
      .map(([name, it]) => [name, it as Offered]),
  );
  server.setRequestHandler('prompts/list', () => ({ prompts: [...offered].map(([name, it]) => asListed(name, it)) }));
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: given = {} } }) => {
    const prompt = offered.get(name);
    if (!prompt) throw wrong(`There is no prompt ${JSON.stringify(name)} on this connection.`);
    return written(prompt, given);
  });
}

/** What may stand in a prompt's argument, as far as the caller may know of it. */
export async function completeArgument(
  session: Session,
  prompt: string,
  { name, value }: Argument,
): Promise<Completion> {
  const argument = Object.hasOwn(prompts, prompt)
    ? (prompts[prompt as keyof typeof prompts] as Offered).arguments[name]
    : undefined;
  switch (argument?.is) {
    case 'resource':
      return completeId(session, value);
    case 'person':
    case 'team':
    case 'group':
      return completePrincipal(session, value, argument.is);
    case 'text':
    case undefined:
      return nothing;
    default:
      return oneOf(argument?.is ?? [], value);
  }
}

const bears = ({ credential: { scopes } }: Session, scope: CredentialScope) => scopes.includes(scope);

const asListed = (name: string, { title, description, arguments: takes }: Offered): Prompt => ({
  name,
  title,
  description,
  arguments: Object.entries(takes).map(([name, { description, required }]) => ({
    name,
    description,
    required: required ?? false,
  })),
});

/** What is told to do is ours; what it is about stands apart from it as data, as it was given (EXT-7). */
function written(
  { description, arguments: takes, text }: Offered,
  given: Readonly<Record<string, string>>,
): GetPromptResult {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(takes, name));
  if (unknown !== undefined) throw wrong(`This prompt takes no argument ${JSON.stringify(unknown)}.`);
  const missing = Object.entries(takes).find(([name, { required }]) => required && !given[name]?.trim());
  if (missing) throw wrong(`The argument ${missing[0]} is missing: ${missing[1].description}`);
  const data = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, cleanText(value).slice(0, longest)]),
  );
  const about = Object.keys(data).length > 0 ? [JSON.stringify(data)] : [];
  return {
    description,
    messages: [text, ...about].map((text) => ({ role: 'user', content: { type: 'text', text } })),
  };
}

/** Of one argument, in characters. */
const longest = 1_000;

const wrong = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message);
