import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type Resource,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import { Problem } from '../terms/problem.ts';
import type { Session } from '../workspace/session.ts';
import { type Log, problemOf, wordsOf } from './answer.ts';
import { complete } from './completion.ts';
import { guides } from './guides.ts';
import { within } from './tool.ts';
import { isKind, kinds, standing, views } from './views.ts';

const json = 'application/json';
const template = {
  name: 'resource',
  title: 'One resource',
  uriTemplate: 'postern://{kind}/{id}',
  mimeType: json,
  description: 'A workflow that you may open, with its document where that is small enough.',
};

/** Lists, reads and completes resources through the operations that the tools use. */
export function offerResources({ server }: McpServer, session: Session, log: Log): void {
  server.setRequestHandler('resources/list', ({ params }) => answered(list(session, params?.cursor), log));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [template] }));
  server.setRequestHandler('resources/read', ({ params: { uri } }, { mcpReq: { signal } }) =>
    answered(read(session, uri, signal), log, uri),
  );
  server.setRequestHandler('completion/complete', ({ params: { ref, argument, context } }) => {
    if (ref.type !== 'ref/resource' || ref.uri !== template.uriTemplate) return { completion: { values: [] } };
    return answered(complete(session, argument, context?.arguments?.kind), log);
  });
}

/** Hidden, missing, of another kind, and no address of ours at all: one answer (EXT-2). */
function answered<T>(answer: Promise<T>, log: Log, uri?: string): Promise<T> {
  return answer.catch((thrown) => {
    const problem = problemOf(thrown, log, { uri });
    if (problem.code === 'not_found' && uri) throw new ResourceNotFoundError(uri);
    const code = problem.code === 'internal' ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidParams;
    throw new ProtocolError(code, wordsOf(problem));
  });
}

async function list(session: Session, cursor: string | undefined) {
  const page = within(session, kinds.workflow.list)
    ? await session.perform(kinds.workflow.list, { limit: 50, ...(cursor && { cursor }) })
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
  return { operation: kinds[kind].open, input: { id, include: ['document'] } };
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
