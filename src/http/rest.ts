import { Hono } from 'hono';
import { type Log, problemOf } from '../mcp/answer.ts';
import { Problem } from '../terms/problem.ts';
import type { How, Narrowing, Session } from '../workspace/session.ts';
import type { Env } from './address.ts';
import { withAllowance } from './allowance.ts';
import { argumentsOf, narrows } from './arguments.ts';
import { admit, type Doorkeepers } from './auth.ts';
import { bodyOf } from './body.ts';
import { challenged } from './challenge.ts';
import { narrowingBy, type Offer } from './connection.ts';
import { asFile, isExport, performed } from './export.ts';
import { confirmHeader, keyHeader } from './headers.ts';
import { openApi } from './openapi.ts';
import { plain } from './problem.ts';
import { refusal, reply } from './reply.ts';
import { revisionIn } from './revisions.ts';
import { type Served, servedFrom } from './served.ts';

interface Rooms extends Doorkeepers {
  readonly offer: Offer;
  readonly log: Log;
}

/** Every operation that is offered, over plain HTTP: shapes, words and decisions are those of MCP. */
export function rest(rooms: Rooms) {
  const app = new Hono<Env>();
  const all = servedFrom(rooms.offer.catalogue);
  let document: string | undefined;

  app.get('/openapi.json', () => {
    document ??= JSON.stringify(openApi(all));
    return new Response(document, { headers: { 'content-type': 'application/json' } });
  });
  for (const served of all)
    app.on(served.method, routed(served.path), ({ req, get }) =>
      answer(rooms, served, { request: req.raw, inPath: req.param(), from: get('address') }),
    );
  for (const [path, methods] of methodsByPath(all)) app.all(routed(path), ({ req }) => otherwise(req.method, methods));
  return app;
}

interface Asked {
  readonly request: Request;
  readonly inPath: Record<string, string>;
  readonly from: string | undefined;
}

async function answer(rooms: Rooms, served: Served, { request, inPath, from }: Asked) {
  const { log } = rooms;
  const operation = performed(served.tool.operation);
  const about = { operation: operation.name };
  let session: Session | undefined;
  try {
    const known = await admitted(rooms, served, request, from);
    session = known;
    const said = (response: Response) => withAllowance(response, known);
    const body = await bodyOf(request);
    if ('refused' in body) return said(refusal(body.refused, served, request, body.status));
    const read = argumentsOf(served, inPath, new URL(request.url).searchParams, body.value);
    const args = withRevision(served, read, request);
    const how = { ...howOf(served, request), rounded: body.rounded };
    const output = await known.perform(operation, args, how);
    if (!isExport(operation)) return said(reply(served, output, request));
    const further = { ...how, continues: true } as const;
    return asFile(output, (cursor) =>
      known.perform(operation, { ...args, cursor }, further).catch(brokenOff(log, about)),
    );
  } catch (thrown) {
    const problem = problemOf(thrown, log, about);
    return challenged(refusal(problem, served, request), problem, request, { gate: rooms.gate, session });
  }
}

/** Whoever takes an export can be told no more than that it broke off; the log has why. */
const brokenOff = (log: Log, about: object) => (thrown: unknown) => {
  throw problemOf(thrown, log, about);
};

/** Lets in whoever asks; what is wrong with how the address narrows the call is told only to whom the key is good (EXT-11). */
async function admitted(rooms: Rooms, served: Served, request: Request, from?: string): Promise<Session> {
  const address = new URL(request.url);
  for (const name of [...address.searchParams.keys()]) if (!narrows(served, name)) address.searchParams.delete(name);
  let narrowing: Narrowing;
  try {
    narrowing = narrowingBy(rooms.offer, address);
  } catch (odd) {
    await admit(rooms, request, { from });
    throw odd;
  }
  return admit(rooms, request, { from, narrowing });
}

/** The revision that an edit starts from may come as the ETag of what was opened. */
function withRevision({ compares }: Served, args: Record<string, unknown>, { headers }: Request): object {
  const tag = headers.get('if-match');
  if (tag === null) return args;
  if (!compares)
    throw new Problem('invalid_argument', 'If-Match: This call compares no revision.', {
      advice: 'Leave the header out.',
    });
  const revision = revisionIn(tag);
  if (args.revision === undefined || args.revision === revision) return { ...args, revision };
  throw new Problem('invalid_argument', '/revision: If-Match says another one.', { pointer: '/revision' });
}

function howOf({ tool }: Served, { headers, signal }: Request): How {
  const confirm = headers.get(confirmHeader) ?? undefined;
  if (confirm !== undefined && !tool.confirmed)
    throw new Problem('invalid_argument', 'Postern-Confirm: There is nothing to confirm about this call.', {
      advice: 'Leave the header out.',
    });
  return { confirm, key: headers.get(keyHeader) ?? undefined, signal };
}

function methodsByPath(all: readonly Served[]): Map<string, readonly string[]> {
  const found = new Map<string, string[]>([['/openapi.json', ['GET', 'HEAD']]]);
  for (const { path, method } of all) {
    const pattern = path.replaceAll(/\{\w+\}/g, '{}');
    const methods = found.get(pattern) ?? [];
    found.set(pattern, [...methods, method, ...(method === 'GET' ? ['HEAD'] : [])]);
  }
  return found;
}

function otherwise(method: string, methods: readonly string[]): Response {
  const allow = [...methods, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  const refused = plain(405, 'Method Not Allowed', `This address takes ${allow}.`);
  refused.headers.set('allow', allow);
  return refused;
}

/** A path as the router writes it. */
const routed = (path: string): string => path.replaceAll(/\{(\w*)\}/g, (_, name) => `:${name || 'any'}`);
