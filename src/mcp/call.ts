import type { CallToolResult, InputRequiredResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { type Finding, Problem } from '../terms/problem.ts';
import { type How, isPreview, type Session } from '../workspace/session.ts';
import { asPreview, asResult, asToolError, type Log, problemOf } from './answer.ts';
import { answerTo, ask, canAsk } from './confirmation.ts';
import type { LinkTo, Tool } from './tool.ts';

/** Where a caller puts the idempotency key of a write (EXT-9). */
export const keyInMeta = 'postern/idempotency-key';

export interface Call {
  readonly server: McpServer;
  readonly session: Session;
  readonly tool: Tool;
  readonly args: Record<string, unknown>;
  readonly rounded: readonly Finding[] | undefined;
  readonly ctx: ServerContext;
  readonly linkTo: LinkTo | undefined;
  readonly log: Log;
}

export async function call({
  server,
  session,
  tool,
  args,
  rounded,
  ctx,
  linkTo,
  log,
}: Call): Promise<CallToolResult | InputRequiredResult> {
  const { title, operation } = tool;
  try {
    const { input, how } = partsOf(tool, args, ctx);
    const output = await session.perform(operation, input, { ...how, rounded });
    if (!tool.confirmed || how.confirm !== undefined || !isPreview(output)) {
      const link = linkTo?.(operation, args);
      return asResult(link === undefined ? output : { ...output, link });
    }
    return canAsk(server, ctx) ? ask(title, output) : asPreview(operation.name, output);
  } catch (thrown) {
    return asToolError(problemOf(thrown, log, { tool: operation.name, credential: session.credential.id }));
  }
}

/** What goes to the operation, and what only says how it is called. */
function partsOf({ confirmed }: Tool, args: Record<string, unknown>, ctx: ServerContext): { input: object; how: How } {
  const { confirm: given, ...rest } = args;
  const key = textOr(ctx.mcpReq._meta?.[keyInMeta], `_meta["${keyInMeta}"]`);
  const { traceparent } = ctx.mcpReq._meta ?? {};
  const origin = { method: 'tools/call', ...(typeof traceparent === 'string' && { traceparent }) };
  const how = { key, signal: ctx.mcpReq.signal, origin };
  if (!confirmed) return { input: args, how };
  return { input: rest, how: { ...how, confirm: textOr(given, 'confirm', '/confirm') ?? tokenFrom(ctx) } };
}

function tokenFrom(ctx: ServerContext): string | undefined {
  const answer = answerTo(ctx);
  if (answer !== 'no') return answer?.token;
  throw new Problem('confirmation_required', 'The person was asked and said no: nothing has happened.', {
    advice: 'Leave it, unless they ask for it again.',
  });
}

function textOr(value: unknown, name: string, pointer?: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new Problem('invalid_argument', `${name} must be a text.`, pointer ? { pointer } : {});
}
