import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type Resource,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import { Problem } from '../terms/problem.ts';
import { operations } from '../workspace/operations.ts';
import type { Session } from '../workspace/session.ts';
import { type Log, problemOf, wordsOf } from './answer.ts';
import { complete, nothing } from './completion.ts';
import { type Following, followingOf, type Shared } from './following.ts';
import { guides } from './guides.ts';
import { completeArgument } from './prompts.ts';
import { within } from './tool.ts';
import { isKind, standing, views } from './views.ts';

const json = 'application/json';
const template = {
  name: 'resource',
  title: 'One resource',
  uriTemplate: 'postern://{kind}/{id}',
  mimeType: json,
  description: 'A resource of any kind that you may open, with its document where that is small enough.',
};

/** Lists, reads and completes resources through the operations that the tools use. */
export function offerResources({ server }: McpServer, session: Session, log: Log): void {
  server.setRequestHandler('resources/list', ({ params }) => answered(list(session, params?.cursor), log));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [template] }));
  server.setRequestHandler('resources/read', ({ params: { uri } }, { mcpReq: { signal } }) =>
    answered(read(session, uri, signal), log, uri),
  );
  server.setRequestHandler('completion/complete', async ({ params: { ref, argument, context } }) => {
    if (ref.type === 'ref/prompt') return answered(completeArgument(session, ref.name, argument), log);
    if (ref.uri !== template.uriTemplate) return nothing;
    return answered(complete(session, argument, context?.arguments?.kind), log);
  });
}

/**
 * Lets a client of the 2025 protocol follow resources, for as long as the server is connected. In the 2026 protocol it is a stream of
 * its own, which the doors open.
 */
export function offerSubscriptions(
  { server }: McpServer,
  session: Session,
  log: Log,
  { ended, shared = (own) => own }: Ends,
): void {
  const following = followingOf(session, {
    updated: (uri) =>
      void server.sendResourceUpdated({ uri }).catch((err) => log.debug({ err, uri }, 'An update could not be sent.')),
    ended,
  });
  const known = shared(following);
  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => answered(subscribed(uri), log, uri));
  server.setRequestHandler('resources/unsubscribe', async ({ params: { uri } }) => {
    await known.remove([uri]);
    return {};
  });
  server.onclose = () => following.end();

  async function subscribed(uri: string) {
    if (Object.hasOwn(guides, uri))
      throw new Problem('invalid_argument', 'A guide does not change: it cannot be followed.');
    if (!(await known.add([uri])).includes(uri)) throw new Problem('not_found', 'There is nothing at this address.');
    return {};
  }
}

interface Ends {
  readonly ended: () => void;
  readonly shared?: ((own: Following) => Following | Shared) | undefined;
}

/** Hidden, missing, of another kind, and no address of ours at all: one answer (EXT-2). */
function answered<T>(answer: Promise<T>, log: Log, uri?: string): Promise<T> {
  return answer.catch((thrown) => {
    const problem = problemOf(thrown, log, { uri });
    if (problem.code === 'not_found' && uri) throw new ResourceNotFoundError(uri);
    const code = problem.status >= 500 ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidParams;
    throw new ProtocolError(code, wordsOf(problem));
  });
}

async function list(session: Session, cursor: string | undefined) {
  const page = within(session, operations.list_resources)
    ? await session.perform(operations.list_resources, { limit: 50, ...(cursor && { cursor }) })
    : { items: [] };
  const found = (page.items as Row[]).map(asResource);
  const nextCursor = page.next_cursor as string | undefined;
  return { resources: cursor ? found : [...standing(session), ...found], ...(nextCursor && { nextCursor }) };
}

async function read(session: Session, uri: string, signal: AbortSignal) {
  const guide = Object.hasOwn(guides, uri) ? guides[uri] : undefined;
  if (guide) return { contents: [{ uri, mimeType: 'text/markdown', text: guide.text }] };
  const { operation, input } = (Object.hasOwn(views, uri) ? views[uri] : undefined) ?? opening(uri);
  return {
    contents: [{ uri, mimeType: json, text: JSON.stringify(await session.perform(operation, input, { signal })) }],
  };
}

/** What opens the resource at an address; of a kind that is not ours, it is not there. */
function opening(uri: string) {
  const [, kind, id] = /^postern:\/\/([a-z_]+)\/([^/]+)$/.exec(uri) ?? [];
  if (!id || !isKind(kind)) throw new Problem('not_found', 'There is nothing at this address.');
  return { operation: operations.open_resource, input: { id: uri, include: ['document'] } };
}

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly updated_at: string;
}

const asResource = ({ id, kind, name, updated_at }: Row): Resource => ({
  uri: `postern://${kind}/${id}`,
  name: id,
  title: name,
  mimeType: json,
  annotations: { lastModified: updated_at },
});
