import { scopeLacking } from '../workspace/early.ts';
import { refuse } from './json-rpc.ts';
import type { Connection } from './server.ts';

/** How HTTP tells a client which scopes to ask its person for: all at once, those that it has too. */
export type Challenge = (scopes: readonly string[]) => string;

/** What a client is answered whose call takes a scope that its person can be asked for; nothing where the call is none of these. */
export async function stepUp({ session, tools, challenge }: Connection, body: unknown): Promise<Response | undefined> {
  if (!session.canAsk || !challenge) return undefined;
  for (const { method, params } of callsIn(body)) {
    const tool = method === 'tools/call' && tools.find(({ operation }) => operation.name === params?.name);
    if (!tool) continue;
    const { confirm: _, ...args } = params?.arguments ?? {};
    const input = tool.operation.input.safeParse(tool.confirmed ? args : (params?.arguments ?? {}));
    const scope = input.success && scopeLacking(session, tool.operation, input.data);
    if (!scope) continue;
    // It is refused as any call is, so that it is in the log.
    const problem = await session.perform(tool.operation, args).catch((thrown: unknown) => thrown);
    const message = problem instanceof Error ? problem.message : `It takes the scope ${scope}.`;
    const refused = refuse(403, -32_003, message);
    refused.headers.set('www-authenticate', challenge([...session.credential.scopes, scope]));
    return refused;
  }
  return undefined;
}

interface Call {
  readonly method?: unknown;
  readonly params?: { readonly name?: unknown; readonly arguments?: Readonly<Record<string, unknown>> };
}

const callsIn = (body: unknown): readonly Call[] =>
  [body].flat().filter((it): it is Call => typeof it === 'object' && it !== null);
