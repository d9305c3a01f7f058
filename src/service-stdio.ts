import { catalogue, usualToolsets } from '../tools/index.ts';
import { type Operator, offerOf, toolsOf } from './http/connection.ts';
import type { Log } from './mcp/answer.ts';
import { serverFor } from './mcp/server.ts';
import { overStdio } from './mcp/stdio.ts';
import type { Session } from './workspace/session.ts';

/**
 * Serves this process's own input and output; `session` was admitted with whatever narrows it. It has nothing of the other doors,
 * since a desktop client waits for all that is loaded.
 */
export function stdioOn(
  session: Session,
  { log, operator }: { readonly log: Log; readonly operator?: Operator | undefined },
) {
  const offer = offerOf(catalogue, usualToolsets, operator);
  const connection = { session, tools: toolsOf(offer.catalogue, offer.usual) };
  return overStdio((it, era) => serverFor(it, log, era), connection, log);
}
