import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Preview } from '../workspace/session.ts';

/**
 * A preview put to the person through their client. It is a courtesy and no authorization: a client can answer by itself,
 * so what comes back carries no right, only the preview's own token, which the second call is judged by (EXT-8).
 */
export function ask(title: string, { preview, confirm }: Preview): InputRequiredResult {
  return inputRequired({
    inputRequests: {
      confirm: inputRequired.elicit({
        message: `${title}?\n\n${asLines(preview).join('\n')}`,
        requestedSchema: {
          type: 'object',
          properties: { confirm: { type: 'boolean', title: 'Go ahead', default: true } },
        },
      }),
    },
    requestState: confirm,
  });
}

/** What the person answered, where they were asked: the token to go ahead with, or no. */
export function answerTo({ mcpReq }: ServerContext): { token: string } | 'no' | undefined {
  const view = inputResponse(mcpReq.inputResponses, 'confirm');
  if (view.kind !== 'elicit') return undefined;
  const token = mcpReq.requestState();
  if (view.action !== 'accept' || view.content?.confirm === false) return 'no';
  return typeof token === 'string' ? { token } : undefined;
}

/** Whether the client behind this request can put a form to its person. */
export function canAsk(server: McpServer, { mcpReq }: ServerContext): boolean {
  const declared: ClientCapabilities | undefined =
    (mcpReq.envelope as Envelope | undefined)?.[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities();
  const elicitation = declared?.elicitation;
  return elicitation !== undefined && ('form' in elicitation || !('url' in elicitation));
}

type Envelope = { readonly [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities };

/** A preview as a person reads it: a line a fact, a line a thing in a list, nothing of what is empty. */
function asLines(facts: object, indent = ''): string[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const label = `${indent}${name.replaceAll('_', ' ')}:`;
    if (Array.isArray(value)) return value.map((item) => `${indent}- ${onOneLine(item)}`);
    if (typeof value !== 'object' || value === null) return [`${label} ${value}`];
    return [label, ...asLines(value, `${indent}  `)];
  });
}

function onOneLine(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  return Object.entries(item)
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${value}`)
    .join(', ');
}
